"""The simulated bill keeps the promises of FOCUS and of a believable company; sums are taken from the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tests.support.small_estate import written
from workbench.simulate import Simulation, SimulationPlan, demo_plan

PLAN = SimulationPlan(last_day=date(2026, 11, 20), accounts=8, days=112, scale=0.7, metric_days=0)
METERED = "ChargeCategory = 'Usage' AND ChargeClass IS NULL AND CommitmentDiscountStatus IS DISTINCT FROM 'Unused'"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return written(tmp_path_factory.mktemp("estate") / "company", PLAN)


@pytest.fixture(scope="module")
def lines(estate: Simulation) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE lines AS FROM read_parquet('{estate.folder}/bill/*.parquet')")
        yield connection


def one(lines: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    return lines.execute(sql).fetchall()[0]


def count(lines: duckdb.DuckDBPyConnection, condition: str) -> int:
    return one(lines, f"SELECT count(*) FROM lines WHERE {condition}")[0]


def test_it_has_the_columns_of_focus_1_2_and_two_of_the_provider(lines):
    names = {row[0] for row in lines.execute("DESCRIBE lines").fetchall()}
    assert len(names) == 59
    assert names >= {"InvoiceId", "PricingCurrencyEffectiveCost", "CapacityReservationStatus", "SkuPriceDetails"}
    assert {name for name in names if name.startswith("x_")} == {"x_UsageType", "x_Operation"}


def test_every_day_of_every_account_is_on_it(lines):
    first, last, days, accounts, services = one(
        lines,
        f"""SELECT min(ChargePeriodStart)::DATE, max(ChargePeriodStart)::DATE, count(DISTINCT ChargePeriodStart),
                  count(DISTINCT SubAccountId), count(DISTINCT ServiceName) FROM lines WHERE {METERED}""",
    )
    assert (first, last, days) == (date(2026, 8, 1), date(2026, 11, 20), 112)
    assert (accounts, services >= 20) == (8, True)


def test_money_is_exact_beyond_floating_point(lines):
    types = {row[0]: row[1] for row in lines.execute("DESCRIBE lines").fetchall()}
    assert {types[name] for name in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")} == {"DECIMAL(38,12)"}


def test_unit_prices_multiply_out_to_the_last_decimal(lines):
    """Quantities have six decimals and prices ten: the product is rounded at the twelfth. No price is negative."""
    priced = f"{METERED} AND PricingQuantity IS NOT NULL"
    assert count(lines, priced) > 100_000
    for kind in ("List", "Contracted"):
        product = f"round({kind}UnitPrice::DECIMAL(18, 10)::DECIMAL(38, 10) * PricingQuantity::DECIMAL(18, 6), 12)"
        assert count(lines, f"{priced} AND {kind}Cost <> {product}") == 0
    assert count(lines, "ListUnitPrice <= 0") == 0


def test_metered_use_is_cheaper_at_each_step_from_list_to_effective(lines):
    assert count(lines, f"{METERED} AND NOT (ListCost >= ContractedCost AND ContractedCost >= EffectiveCost)") == 0
    assert count(lines, f"{METERED} AND EffectiveCost < 0") == 0


def test_purchases_of_commitments_are_cash_only(lines):
    bought = "ChargeCategory = 'Purchase' AND CommitmentDiscountId IS NOT NULL"
    assert count(lines, f"{bought} AND CommitmentDiscountType = 'Savings Plan'") > 100
    assert count(lines, f"{bought} AND CommitmentDiscountType = 'Reserved Instance'") >= 4
    assert count(lines, f"{bought} AND (BilledCost <= 0 OR EffectiveCost <> 0)") == 0


def test_used_and_unused_add_up_to_the_commitment_of_each_day(estate, lines):
    """Each commitment costs 24 times its hourly amount on each of its days, to the last decimal."""
    wrong = lines.execute(
        f"""WITH days AS (
                SELECT CommitmentDiscountId AS arn, ChargePeriodStart::DATE AS day, sum(EffectiveCost) AS accrued
                FROM lines WHERE CommitmentDiscountStatus IS NOT NULL GROUP BY ALL),
            bought AS (
                SELECT json_extract_string(provider_attributes, '$.arn') AS arn, hourly_commitment_amount * 24 AS due,
                       unnest(generate_series(greatest(start_date, DATE '2026-08-01'),
                              least(end_date, DATE '2026-11-20'), INTERVAL 1 DAY))::DATE AS day
                FROM read_parquet('{estate.folder}/inventory/commitments.parquet'))
            SELECT * FROM bought FULL JOIN days USING (arn, day) WHERE accrued IS DISTINCT FROM due"""
    ).fetchall()
    assert wrong == []


def test_utilisation_in_the_inventory_is_that_of_the_bill(estate, lines):
    folder = f"{estate.folder}/inventory"
    wrong = lines.execute(
        f"""WITH used AS (
                SELECT CommitmentDiscountId AS arn, ChargePeriodStart::DATE AS date, sum(EffectiveCost) AS used,
                       sum(ContractedCost) AS on_demand
                FROM lines WHERE CommitmentDiscountStatus = 'Used' GROUP BY ALL)
            SELECT * FROM read_parquet('{folder}/commitment_utilization_daily.parquet') d
            JOIN (SELECT id AS commitment_id, hourly_commitment_amount AS hourly,
                         json_extract_string(provider_attributes, '$.arn') AS arn
                  FROM read_parquet('{folder}/commitments.parquet')) USING (commitment_id)
            LEFT JOIN used USING (arn, date)
            WHERE abs(coalesce(used, 0) / hourly / 24 * 100 - utilization_percent) > 1e-5
               OR coalesce(on_demand - used, 0) <> estimated_savings_vs_ondemand"""
    ).fetchall()
    assert wrong == []


def test_commitment_rows_follow_focus(lines):
    used, unused = "CommitmentDiscountStatus = 'Used'", "CommitmentDiscountStatus = 'Unused'"
    assert count(lines, used) > 1000
    assert count(lines, f"{used} AND (BilledCost <> 0 OR PricingCategory <> 'Committed')") == 0
    assert count(lines, unused) > 0
    assert count(lines, f"{unused} AND (ConsumedQuantity IS NOT NULL OR ResourceId <> CommitmentDiscountId)") == 0
    assert count(lines, f"{unused} AND (BilledCost <> 0 OR ChargeCategory <> 'Usage')") == 0
    assert count(lines, "CommitmentDiscountId IS NOT NULL AND CommitmentDiscountQuantity IS NULL") == 0
    assert count(lines, "CommitmentDiscountId IS NULL AND CommitmentDiscountUnit IS NOT NULL") == 0


def test_covered_quantity_and_the_rest_keep_the_machine_whole(lines):
    """Where a commitment ran out within a line, its parts are what the machine used that day."""
    split = lines.execute(
        """SELECT ResourceId, sum(ConsumedQuantity), count(*) FROM lines
           WHERE x_UsageType LIKE '%-BoxUsage:%' GROUP BY ResourceId, ChargePeriodStart HAVING count(*) > 1"""
    ).fetchall()
    assert split
    assert {hours for _, hours, _ in split} <= {Decimal(24), Decimal(48)}


def test_corrections_keep_their_charge_period_and_come_with_a_later_invoice(lines):
    rows = lines.execute(
        """SELECT ChargePeriodStart::DATE, BillingPeriodStart::DATE, BilledCost FROM lines
           WHERE ChargeClass = 'Correction' ORDER BY ALL"""
    ).fetchall()
    assert {row[0] for row in rows} == {date(2026, 9, day) for day in (12, 13, 14)}
    assert {row[1] for row in rows} == {date(2026, 10, 1)}
    assert all(row[2] < 0 for row in rows)
    outside = "ChargePeriodStart < BillingPeriodStart OR ChargePeriodEnd > BillingPeriodEnd"
    assert count(lines, f"({outside}) AND ChargeClass IS DISTINCT FROM 'Correction'") == 0


def test_support_follows_the_steps_of_its_price_list(lines):
    """September by hand: 10 % of the first 10,000 metered and billed, 7 % of the next 70,000."""
    used, fee = one(
        lines,
        f"""SELECT sum(BilledCost) FILTER ({METERED}), sum(BilledCost) FILTER (ServiceName = 'AWS Support (Business)'
                   AND ChargeCategory = 'Purchase') FROM lines WHERE BillingPeriodStart = '2026-09-01'""",
    )
    assert 10_000 < used < 80_000
    assert abs(fee - (1000 + (used - 10_000) * Decimal("0.07"))) <= Decimal("0.01")
    assert count(lines, "ServiceName = 'AWS Support (Business)' AND BillingPeriodStart = '2026-11-01'") == 0


def test_tax_is_a_share_of_what_is_taxed(lines):
    rows = lines.execute(
        """SELECT sum(BilledCost) FILTER (ChargeCategory = 'Tax'),
                  sum(BilledCost) FILTER (ChargeCategory IN ('Usage', 'Purchase') AND ChargeClass IS NULL)
           FROM lines WHERE BillingPeriodStart = '2026-10-01' AND ServiceName IN (
                SELECT ServiceName FROM lines WHERE ChargeCategory = 'Tax')
           GROUP BY SubAccountId, ServiceName"""
    ).fetchall()
    assert len(rows) > 5
    assert all(abs(tax - taxed * Decimal("0.08")) <= Decimal("0.005") for tax, taxed in rows)
    unpriced = "ListUnitPrice IS NULL AND PricingQuantity IS NULL AND SkuId IS NULL AND PricingCategory IS NULL"
    assert count(lines, f"ChargeCategory = 'Tax' AND NOT ({unpriced})") == 0


def test_credits_are_negative(lines):
    assert count(lines, "ChargeCategory = 'Credit'") > 0
    assert count(lines, "ChargeCategory = 'Credit' AND (BilledCost >= 0 OR EffectiveCost <> BilledCost)") == 0


def test_software_of_others_comes_from_its_publisher(lines):
    sellers = lines.execute("SELECT DISTINCT PublisherName FROM lines WHERE SkuId LIKE 'Marketplace-%'").fetchall()
    assert sellers
    assert ("AWS",) not in sellers


def test_closed_months_have_an_invoice_and_the_open_one_has_none(lines):
    invoices = lines.execute(
        "SELECT list(DISTINCT InvoiceId) FROM lines GROUP BY BillingPeriodStart ORDER BY BillingPeriodStart"
    ).fetchall()
    assert invoices == [(["INV-2026-08-4471"],), (["INV-2026-09-4471"],), (["INV-2026-10-4471"],), ([None],)]


def test_tags_have_gaps_and_spellings(lines):
    untagged, total = one(lines, "SELECT sum(EffectiveCost) FILTER (Tags IS NULL), sum(EffectiveCost) FROM lines")
    assert Decimal("0.05") < untagged / total < Decimal("0.60")
    spellings = {
        row[0] for row in lines.execute("SELECT DISTINCT json_extract_string(Tags, '$.env') FROM lines").fetchall()
    }
    assert {"prod", "production", "dev"} <= spellings
    assert count(lines, "Tags IS NOT NULL AND json_extract_string(Tags, '$.cost_center') IS NULL") > 0


def test_one_service_has_one_category_and_one_price_id_one_price(lines):
    for inner, outer in (
        ("ServiceCategory", "ServiceName"),
        ("ServiceSubcategory", "ServiceName"),
        ("ListUnitPrice", "SkuPriceId"),
        ("SkuId", "SkuPriceId"),
        ("RegionName", "RegionId"),
        ("ResourceType", "ResourceId"),
    ):
        most = f"SELECT max(n) FROM (SELECT count(DISTINCT {inner}) AS n FROM lines GROUP BY {outer})"
        assert one(lines, most) == (1,), (inner, outer)


def test_accounts_outside_production_cost_less_at_weekends(lines):
    weekday, weekend = one(
        lines,
        """SELECT avg(cost) FILTER (isodow(day) < 6), avg(cost) FILTER (isodow(day) >= 6) FROM (
             SELECT ChargePeriodStart AS day, sum(EffectiveCost) AS cost FROM lines
             WHERE x_UsageType LIKE '%BoxUsage:%' AND SubAccountName LIKE '%-dev' GROUP BY ChargePeriodStart)""",
    )
    assert weekend < weekday * 0.95


@pytest.mark.parametrize(
    ("last_day", "first_day"),
    [
        (date(2026, 11, 20), date(2026, 8, 1)),
        (date(2026, 1, 1), date(2025, 10, 1)),
        (date(2024, 2, 29), date(2023, 11, 1)),
    ],
)
def test_the_demo_has_four_months(last_day, first_day):
    assert demo_plan(last_day).first_day == first_day
    assert demo_plan(last_day).last_day == last_day
