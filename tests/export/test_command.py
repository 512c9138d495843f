"""``workbench export`` answers the same view strings as the app, keeps files safe and says what it wrote."""

import csv
import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import PublishBill
from tests.support.bills import charge
from workbench.cli.main import main
from workbench.settings import Settings
from workbench.workspace import Workspace
from workbench.workspace.budgets import Budget, BudgetPeriod


@pytest.fixture(autouse=True)
def _bill(publish_bill: PublishBill, monkeypatch: pytest.MonkeyPatch) -> None:
    """October to the 10th: EC2 10 x 1.5 = 15, '=S3' 10 x 0.1 = 1, a credit of 4 on EC2; 12 together."""
    monkeypatch.setenv("WORKBENCH_NOW", "2026-10-11T09:00:00Z")
    publish_bill(
        [
            charge(cost, service_name=service, resource_id=f"r-{service}", charge_period_start=datetime(2026, 10, day))
            for service, cost in (("EC2", "1.5"), ("=S3", "0.1"))
            for day in range(1, 11)
        ]
        + [charge("-4", service_name="EC2", charge_category="Credit", charge_period_start=datetime(2026, 10, 3))]
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_breakdown_as_csv_adds_up_and_is_neutral(tmp_path: Path) -> None:
    target = tmp_path / "cost.csv"
    assert main(["export", "-o", str(target)]) == 0
    found = {row["service"]: Decimal(row["cost"]) for row in rows(target)}
    assert found == {"EC2": Decimal(11), "'=S3": Decimal(1)}
    assert {row["currency"] for row in rows(target)} == {"USD"}


def test_the_view_string_of_the_app_counts(tmp_path: Path) -> None:
    target = tmp_path / "cost.csv"
    view = "?by=charge_category&f=service:EC2&from=2026-10-02&to=2026-10-03&basis=billed"
    assert main(["export", "--view", view, "-o", str(target)]) == 0
    assert {row["charge_category"]: Decimal(row["cost"]) for row in rows(target)} == {
        "Credit": Decimal(-4),
        "Usage": Decimal(3),
    }


@pytest.mark.parametrize(("what", "column"), [("series", "cost"), ("lines", "effective_cost"), ("resources", "cost")])
def test_every_question_has_the_same_total(what: str, column: str, tmp_path: Path) -> None:
    target = tmp_path / "cost.parquet"
    assert main(["export", "--what", what, "-o", str(target)]) == 0
    table = pq.read_table(target)
    assert sum(table[column].to_pylist()) == 12
    assert json.loads(table.schema.metadata[b"workbench.provenance"])["period"] == "1–10 Oct 2026, 10 of 31 days"


def test_drivers_add_up_to_the_change(tmp_path: Path) -> None:
    target = tmp_path / "drivers.csv"
    view = "from=2026-10-06&to=2026-10-10&cmp=2026-10-01..2026-10-05"
    assert main(["export", "--what", "drivers", "--view", view, "-o", str(target)]) == 0
    assert sum(Decimal(row["delta"]) for row in rows(target)) == 4
    assert sum(Decimal(row["other"]) for row in rows(target)) == 4


def test_json_names_the_file_and_where_the_numbers_come_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "cost.xlsx"
    assert main(["export", "-o", str(target), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert (document["format"], document["rows"], document["what"]) == ("xlsx", 2, "breakdown")
    assert "FROM daily_costs" in document["provenance"]["queries"][0]["sql"]


def test_charts_need_no_network(tmp_path: Path) -> None:
    target = tmp_path / "cost.html"
    assert main(["export", "--what", "series", "-o", str(target)]) == 0
    page = target.read_text(encoding="utf-8")
    assert "<script src" not in page
    assert "=S3" in page


def test_a_file_that_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "cost.csv"
    target.write_text("mine")
    assert main(["export", "-o", str(target)]) == 2
    assert target.read_text() == "mine"
    assert "--force" in capsys.readouterr().err
    assert main(["export", "-o", str(target), "--force"]) == 0
    assert target.read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "cost.doc"], "names no format"),
        (["-o", "cost.png", "--what", "lines"], "have no chart"),
        (["-o", "cost.csv", "--view", "f=nonsense:x"], "no known dimension"),
        (["-o", "cost.csv", "--view", "from=2026-13-01&to=2026-10-05"], "could not be read"),
        (["-o", "cost.csv", "--what", "drivers", "--view", "cmp=none"], "Choose a comparison"),
    ],
)
def test_what_cannot_be_answered_is_refused_without_a_file(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) in (1, 2)
    assert said in capsys.readouterr().err
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith("cost")]


def test_a_view_against_its_budget_says_what_it_was_compared_with(tmp_path: Path, settings: Settings) -> None:
    budget = Budget(Decimal(62), "USD", BudgetPeriod.MONTH, date(2026, 10, 1))
    Workspace(settings).budgets.save(budget)
    target = tmp_path / "cost.parquet"
    assert main(["export", "--what", "series", "--view", "cmp=budget", "-o", str(target)]) == 0
    notes = json.loads(pq.read_table(target).schema.metadata[b"workbench.provenance"])["notes"]
    # 62 x 10 / 31 = 20.
    assert notes == [
        "Compared with the budget of October 2026: $20.00 for 1–10 Oct 2026 (10 of 31 days)."
        " Groups have no budget of their own"
    ]
    chart = tmp_path / "cost.html"
    assert main(["export", "--what", "series", "--view", "cmp=budget", "-o", str(chart)]) == 0
    assert '"name":"Budget"' in chart.read_text()


def test_why_a_view_is_not_compared_with_a_budget_is_said_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "cost.parquet"
    assert main(["export", "--view", "cmp=budget", "-o", str(target)]) == 0
    said = "Not compared with a budget: no budget is planned yet"
    assert said in capsys.readouterr().err
    assert json.loads(pq.read_table(target).schema.metadata[b"workbench.provenance"])["notes"] == [said]
    assert main(["export", "--what", "drivers", "--view", "cmp=budget", "-o", str(tmp_path / "x.csv")]) == 1
    assert "A budget cannot be taken apart" in capsys.readouterr().err
