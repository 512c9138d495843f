"""The figures of Overview on a bill small enough to add up by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.support.scans import finding, scan
from tests.ui.conftest import OpenApp
from tests.ui.test_shell import shown
from workbench.costs.provenance import Finding, SourceFile
from workbench.costs.tieout import BilledLine, compare
from workbench.settings import Settings
from workbench.ui.decisions import decisions
from workbench.workspace import ExpectedInvoice, Workspace
from workbench.workspace.budgets import Budget, BudgetPeriod

NOW = datetime(2026, 10, 21, 9, tzinfo=UTC)


@pytest.mark.usefixtures("tiny_bill")
def test_tiles_say_the_month_against_the_same_days_of_the_month_before(open_app: OpenApp) -> None:
    """October to the 20th: 20 x (3 + 2) = 100; September to the 20th: 20 x (1 + 2) = 60; all September: 90."""
    tiles = {tile.label: tile for tile in open_app().metric}
    assert tiles["Month to date"].value == r"\$100"
    assert tiles["Month to date"].delta.replace("\\", "") == "▲ +$40.00 (+66.7%) higher"
    assert tiles["Last full month"].value == r"\$90\.00"
    assert tiles["Month-end outlook"].value == "–"
    assert tiles["Untagged"].value == "–"
    assert tiles["Invoice tie-out"].value == "Not checked"
    assert "Unused commitments" not in tiles, "a bill without commitments has no such tile"


@pytest.mark.usefixtures("tiny_bill")
def test_tiles_follow_the_filters(open_app: OpenApp) -> None:
    tiles = {tile.label: tile for tile in open_app(f="service:!Amazon S3").metric}
    assert tiles["Month to date"].value == r"\$40\.00"
    assert tiles["Month to date"].delta == "no change"


@pytest.mark.usefixtures("tiny_bill")
def test_a_refused_outlook_says_how_much_data_it_needs(open_app: OpenApp) -> None:
    assert "No outlook: it needs every day from" in shown(open_app())


@pytest.mark.usefixtures("tiny_bill")
def test_only_what_rose_is_among_the_increases(open_app: OpenApp) -> None:
    app = open_app()
    (table,) = app.dataframe
    assert list(table.value["label_1"]) == ["Amazon S3"]
    assert list(table.value["delta"]) == [40.0]
    assert "Nothing fell against the comparison." in shown(app)


def source_file(number: int, path: str, status: str) -> SourceFile:
    unknown = dict.fromkeys(SourceFile.__slots__, None)
    known = {"source_id": number, "path": path, "status": status, "dataset": path, "version": str(number)}
    return SourceFile(**{**unknown, **known, "totals": (), "columns_kept": (), "columns_missing": ()})


def billed(month: int, amount: str) -> BilledLine:
    return BilledLine(
        billing_month=date(2026, month, 1),
        currency="USD",
        invoice_issuer=None,
        invoice_id=None,
        billing_account_id="1",
        period_end=datetime(2026, month + 1, 1),
        billed=Decimal(amount),
        tax=Decimal(0),
        rows=1,
        tax_rows=0,
    )


def decide(**changes: object) -> list[str]:
    given: dict[str, object] = {
        "files": (),
        "findings": (),
        "tie": compare((), (), NOW),
        "published_at": NOW,
        "now": NOW,
        "stale_after": timedelta(hours=48),
    }
    return [item.text for item in decisions(**{**given, **changes})]  # type: ignore[arg-type]


def test_nothing_wrong_needs_no_decision() -> None:
    assert decide() == []


def test_a_refused_file_counts_until_a_later_version_of_it_is_loaded() -> None:
    refused = source_file(1, "/bills/a.csv", "refused")
    assert decide(files=(refused,)) == ["1 file refused: a.csv"]
    assert decide(files=(source_file(2, "/bills/a.csv", "loaded"), refused)) == []


def test_only_error_level_findings_want_somebody() -> None:
    found = [
        Finding("r1", "Charge without a currency", "error", 3, 1, None, (), "a.csv"),
        Finding("r2", "Odd spelling", "warning", 9, 1, None, (), "a.csv"),
    ]
    assert decide(findings=found) == ["Charge without a currency (3 lines)"]


def test_months_that_differ_and_months_not_checked_are_listed_but_not_open_ones() -> None:
    invoice = ExpectedInvoice(billing_month=date(2026, 8, 1), currency="USD", amount=Decimal(50))
    tie = compare((billed(8, "10"), billed(9, "10"), billed(10, "10")), (invoice,), NOW)
    assert decide(tie=tie) == [
        "1 month not matching the invoice",
        "1 month without an invoice total to check against",
    ]


def test_stale_data_is_on_the_list() -> None:
    assert decide(published_at=NOW - timedelta(days=3)) == ["The data is 3 days old"]


@pytest.mark.usefixtures("tiny_bill")
def test_budgets_and_waiting_recommendations_need_a_decision(open_app: OpenApp, settings: Settings) -> None:
    budget = Budget(Decimal(10), "USD", BudgetPeriod.MONTH, date(2026, 10, 1), name="Everything here")
    Workspace(settings).budgets.save(budget)
    Workspace(settings).record_scan(scan(), [finding("i-1", "10"), finding("i-2", "20")])
    app = open_app()
    words = "\n".join(str(part.value) for part in app.markdown).replace("\\", "")
    assert "1 budget over: Everything here · 2026-10 · USD" in words
    assert "2 recommendations to decide on" in words
