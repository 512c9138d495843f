"""The demo bill keeps every promise made for it; sums are taken by DuckDB straight from the files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from workbench.simulate import DemoBill, write_demo_bill

LAST_DAY = date(2026, 11, 19)


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> DemoBill:
    return write_demo_bill(tmp_path_factory.mktemp("demo"), LAST_DAY)


@pytest.fixture(scope="module")
def lines(bill: DemoBill) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    times = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
    without_zone = ", ".join(f"{name}::TIMESTAMP AS {name}" for name in times)
    connection.execute(
        f"CREATE TABLE lines AS SELECT * REPLACE ({without_zone}) FROM read_parquet($files)",
        {"files": [str(f) for f in bill.files]},
    )
    yield connection
    connection.close()


def one(lines: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    row = lines.execute(sql).fetchone()
    assert row is not None
    return row


def count(lines: duckdb.DuckDBPyConnection, condition: str) -> int:
    return one(lines, f"SELECT count(*) FROM lines WHERE {condition}")[0]


def test_the_bill_has_three_accounts_fifteen_services_and_thirteen_months(bill, lines):
    assert one(
        lines,
        """SELECT count(DISTINCT SubAccountId), count(DISTINCT ServiceName), count(DISTINCT BillingPeriodStart),
                  min(ChargePeriodStart)::DATE, max(ChargePeriodEnd)::DATE FROM lines""",
    ) == (3, 15, 13, date(2025, 11, 1), date(2026, 11, 20))
    assert 400 <= one(lines, "SELECT count(DISTINCT ResourceId) FROM lines")[0] <= 800
    assert one(lines, "SELECT count(DISTINCT RegionId) FROM lines")[0] == 3


def test_what_the_writer_reports_is_in_the_files(bill, lines):
    assert (bill.lines, bill.billed_cost) == one(lines, "SELECT count(*), sum(BilledCost) FROM lines")
    assert (bill.first_day, bill.last_day) == (date(2025, 11, 1), LAST_DAY)
    assert len(bill.files) == 13


def test_the_columns_are_those_of_focus_1_2_and_two_of_the_provider(lines):
    names = {row[0] for row in lines.execute("DESCRIBE lines").fetchall()}
    assert len(names) == 59
    assert names >= {"InvoiceId", "PricingCurrencyEffectiveCost", "CapacityReservationStatus", "SkuPriceDetails"}
    assert {name for name in names if name.startswith("x_")} == {"x_UsageType", "x_Operation"}


def test_the_same_last_day_gives_the_same_bytes_and_another_day_does_not(bill, tmp_path):
    def digest(files):
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]

    again = write_demo_bill(tmp_path / "again", LAST_DAY)
    assert digest(again.files) == digest(bill.files)
    other = write_demo_bill(tmp_path / "other", date(2026, 11, 18))
    # A day more adds to the open month and leaves the invoiced ones as they were.
    assert digest(other.files)[:-1] == digest(bill.files)[:-1]
    assert digest(other.files)[-1] != digest(bill.files)[-1]


def test_the_default_last_day_is_yesterday(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_NOW", "2026-03-01T08:00:00Z")
    assert write_demo_bill(tmp_path).last_day == date(2026, 2, 28)


@pytest.mark.parametrize("last_day", [date(2026, 1, 1), date(2024, 2, 29), date(2026, 12, 31)])
def test_any_last_day_works(tmp_path, last_day):
    bill = write_demo_bill(tmp_path, last_day)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        months, days, first, last = connection.execute(
            """SELECT count(DISTINCT BillingPeriodStart), count(DISTINCT ChargePeriodStart::DATE),
                      min(ChargePeriodStart)::DATE, max(ChargePeriodStart)::DATE FROM read_parquet($files)""",
            {"files": [str(path) for path in bill.files]},
        ).fetchone()
    assert (months, last) == (13, last_day)
    assert first == date(last_day.year - 1, last_day.month, 1)
    assert days == (last - first).days + 1


def test_spend_is_believable_and_grows(lines):
    months = lines.execute(
        """SELECT sum(EffectiveCost) FROM lines WHERE BillingPeriodStart < '2026-11-01'
           GROUP BY BillingPeriodStart ORDER BY BillingPeriodStart"""
    ).fetchall()
    assert all(Decimal(55_000) < month[0] < Decimal(120_000) for month in months)
    assert months[-1][0] > months[0][0] * Decimal("1.4")


def test_weekends_cost_less_than_weekdays(lines):
    weekday, weekend = one(
        lines,
        """SELECT avg(cost) FILTER (weekday < 6), avg(cost) FILTER (weekday >= 6) FROM (
             SELECT isodow(ChargePeriodStart) AS weekday, sum(EffectiveCost) AS cost FROM lines
             WHERE ChargeCategory = 'Usage' AND SubAccountName = 'shop-staging' GROUP BY ChargePeriodStart)""",
    )
    assert weekend < weekday * 0.7


def test_month_ends_carry_batch_load_and_fees(lines):
    last_days, other_days = one(
        lines,
        """SELECT avg(cost) FILTER (day >= 26 AND last_day(start) - start::DATE < 3),
                  avg(cost) FILTER (last_day(start) - start::DATE >= 3) FROM (
             SELECT ChargePeriodStart AS start, day(ChargePeriodStart) AS day, sum(EffectiveCost) AS cost FROM lines
             WHERE PricingCategory = 'Dynamic' AND BillingPeriodStart = '2026-09-01' GROUP BY ALL)""",
    )
    assert last_days > other_days * 1.3
    assert (
        count(
            lines, "ServiceName = 'AWS Support (Business)' AND ChargePeriodStart::DATE <> last_day(ChargePeriodStart)"
        )
        == 0
    )
    assert count(lines, "ServiceName = 'AWS Support (Business)' AND ChargeCategory = 'Purchase'") == 12


def test_unit_prices_multiply_out_exactly(lines):
    priced = "PricingQuantity IS NOT NULL AND ChargeClass IS NULL"
    assert count(lines, priced) > 200_000
    assert count(lines, f"{priced} AND ListCost <> ListUnitPrice * PricingQuantity") == 0
    assert count(lines, f"{priced} AND ContractedCost <> ContractedUnitPrice * PricingQuantity") == 0


def test_metered_use_is_cheaper_at_each_step_from_list_to_effective(lines):
    metered = "ChargeCategory = 'Usage' AND ChargeClass IS NULL AND CommitmentDiscountStatus IS DISTINCT FROM 'Unused'"
    assert count(lines, f"{metered} AND NOT (ListCost > ContractedCost AND ContractedCost >= EffectiveCost)") == 0
    assert count(lines, f"{metered} AND EffectiveCost <= 0") == 0


def test_purchases_of_commitments_are_cash_only(lines):
    assert lines.execute(
        """SELECT CommitmentDiscountType, ChargeFrequency, count(*) FROM lines
           WHERE ChargeCategory = 'Purchase' AND CommitmentDiscountId IS NOT NULL GROUP BY ALL ORDER BY 1"""
    ).fetchall() == [("Reserved Instance", "One-Time", 1), ("Savings Plan", "Recurring", 292)]
    bought = "ChargeCategory = 'Purchase' AND CommitmentDiscountId IS NOT NULL"
    assert count(lines, f"{bought} AND (BilledCost <= 0 OR EffectiveCost <> 0)") == 0


def test_used_and_unused_add_up_to_what_was_paid(lines):
    used, unused = one(
        lines,
        """SELECT sum(EffectiveCost) FILTER (CommitmentDiscountStatus = 'Used'),
                  sum(EffectiveCost) FILTER (CommitmentDiscountStatus = 'Unused')
           FROM lines WHERE CommitmentDiscountType = 'Reserved Instance'""",
    )
    paid = one(lines, "SELECT sum(BilledCost) FROM lines WHERE CommitmentDiscountType = 'Reserved Instance'")[0]
    # 8 databases x $0.3105 x 24 h x 365 d, bought on 1 December 2025; 354 of its 365 days are in the bill.
    assert paid == Decimal("21759.84")
    assert used + unused == paid * 354 / 365
    assert unused > 0
    per_day = lines.execute(
        """SELECT sum(BilledCost), sum(EffectiveCost) FROM lines WHERE CommitmentDiscountType = 'Savings Plan'
           GROUP BY ChargePeriodStart::DATE"""
    ).fetchall()
    assert set(per_day) == {(Decimal("364.80"), Decimal("364.80"))}  # $15.20 x 24 h
    assert count(lines, "CommitmentDiscountType = 'Savings Plan' AND CommitmentDiscountStatus = 'Unused'") > 20


def test_commitment_rows_follow_focus(lines):
    assert (
        count(lines, "CommitmentDiscountStatus = 'Used' AND (BilledCost <> 0 OR PricingCategory <> 'Committed')") == 0
    )
    unused = "CommitmentDiscountStatus = 'Unused'"
    assert count(lines, f"{unused} AND (ConsumedQuantity IS NOT NULL OR ResourceId <> CommitmentDiscountId)") == 0
    assert count(lines, f"{unused} AND (BilledCost <> 0 OR ChargeCategory <> 'Usage')") == 0
    assert count(lines, "CommitmentDiscountId IS NOT NULL AND (CommitmentDiscountQuantity IS NULL)") == 0
    assert count(lines, "CommitmentDiscountId IS NULL AND CommitmentDiscountUnit IS NOT NULL") == 0


def test_covered_quantity_and_the_rest_keep_the_machine_whole(lines):
    """Where the savings plan ran out within a line, its two parts are what the machine used that day."""
    split = lines.execute(
        """SELECT ResourceId, ChargePeriodStart, sum(ConsumedQuantity), count(*) FROM lines
           WHERE x_UsageType LIKE '%-BoxUsage:%' GROUP BY ALL HAVING count(*) > 1"""
    ).fetchall()
    assert split
    assert all(parts == 2 and 0 < hours <= 24 and hours == int(hours) for _, _, hours, parts in split)


def test_the_correction_keeps_its_charge_period_and_comes_with_a_later_invoice(lines):
    rows = lines.execute(
        """SELECT ChargePeriodStart::DATE, BillingPeriodStart::DATE, InvoiceId, BilledCost FROM lines
           WHERE ChargeClass IS NOT NULL ORDER BY 1"""
    ).fetchall()
    assert [row[0] for row in rows] == [date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 14)]
    assert {row[1:3] for row in rows} == {(date(2026, 4, 1), "INV-2026-04-4471")}
    assert all(row[3] < 0 for row in rows)
    outside = "ChargePeriodStart < BillingPeriodStart OR ChargePeriodEnd > BillingPeriodEnd"
    assert count(lines, f"({outside}) AND ChargeClass IS DISTINCT FROM 'Correction'") == 0


def test_tax_is_a_share_of_what_is_taxed(lines):
    tax, taxed = one(
        lines,
        """SELECT sum(BilledCost) FILTER (ChargeCategory = 'Tax'),
                  sum(BilledCost) FILTER (ChargeCategory IN ('Usage', 'Purchase')) FROM lines
           WHERE BillingPeriodStart = '2026-10-01'
             AND ServiceName IN ('Amazon Virtual Private Cloud', 'AWS Support (Business)')""",
    )
    assert abs(tax - taxed * Decimal("0.08")) <= Decimal("0.01")  # two amounts rounded to the cent
    unpriced = "ListUnitPrice IS NULL AND PricingQuantity IS NULL AND SkuId IS NULL AND PricingCategory IS NULL"
    assert count(lines, f"ChargeCategory = 'Tax' AND NOT ({unpriced})") == 0


def test_credits_are_negative(lines):
    assert count(lines, "ChargeCategory = 'Credit'") == 5
    assert count(lines, "ChargeCategory = 'Credit' AND (BilledCost >= 0 OR EffectiveCost <> BilledCost)") == 0


def test_closed_months_have_an_invoice_and_the_open_one_has_none(lines):
    invoices = lines.execute(
        "SELECT BillingPeriodStart, list(DISTINCT InvoiceId) FROM lines GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert invoices[-1][1] == [None]
    closed = [names for _, names in invoices[:-1]]
    assert [len(names) for names in closed] == [1] * 12
    assert len({name for names in closed for name in names} - {None}) == 12


def test_one_service_ends_and_another_begins(lines):
    ends = one(lines, "SELECT max(ChargePeriodStart)::DATE FROM lines WHERE ServiceName = 'AWS Glue'")[0]
    begins = one(lines, "SELECT min(ChargePeriodStart)::DATE FROM lines WHERE ServiceName = 'Amazon Bedrock'")[0]
    assert (ends, begins) == (date(2026, 7, 14), date(2026, 8, 5))


def test_a_logging_mistake_stands_out_shortly_before_the_end(lines):
    days = dict(
        lines.execute(
            """SELECT ChargePeriodStart::DATE, sum(EffectiveCost) FROM lines
               WHERE ResourceName = '/shop/euw1/api' GROUP BY 1"""
        ).fetchall()
    )
    noisy = [day for day, cost in days.items() if cost > 80]
    assert sorted(noisy) == [date(2026, 11, day) for day in (8, 9, 10, 11)]


def test_tags_have_gaps_and_spellings(lines):
    untagged, total = one(lines, "SELECT sum(EffectiveCost) FILTER (Tags IS NULL), sum(EffectiveCost) FROM lines")
    assert Decimal("0.10") < untagged / total < Decimal("0.40")
    spellings = {
        row[0] for row in lines.execute("SELECT DISTINCT json_extract_string(Tags, '$.team') FROM lines").fetchall()
    }
    assert {"checkout", "Checkout", "check-out", "catalog", "catalogue"} <= spellings
    assert count(lines, "Tags IS NOT NULL AND json_extract_string(Tags, '$.cost_center') IS NULL") > 0


def test_one_service_has_one_category_and_one_price_id_one_price(lines):
    assert one(
        lines, "SELECT max(n) FROM (SELECT count(DISTINCT ServiceCategory) n FROM lines GROUP BY ServiceName)"
    ) == (1,)
    assert one(lines, "SELECT max(n) FROM (SELECT count(DISTINCT ListUnitPrice) n FROM lines GROUP BY SkuPriceId)") == (
        1,
    )
    assert one(lines, "SELECT max(n) FROM (SELECT count(DISTINCT SkuId) n FROM lines GROUP BY SkuPriceId)") == (1,)


def test_money_is_exact_beyond_floating_point(lines):
    types = dict(row[:2] for row in lines.execute("DESCRIBE lines").fetchall())
    assert {types[name] for name in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")} == {"DECIMAL(38,12)"}
