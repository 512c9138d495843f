"""Every AWS line type becomes one charge with the costs, category and period worked out by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_bill import PLAN, RESERVATION, ask, line, load, write_csv
from workbench.settings import Settings

_MONTH = {"lineItem/UsageStartDate": "2026-05-01T00:00:00Z", "lineItem/UsageEndDate": "2026-05-31T23:59:59Z"}
_RI = {"reservation/ReservationARN": RESERVATION}
_SP = {"savingsPlan/SavingsPlanARN": PLAN, "savingsPlan/OfferingType": "ComputeSavingsPlans"}

LINES = {
    # id: (line type, unblended, further cells)
    "usage": ("Usage", "0.1", {}),
    "spot": (
        "Usage",
        "0.03",
        {
            "lineItem/UsageType": "SpotUsage:m5.large",
            "pricing/publicOnDemandCost": "0",
            "pricing/publicOnDemandRate": "",
        },
    ),
    "covered-ri": ("DiscountedUsage", "0", _RI | {"reservation/EffectiveCost": "0.07"}),
    "fee-ri": (
        "RIFee",
        "31",
        _RI
        | _MONTH
        | {
            "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": "4.5",
            "reservation/UnusedRecurringFee": "1.7",
            "reservation/UnusedQuantity": "124",
            "pricing/publicOnDemandCost": "",
            "pricing/publicOnDemandRate": "",
        },
    ),
    "upfront-ri": ("Fee", "500", _RI | _MONTH | {"pricing/publicOnDemandCost": "", "pricing/publicOnDemandRate": ""}),
    "support": ("Fee", "29", {"pricing/publicOnDemandCost": "", "pricing/publicOnDemandRate": ""}),
    "covered-sp": ("SavingsPlanCoveredUsage", "0.1", _SP | {"savingsPlan/SavingsPlanEffectiveCost": "0.06"}),
    "negation": ("SavingsPlanNegation", "-0.1", _SP),
    "fee-sp": (
        "SavingsPlanRecurringFee",
        "2",
        _SP | {"savingsPlan/TotalCommitmentToDate": "2", "savingsPlan/UsedCommitment": "1.25"},
    ),
    "upfront-sp": ("SavingsPlanUpfrontFee", "900", _SP),
    "tax": ("Tax", "7.31", {}),
    "credit": ("Credit", "-5", {}),
    "refund": ("Refund", "-3", {}),
    "edp": ("EdpDiscount", "-0.5", {}),
    "bundled": ("BundledDiscount", "-0.25", {}),
    "new": ("SomethingNew", "0.75", {}),
}

EXPECTED = {
    # id: (effective, contracted, list, category, pricing category, commitment id, status)
    "usage": ("0.1", "0.1", "0.1", "Usage", "Standard", None, None),
    "spot": ("0.03", "0.03", None, "Usage", "Dynamic", None, None),
    "covered-ri": ("0.07", "0.1", "0.1", "Usage", "Committed", RESERVATION, "Used"),
    "fee-ri": ("6.2", "0", None, "Usage", "Committed", RESERVATION, "Unused"),
    "upfront-ri": ("0", "500", None, "Purchase", "Standard", RESERVATION, None),
    "support": ("29", "29", None, "Purchase", "Standard", None, None),
    "covered-sp": ("0.06", "0.1", "0.1", "Usage", "Committed", PLAN, "Used"),
    "negation": ("0", "0", "0.1", "Usage", "Committed", PLAN, "Used"),
    "fee-sp": ("0.75", "0", "0.1", "Usage", "Committed", PLAN, "Unused"),
    "upfront-sp": ("0", "900", "0.1", "Purchase", "Standard", PLAN, None),
    "tax": ("7.31", "7.31", "0.1", "Tax", None, None, None),
    "credit": ("-5", "-5", "0.1", "Credit", None, None, None),
    "refund": ("-3", "-3", "0.1", "Adjustment", None, None, None),
    "edp": ("-0.5", "-0.5", "0.1", "Adjustment", None, None, None),
    "bundled": ("-0.25", "-0.25", "0.1", "Adjustment", None, None, None),
    "new": ("0.75", "0.75", "0.1", "Adjustment", None, None, None),
}


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home folder with one bill that has every line type."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    columns = list(dict.fromkeys(name for _, _, cells in LINES.values() for name in line("x", **cells)))
    lines = [
        line(name, **{"lineItem/LineItemType": kind, "lineItem/UnblendedCost": cost, **cells})
        for name, (kind, cost, cells) in LINES.items()
    ]
    report = load(settings, write_csv(settings.home / "bill.csv", lines, columns=columns))
    assert [file.status for file in report.files] == ["loaded"], report.files[0].reason
    return settings


@pytest.fixture(scope="module")
def charges(bill: Settings) -> dict[str, dict[str, Any]]:
    """The charges of the bill by line id."""
    return {row["x_line_item_id"]: row for row in ask(bill, "SELECT * FROM charges")}


@pytest.mark.parametrize("name", list(LINES))
def test_costs_and_category_of_a_line_type(charges: dict[str, dict[str, Any]], name: str) -> None:
    row = charges[name]
    effective, contracted, public, category, pricing, commitment, status = EXPECTED[name]
    assert row["billed_cost"] == Decimal(LINES[name][1])
    assert (row["effective_cost"], row["contracted_cost"], row["list_cost"]) == (
        _money(effective),
        _money(contracted),
        _money(public),
    )
    assert (row["charge_category"], row["pricing_category"]) == (category, pricing)
    assert (row["commitment_discount_id"], row["commitment_discount_status"]) == (commitment, status)
    assert row["x_charge_type"] == LINES[name][0]


def test_commitments_say_their_kind_and_how_much_was_used(charges: dict[str, dict[str, Any]]) -> None:
    fields = (
        "commitment_discount_category", "commitment_discount_type",
        "commitment_discount_quantity", "commitment_discount_unit",
    )  # fmt: skip
    told = {name: tuple(charges[name][field] for field in fields) for name in EXPECTED}
    assert told["covered-ri"] == ("Usage", "Reserved Instance", 1.0, "Hrs")
    assert told["fee-ri"] == ("Usage", "Reserved Instance", 124.0, "Hrs")
    assert told["covered-sp"] == ("Spend", "ComputeSavingsPlans", 0.06, "USD")
    assert told["fee-sp"] == ("Spend", "ComputeSavingsPlans", 0.75, "USD")
    assert told["usage"] == (None, None, None, None)


def test_a_fee_that_ends_at_the_last_second_covers_the_last_day(charges: dict[str, dict[str, Any]]) -> None:
    fee = charges["fee-ri"]
    assert (fee["charge_period_start"], fee["charge_period_end"]) == (datetime(2026, 5, 1), datetime(2026, 6, 1))
    assert fee["x_spread"]
    assert charges["usage"]["charge_period_end"] == datetime(2026, 5, 1, 1)


def test_only_commitment_lines_with_effective_cost_over_a_day_are_spread(charges: dict[str, dict[str, Any]]) -> None:
    assert [name for name, row in charges.items() if row["x_spread"]] == ["fee-ri"]


def test_the_fee_counts_evenly_on_every_day_of_the_month(bill: Settings, charges: dict[str, dict[str, Any]]) -> None:
    days = ask(
        bill,
        "SELECT charge_date, sum(effective_cost) AS cost FROM charge_days WHERE x_line_item_id = 'fee-ri'"
        " GROUP BY charge_date ORDER BY charge_date",
    )
    assert len(days) == 31
    assert sum(day["cost"] for day in days) == Decimal("6.2") == charges["fee-ri"]["effective_cost"]
    assert {round(day["cost"], 6) for day in days} == {Decimal("0.2")}


def test_quantities_are_kept_once(charges: dict[str, dict[str, Any]]) -> None:
    consumed = {name for name, row in charges.items() if row["consumed_quantity"] is not None}
    assert consumed == {"usage", "spot", "covered-ri", "covered-sp"}


def test_unknown_line_types_are_reported(bill: Settings, charges: dict[str, dict[str, Any]]) -> None:
    assert charges["new"]["charge_category"] == "Adjustment"
    found = ask(bill, "SELECT rule, rows FROM quality_findings WHERE rule = 'line-type-unknown'")
    assert found == [{"rule": "line-type-unknown", "rows": 1}]


def test_a_capacity_reservation_is_no_commitment(settings: Settings, tmp_path: Path) -> None:
    arn = "arn:aws:ec2:us-east-1:111122223333:capacity-reservation/cr-1"
    lines = [
        line("used", **{"reservation/ReservationARN": arn, "lineItem/UsageType": "Reservation:m5.large"}),
        line("unused", **{"reservation/ReservationARN": arn, "lineItem/UsageType": "UnusedBox:m5.large"}),
    ]
    load(settings, write_csv(tmp_path / "bill.csv", lines))
    rows = ask(
        settings,
        "SELECT commitment_discount_id, capacity_reservation_id, capacity_reservation_status FROM charges"
        " ORDER BY x_line_item_id",
    )
    assert [tuple(row.values()) for row in rows] == [(None, arn, "Unused"), (None, arn, "Used")]


def test_a_line_for_a_closed_month_is_a_correction(settings: Settings, tmp_path: Path) -> None:
    late = {"lineItem/UsageStartDate": "2026-04-30T22:00:00Z", "lineItem/UsageEndDate": "2026-04-30T23:00:00Z"}
    load(settings, write_csv(tmp_path / "bill.csv", [line("now"), line("late", **late)]))
    rows = ask(settings, "SELECT x_line_item_id, charge_class FROM charges ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [("late", "Correction"), ("now", None)]


def _with_net(lines: list[dict[str, str]]) -> tuple[list[dict[str, str]], list[str]]:
    columns = list(dict.fromkeys(name for one in lines for name in one))
    return lines, columns


def test_net_costs_count_when_every_row_has_one(settings: Settings, tmp_path: Path) -> None:
    lines, columns = _with_net(
        [
            line("usage", **{"lineItem/NetUnblendedCost": "0.09"}),
            line(
                "edp",
                **{
                    "lineItem/LineItemType": "EdpDiscount",
                    "lineItem/UnblendedCost": "-0.01",
                    "lineItem/NetUnblendedCost": "0",
                },
            ),
        ]
    )
    load(settings, write_csv(tmp_path / "bill.csv", lines, columns=columns))
    rows = ask(settings, "SELECT x_line_item_id, billed_cost, effective_cost FROM charges ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [
        ("edp", Decimal("-0.01"), Decimal("0")),
        ("usage", Decimal("0.1"), Decimal("0.09")),
    ]


def test_net_costs_of_some_rows_are_not_mixed_with_gross_costs(settings: Settings, tmp_path: Path) -> None:
    lines, columns = _with_net(
        [line("with", **{"lineItem/NetUnblendedCost": "0.09"}), line("without", **{"lineItem/NetUnblendedCost": ""})]
    )
    load(settings, write_csv(tmp_path / "bill.csv", lines, columns=columns))
    assert ask(settings, "SELECT sum(effective_cost) AS cost FROM charges") == [{"cost": Decimal("0.2")}]
    assert ask(settings, "SELECT rows FROM quality_findings WHERE rule = 'net-cost-partial'") == [{"rows": 1}]


def test_without_amortisation_columns_commitments_stay_in_cash(settings: Settings, tmp_path: Path) -> None:
    lines = [
        line("covered", **{"lineItem/LineItemType": "SavingsPlanCoveredUsage"}),
        line("negation", **{"lineItem/LineItemType": "SavingsPlanNegation", "lineItem/UnblendedCost": "-0.1"}),
        line("fee", **{"lineItem/LineItemType": "SavingsPlanRecurringFee", "lineItem/UnblendedCost": "0.08"}),
    ]
    columns = [name for name in lines[0] if not name.startswith("savingsPlan/")]
    load(settings, write_csv(tmp_path / "bill.csv", lines, columns=columns))
    assert ask(settings, "SELECT sum(billed_cost) AS billed, sum(effective_cost) AS effective FROM charges") == [
        {"billed": Decimal("0.08"), "effective": Decimal("0.08")}
    ]
    [file] = ask(settings, "SELECT columns_missing FROM source_files")
    assert "savingsPlan/SavingsPlanEffectiveCost" in file["columns_missing"]
