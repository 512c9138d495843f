"""All checks on a company whose waste is known: nothing missed, nothing made up, the same on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pyarrow.compute as pc
import pytest

from tests.simulate.test_truth import PRINTED
from tests.support.parity import difference
from workbench.checks.ground import read_ground
from workbench.checks.registry import load_checks
from workbench.checks.run import judge, parameters
from workbench.checks.scan import ScanResult, run_scan
from workbench.engines import Query
from workbench.schema.inventory import INVENTORY

CHECKS = {check.id: check for check in load_checks()}
KNOWN = sorted(set(PRINTED) & set(CHECKS))


@pytest.fixture(scope="module")
def result(estate) -> ScanResult:
    return run_scan(estate.opened.engine, load_checks())


@pytest.fixture(scope="module")
def printed(estate) -> Iterator[duckdb.DuckDBPyConnection]:
    """The files of the inventory, for the conditions as the requirement prints them."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in INVENTORY:
            path = estate.folder / "inventory" / f"{table.name}.parquet"
            connection.execute(f"CREATE VIEW {table.name} AS FROM read_parquet('{path}')")
        yield connection


def truth_of(estate, check_id: str, column: str) -> set[str]:
    """Subjects of the answers where ``column`` holds, as the check names them."""
    truth = estate.truth.filter(pc.equal(estate.truth.column("check_id"), check_id))
    name = "resource_id" if CHECKS[check_id].facts.resource == "bill" else "id"
    return {row[name] for row in truth.to_pylist() if row[column]}


def judged_of(result: ScanResult, check_id: str):
    return next(one for one in result.results if one.judged.check.id == check_id)


def test_every_check_with_a_known_answer_is_there():
    assert set(PRINTED) <= set(CHECKS)


def test_no_check_fails_on_the_company(result):
    assert {one.judged.check.id: one.judged.why for one in result.results if one.outcome == "failed"} == {}


@pytest.mark.parametrize("check_id", KNOWN)
def test_all_that_is_waste_is_found_and_nothing_else(estate, result, check_id):
    expected = truth_of(estate, check_id, "expected")
    found = {one.subject for one in result.found if one.check.id == check_id}
    assert expected, "the company has no case of it"
    assert found - expected == set(), "made up"
    assert expected - found == set(), "missed"


@pytest.mark.parametrize("check_id", KNOWN)
def test_the_rule_is_the_one_that_the_requirement_prints(estate, result, printed, check_id):
    """Rows of the printed SQL are those flagged, those excluded with a reason, and those that cannot be told."""
    said = judged_of(result, check_id).judged
    verdicts = {row["subject"]: row["verdict"] for row in said.rows()}
    rows = {row[0] for row in printed.execute(PRINTED[check_id]).fetchall()}
    if CHECKS[check_id].facts.resource == "bill":
        rows = truth_of(estate, check_id, "matches")
    flagged = {subject for subject, verdict in verdicts.items() if verdict == "flagged"}
    assert flagged <= rows
    assert {verdicts.get(row) for row in rows - flagged} <= {"excluded", "cannot tell", None}
    left_out = {row for row in rows - flagged if verdicts.get(row) is None}
    assert left_out & truth_of(estate, check_id, "expected") == set()


def test_savings_stay_below_what_the_company_pays(estate, result):
    query = Query("Cost", "SELECT SUM(effective_cost_30d) AS cost FROM resource_costs")
    [cost] = estate.opened.engine.run(query).column("cost").to_pylist()
    total = result.total("USD", "effective")
    assert 0 < total.deduplicated < cost * Decimal(730) / 720
    assert total.deduplicated < total.gross


def test_no_resource_saves_more_than_it_costs(estate, result):
    ground = read_ground(estate.opened.engine)
    counted: dict[tuple[str, str | None], Decimal] = {}
    for one in result.found:
        if len(one.price.money) == 1:
            [key] = one.price.money
            counted[key] = counted.get(key, Decimal(0)) + one.counted.get("effective", Decimal(0))
    over = {
        key: (amount, ground.costs(key).amounts["effective"])
        for key, amount in counted.items()
        if ground.costs(key) is not None
        and amount > max(ground.costs(key).amounts["effective"] * Decimal(730) / 720, Decimal(0)) + Decimal("0.001")
    }
    assert over == {}


def test_parts_of_the_total_make_the_whole(result):
    by_check = sum((t.deduplicated for r in result.results for t in r.totals if t.basis == "effective"), Decimal(0))
    by_finding = sum((one.counted.get("effective", Decimal(0)) for one in result.found), Decimal(0))
    assert by_check == by_finding == result.total("USD", "effective").deduplicated


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_a_check_says_the_same_on_postgres(estate, estate_in_postgres, grounds, check_id):
    """Row by row where most is flagged; presets differ in values only, and a whole scan has the default ones."""
    check = CHECKS[check_id]
    values = parameters(check, "aggressive")
    ours, theirs = (judge(ground, check, values) for ground in grounds)
    assert (ours.outcome, ours.why) == (theirs.outcome, theirs.why)
    if ours.table is not None and theirs.table is not None:
        assert difference(ours.table, theirs.table, in_order=False, tolerance=Decimal("0.000001")) == ""


@pytest.fixture(scope="module")
def grounds(estate, estate_in_postgres):
    return read_ground(estate.opened.engine), read_ground(estate_in_postgres)


def test_a_scan_finds_the_same_on_postgres(estate_in_postgres, result):
    theirs = run_scan(estate_in_postgres, load_checks())

    def figures(scan: ScanResult):
        return {one.key: (one.counted, one.price.expected, one.confidence, one.excluded) for one in scan.found}

    assert figures(theirs) == figures(result)
    assert theirs.totals == result.totals
    assert theirs.counts == result.counts


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_rule_and_verdict_agree_on_every_row(result, check_id):
    """``when`` says the rule a second time: it holds where the SQL flags and nowhere else, reasons aside."""
    judged = judged_of(result, check_id).judged
    for row in judged.rows():
        if row["reason"] is None:
            met = all(any(term.met(row, judged.values) for term in clause) for clause in judged.check.facts.when)
            assert met == (row["verdict"] == "flagged"), row


def test_a_commitment_is_not_counted_from_the_bill_and_again_from_the_inventory(result):
    found = {one.check.id: one for one in result.found if one.check.id in ("commitment_unused", "commitment_underused")}
    assert found["commitment_unused"].counted["effective"] > 0
    assert found["commitment_underused"].price.expected["list"] > 0
    assert found["commitment_underused"].counted == {}
