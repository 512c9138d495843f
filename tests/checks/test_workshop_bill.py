"""Checks that need nothing but a bill, on two real months, against figures computed from the same files elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_bill import load
from workbench.checks.ground import Ground, read_ground
from workbench.checks.header import Preset
from workbench.checks.price import price
from workbench.checks.registry import find_check, load_checks
from workbench.checks.run import Judged, judge, parameters
from workbench.settings import Settings
from workbench.snapshot import OpenSnapshot, SnapshotStore

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

Run = Callable[..., Judged]

OCTOBER, NOVEMBER = date(2018, 10, 31), date(2018, 11, 30)
"""Last days of 30 complete days: November exactly, October without its first day."""


@pytest.fixture(scope="module")
def bill(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSnapshot]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    folder = shared_data / "aws-cur"
    load(settings, *(folder / f"{month}2018-WorkshopCUR-00001.snappy.parquet" for month in ("Oct", "Nov")))
    with SnapshotStore(settings).open() as opened:
        yield opened


@pytest.fixture(scope="module")
def grounds(bill: OpenSnapshot) -> dict[date, Ground]:
    return {day: read_ground(bill.engine, day) for day in (OCTOBER, NOVEMBER)}


@pytest.fixture(scope="module")
def run(grounds: dict[date, Ground]) -> Run:
    def judged(check_id: str, day: date = NOVEMBER, preset: Preset = "default") -> Judged:
        check = find_check(check_id, load_checks())
        return judge(grounds[day], check, parameters(check, preset))

    return judged


@pytest.fixture(scope="module")
def known(shared_data: Path) -> dict[str, Any]:
    return json.loads((shared_data / "expected" / "workshop_cur_oct_nov.json").read_text())["check_baselines"]


def near(have: Any, wanted: float) -> bool:
    return abs(float(have) - wanted) < 1e-6


def test_volumes_of_the_former_type(run: Run, known: dict[str, Any]) -> None:
    wanted = known["ebs_gp2_to_gp3"]["2018-11"]
    found = [row for row in run("ebs_gp2_to_gp3").rows("flagged") if row["gp2_cost"] > 0]
    assert len(found) == wanted["volumes"]
    assert near(sum(row["gp2_cost"] for row in found), wanted["gp2_cost"])
    assert near(sum(float(row["gp2_cost"]) * row["share"] for row in found), wanted["saving"])


def test_machines_of_old_families_on_demand(run: Run, known: dict[str, Any]) -> None:
    wanted = known["ec2_previous_generation"]["2018-11"]
    found = list(run("ec2_previous_generation").rows("flagged"))
    assert len(found) == wanted["resources"]
    assert near(sum(row["on_demand_cost"] for row in found), wanted["on_demand_cost"])


def test_the_unused_part_of_reservations(run: Run, known: dict[str, Any]) -> None:
    [november] = run("commitment_unused").rows("flagged")
    assert near(november["unused_cost"], known["commitment_unused"]["2018-11"]["waste"])
    assert november["used_cost"] == 0
    october = list(run("commitment_unused", OCTOBER).rows("flagged"))
    assert len(october) == known["commitment_unused"]["2018-10"]["reservations_with_unused_hours"]
    # Fees accrue over their month, of which the 30 days leave out the first.
    assert sum(row["unused_cost"] for row in october) < known["commitment_unused"]["2018-10"]["waste"]
    assert near(max(row["unused_cost"] for row in october), 43.21643836)


def test_a_reservation_that_covered_nothing(run: Run, known: dict[str, Any]) -> None:
    [found] = run("reservation_zero_use").rows("flagged")
    assert near(found["unused_cost"], known["commitment_unused"]["2018-11"]["waste"])


def test_an_idle_address(run: Run, known: dict[str, Any], grounds: dict[date, Ground]) -> None:
    wanted = known["public_ipv4_idle"]["2018-11"]
    judged = run("public_ipv4_idle")
    [found] = judged.rows("flagged")
    assert near(found["hours"], wanted["hours"])
    assert near(found["cost"], wanted["cost"])
    # The bill names no resource; a month of 730 hours is a little more than 30 days.
    saving = price(grounds[NOVEMBER], found, None, found["account"]).expected["effective"]
    assert saving == (Decimal(str(found["cost"])) * 730 / 720).quantize(Decimal("0.000001"))
    assert run("public_ipv4_idle", OCTOBER).outcome == "clean"


def test_more_uploads_completed_than_begun_is_no_finding(run: Run, known: dict[str, Any]) -> None:
    [bucket] = known["s3_multipart_incomplete"]
    [found] = run("s3_multipart_incomplete", preset="aggressive").rows()
    assert found["subject"] == bucket["bucket"]
    assert (found["initiated"], found["completed"]) == (bucket["initiated"], bucket["completed"])
    assert found["verdict"] == "passed"


@pytest.mark.parametrize("check_id", ["ec2_burstable_credits", "ec2_capacity_reservation_unused"])
@pytest.mark.parametrize("day", [OCTOBER, NOVEMBER])
def test_what_the_bill_has_no_lines_of(run: Run, check_id: str, day: date) -> None:
    judged = run(check_id, day, "aggressive")
    assert judged.outcome == "clean"
    assert judged.counts == {}


def test_services_that_changed_from_october_to_november(run: Run, known: dict[str, Any]) -> None:
    found = {row["name"]: row for row in run("cost_month_over_month", preset="aggressive").rows("flagged")}
    names = {
        "AWS Glue": "AWSGlue",
        "Amazon Relational Database Service": "AmazonRDS",
        "Amazon QuickSight": "AmazonQuickSight",
    }
    assert found.keys() == names.keys()
    for name, code in names.items():
        wanted = known["cost_month_over_month"][code]
        assert near(found[name]["cost_before"], wanted["oct"])
        assert near(found[name]["cost_now"], wanted["nov"])
        assert near(found[name]["change"], wanted["delta"])


def test_without_september_october_compares_with_nothing(run: Run) -> None:
    judged = run("cost_month_over_month", OCTOBER)
    assert (judged.outcome, judged.why) == ("cannot run", "needs two full calendar months of the bill")


def test_endpoints_and_databases_count_while_they_are_there(run: Run) -> None:
    assert run("glue_dev_endpoint", OCTOBER).counts["flagged"] == 2
    assert run("glue_dev_endpoint").outcome == "clean"
    assert {row["class"] for row in run("rds_previous_generation", OCTOBER).rows("flagged")} == {"db.m4.large"}
    assert run("rds_graviton", OCTOBER).counts == {"flagged": 3}
    assert run("rds_graviton").outcome == "clean"


def test_machines_run_at_night_as_by_day(run: Run) -> None:
    shares = [row["off_percent"] for row in run("ec2_elasticity_gap", preset="aggressive").rows("flagged")]
    assert len(shares) == 2
    assert all(68 < share < 71 for share in shares)


BILL_ONLY = (
    "bi_users_duplicate", "cache_valkey", "cloudtrail_duplicate", "commitment_coverage_low", "commitment_purchase",
    "config_periodic", "db_reservation_candidate", "dynamodb_standard_ia", "ebs_snapshot_archive",
    "eks_extended_support", "fargate_spot", "gcp_nat_processing", "gcs_operations_ratio", "kinesis_idle",
    "log_storage_growth", "network_hours_only", "opensearch_waste", "rds_extended_support",
    "s3_glacier_to_deep_archive", "s3_ia_churn", "s3_no_requests", "s3_paid_features", "s3_request_heavy",
    "shield_duplicate", "waf_idle", "workspace_running_mode",
)  # fmt: skip


@pytest.mark.parametrize("check_id", BILL_ONLY)
def test_no_other_check_of_bills_fails_or_finds_what_is_not_there(run: Run, check_id: str) -> None:
    judged = run(check_id, preset="aggressive")
    assert judged.outcome in ("clean", "cannot run", "findings"), judged.why
    if judged.outcome == "findings":
        assert check_id in ("commitment_coverage_low", "commitment_purchase")
