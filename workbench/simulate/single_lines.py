"""What a bill holds besides metered use: commitments bought or unused, fees, software, tax, credits, corrections."""

from __future__ import annotations

from datetime import date

import duckdb

from workbench.simulate.inventory.company import PAYER

__all__ = ["TAX_SHARE", "add_closing", "add_commitments", "add_occasional", "create_commitment_cells"]

TAX_SHARE = "0.08"
_TAXED = ("AWS Support (Business)", "Amazon Virtual Private Cloud", "Example Monitoring Pro")


def create_commitment_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``commitment_cells``: how each of ``active_commitments`` is written on the bill."""
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE commitment_cells AS
        SELECT c.commitment_no, c.arn, c.name, if(c.kind = 'savings_plan', 'Spend', 'Usage') AS category,
               if(c.kind = 'savings_plan', 'Savings Plan', 'Reserved Instance') AS type,
               if(c.kind = 'savings_plan', 'USD', 'Hours') AS unit, c.rate::DECIMAL(38, 12) AS price, v.service_name,
               v.service_category, v.service_subcategory, c.region, r.region_name,
               if(c.kind = 'savings_plan', 'ComputeSavingsPlans-3yr-NoUpfront',
                  concat_ws('-', split_part(c.sku, '/', 1), rc.code, 'Reserved:' || c.size || '-3yr-' || c.payment))
                  AS sku_id,
               concat('{"x_PurchaseTerm":"3yr","x_PaymentOption":"', c.payment, '"}') AS details
        FROM active_commitments c
        LEFT JOIN region_codes rc ON rc.region = c.region
        LEFT JOIN regions r ON r.region_id = c.region
        JOIN services v ON v.service_code = if(c.kind = 'savings_plan', 'ComputeSavingsPlans', split_part(c.sku, '/', 1))
        """
    )


def add_commitments(connection: duckdb.DuckDBPyConnection, month: date, first_n: int, last_n: int) -> None:
    """Add what commitments cost in a month: what is paid (cash only), and the unused rest of each day (accrual only).

    A plan is paid by the day, a reservation by the month on its first day, or once when it begins.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE commitment_money AS
        -- A plan: each day.
        SELECT c.commitment_no, 'Purchase' AS category, 'Recurring' AS frequency, NULL AS status, d.n AS from_n,
               d.n + 1 AS to_n, d.day_amount AS money
        FROM commitment_days d JOIN active_commitments c USING (commitment_no)
        WHERE c.kind = 'savings_plan' AND d.n BETWEEN {first_n} AND {last_n}
        UNION ALL
        -- A reservation without upfront payment: the days of the month, also those to come.
        SELECT c.commitment_no, 'Purchase', 'Recurring', NULL, from_n, to_n, c.day_amount * (to_n - from_n)
        FROM (SELECT *, greatest(start_n, (DATE '{month}' - first_day())::INTEGER) AS from_n,
                     least(end_n + 1, ((DATE '{month}' + INTERVAL 1 MONTH)::DATE - first_day())::INTEGER) AS to_n
              FROM active_commitments) c
        WHERE c.kind = 'reserved_instance' AND c.payment = 'no_upfront' AND from_n < to_n AND from_n <= {last_n}
          AND c.start_n <= {last_n}
        UNION ALL
        -- One paid at once: the whole term, if it begins while we look.
        SELECT c.commitment_no, 'Purchase', 'One-Time', NULL, c.start_n, c.start_n + 1,
               c.day_amount * (c.end_n - c.start_n + 1)
        FROM active_commitments c
        WHERE c.payment = 'all_upfront' AND c.start_n BETWEEN {first_n} AND {last_n}
        UNION ALL
        SELECT d.commitment_no, 'Usage', 'Usage-Based', 'Unused', d.n, d.n + 1, d.day_amount - d.used
        FROM commitment_days d WHERE d.n BETWEEN {first_n} AND {last_n} AND d.day_amount > d.used;

        INSERT INTO single_lines BY NAME
        SELECT DATE '{month}' AS month, m.category AS ChargeCategory, m.frequency AS ChargeFrequency,
               if(m.status IS NULL, 'Bought: ', 'Unused: ') || c.name AS ChargeDescription,
               (first_day() + m.from_n)::TIMESTAMP AS ChargePeriodStart, (first_day() + m.to_n)::TIMESTAMP AS ChargePeriodEnd,
               c.category AS CommitmentDiscountCategory, c.arn AS CommitmentDiscountId, c.name AS CommitmentDiscountName,
               quantity AS CommitmentDiscountQuantity, m.status AS CommitmentDiscountStatus,
               c.type AS CommitmentDiscountType, c.unit AS CommitmentDiscountUnit,
               m.money AS ListCost, m.money AS ContractedCost, if(m.status IS NULL, m.money, 0) AS BilledCost,
               if(m.status IS NULL, 0, m.money) AS EffectiveCost, EffectiveCost AS PricingCurrencyEffectiveCost,
               quantity AS PricingQuantity, c.unit AS PricingUnit, c.price AS ListUnitPrice,
               c.price AS ContractedUnitPrice, c.price AS PricingCurrencyListUnitPrice,
               c.price AS PricingCurrencyContractedUnitPrice, if(m.status IS NULL, 'Standard', 'Committed') AS PricingCategory,
               c.sku_id AS SkuId, c.sku_id || '-' || c.commitment_no AS SkuPriceId, 'Commitment' AS SkuMeter,
               c.details AS SkuPriceDetails, c.region AS RegionId, c.region_name AS RegionName, c.arn AS ResourceId,
               c.name AS ResourceName, c.type AS ResourceType, c.service_category AS ServiceCategory,
               c.service_name AS ServiceName, c.service_subcategory AS ServiceSubcategory,
               a.account_number AS SubAccountId, a.account_name AS SubAccountName, 'Linked account' AS SubAccountType,
               'AWS' AS PublisherName
        FROM (SELECT m.*, (m.money / c.price)::DECIMAL(18, 6)::DECIMAL(38, 12) AS quantity
              FROM commitment_money m JOIN commitment_cells c USING (commitment_no)) m
        JOIN commitment_cells c USING (commitment_no), (SELECT * FROM accounts WHERE account_no = {PAYER}) a
        """
    )


# Who sells it | name | category | subcategory | description | USD a month | one account in so many
_SOFTWARE = """
Example Monitoring Inc.|Example Monitoring Pro|Management and Governance|Observability|Monitoring, monthly licence|1450|6
Example Data Works|Example Query Accelerator|Databases|Other (Databases)|Query accelerator, monthly licence|990|11
"""


def add_occasional(connection: duckdb.DuckDBPyConnection, month: date, first_n: int, last_n: int) -> None:
    """Add software of the marketplace (on the 3rd), promotional credits (on the 10th) and corrections.

    A correction gives back a tenth of the traffic of some gateways on three days; it is on the next month's invoice.
    """
    software = ", ".join(
        "(" + ", ".join("'" + cell.replace("'", "''") + "'" for cell in line.split("|")) + ")"
        for line in _SOFTWARE.strip().splitlines()
    )
    third, tenth = month.replace(day=3), month.replace(day=10)
    account = "a.account_number AS SubAccountId, a.account_name AS SubAccountName, 'Linked account' AS SubAccountType"
    connection.execute(
        f"""
        INSERT INTO single_lines BY NAME
        SELECT DATE '{month}' AS month, 'Purchase' AS ChargeCategory, 'Recurring' AS ChargeFrequency,
               s.description AS ChargeDescription, TIMESTAMP '{third}' AS ChargePeriodStart,
               TIMESTAMP '{third}' + INTERVAL 1 DAY AS ChargePeriodEnd, s.price::DECIMAL(38, 12) AS BilledCost,
               BilledCost AS ListCost, BilledCost AS ContractedCost, BilledCost AS EffectiveCost,
               BilledCost AS PricingCurrencyEffectiveCost, BilledCost AS ListUnitPrice, BilledCost AS ContractedUnitPrice,
               BilledCost AS PricingCurrencyListUnitPrice, BilledCost AS PricingCurrencyContractedUnitPrice,
               1 AS PricingQuantity, 'Months' AS PricingUnit, 'Standard' AS PricingCategory,
               'Marketplace-' || replace(s.name, ' ', '') AS SkuId, SkuId || '-month' AS SkuPriceId,
               'Licence' AS SkuMeter, s.category AS ServiceCategory, s.name AS ServiceName,
               s.subcategory AS ServiceSubcategory, s.seller AS PublisherName, {account}
        FROM accounts a, (VALUES {software}) s(seller, name, category, subcategory, description, price, every)
        WHERE a.account_no % s.every::INT = 0 AND a.opened_on <= DATE '{third}'
          AND DATE '{third}' BETWEEN first_day() AND last_day();

        INSERT INTO single_lines BY NAME
        SELECT DATE '{month}' AS month, 'Credit' AS ChargeCategory, 'One-Time' AS ChargeFrequency,
               'Promotional credit' AS ChargeDescription, TIMESTAMP '{tenth}' AS ChargePeriodStart,
               TIMESTAMP '{tenth}' + INTERVAL 1 DAY AS ChargePeriodEnd,
               -round(200 * a.size * (0.5 + chance('credit/' || a.account_no || '{month}')), 2)::DECIMAL(38, 12)
                   AS BilledCost, BilledCost AS EffectiveCost, BilledCost AS PricingCurrencyEffectiveCost, 0 AS ListCost,
               0 AS ContractedCost, v.service_category AS ServiceCategory, v.service_name AS ServiceName,
               v.service_subcategory AS ServiceSubcategory, 'AWS' AS PublisherName, {account}
        FROM accounts a JOIN services v ON v.service_code = 'AmazonEC2'
        WHERE a.account_env = 'prod' AND a.account_no % 5 = 1 AND a.opened_on <= DATE '{tenth}'
          AND DATE '{tenth}' BETWEEN first_day() AND last_day();

        -- Kept for the invoice of the month after.
        INSERT INTO single_lines BY NAME
        SELECT (DATE '{month}' + INTERVAL 1 MONTH)::DATE AS month, 'Usage' AS ChargeCategory,
               'Correction' AS ChargeClass, 'Usage-Based' AS ChargeFrequency,
               'Correction: ' || c.ChargeDescription AS ChargeDescription,
               (first_day() + l.n)::TIMESTAMP AS ChargePeriodStart, (first_day() + l.n + 1)::TIMESTAMP AS ChargePeriodEnd,
               -round(l.list_cost / 10, 2)::DECIMAL(38, 12) AS ListCost,
               -round(l.contracted_cost / 10, 2)::DECIMAL(38, 12) AS ContractedCost, ContractedCost AS BilledCost,
               ContractedCost AS EffectiveCost, ContractedCost AS PricingCurrencyEffectiveCost,
               'Standard' AS PricingCategory, c.SkuId, c.SkuId || '-standard' AS SkuPriceId, c.SkuMeter, c.RegionId,
               c.RegionName, c.ServiceCategory, c.ServiceName, c.ServiceSubcategory, 'AWS' AS PublisherName,
               c.SubAccountId, c.SubAccountName, 'Linked account' AS SubAccountType, c.x_Operation, c.x_UsageType
        FROM month_lines l JOIN streams s USING (stream_no) JOIN stream_cells c USING (stream_no)
        WHERE s.sku = 'AmazonVPC/NatGateway-Bytes' AND l.n BETWEEN {first_n} AND {last_n}
          AND (first_day() + l.n)::DATE BETWEEN DATE '{month}' + 11 AND DATE '{month}' + 13
          AND month(DATE '{month}') % 3 = 0 AND chance('corrected/' || s.resource_key || '{month}') < 0.1;
        """
    )


def add_closing(connection: duckdb.DuckDBPyConnection, month: date, last_of_month: date) -> None:
    """Add the support fee and the tax of a closed month, both on its last day.

    Support costs 10 % of the first 10,000 USD billed, 7 % up to 80,000, 5 % up to 250,000 and 3 % above, and 100 USD at
    least. Tax is a share of what some services billed, rounded to the cent.
    """
    taxed = ", ".join(f"'{name}'" for name in _TAXED)
    shared = f"""DATE '{month}' AS month, TIMESTAMP '{last_of_month}' AS ChargePeriodStart,
        TIMESTAMP '{last_of_month}' + INTERVAL 1 DAY AS ChargePeriodEnd, a.account_number AS SubAccountId,
        a.account_name AS SubAccountName, 'Linked account' AS SubAccountType, 'AWS' AS PublisherName"""
    connection.execute(
        f"""
        INSERT INTO single_lines BY NAME
        SELECT {shared}, 'Purchase' AS ChargeCategory, 'Recurring' AS ChargeFrequency,
               'Support plan, monthly fee' AS ChargeDescription, fee AS BilledCost, fee AS ListCost, fee AS ContractedCost,
               fee AS EffectiveCost, fee AS PricingCurrencyEffectiveCost, fee AS ListUnitPrice, fee AS ContractedUnitPrice,
               fee AS PricingCurrencyListUnitPrice, fee AS PricingCurrencyContractedUnitPrice, 1 AS PricingQuantity,
               'Months' AS PricingUnit, 'Standard' AS PricingCategory, 'AWSSupportBusiness-Monthly' AS SkuId,
               'AWSSupportBusiness-' || strftime(DATE '{month}', '%Y-%m') AS SkuPriceId, 'Plan' AS SkuMeter,
               'AWS Support (Business)' AS ServiceName, 'Management and Governance' AS ServiceCategory,
               'Support' AS ServiceSubcategory, 'SupportFee' AS x_UsageType
        FROM (SELECT round(greatest(100, 0.10 * least(used, 10000) + 0.07 * greatest(0, least(used, 80000) - 10000)
                     + 0.05 * greatest(0, least(used, 250000) - 80000) + 0.03 * greatest(0, used - 250000)), 2)
                     ::DECIMAL(38, 12) AS fee
              FROM (SELECT sum(billed_cost)::DECIMAL(18, 6) AS used FROM month_lines)),
             (SELECT * FROM accounts WHERE account_no = {PAYER}) a;

        INSERT INTO single_lines BY NAME
        SELECT {shared}, 'Tax' AS ChargeCategory, 'One-Time' AS ChargeFrequency,
               'Sales tax 8 % on ' || t.ServiceName AS ChargeDescription, t.ServiceName, t.ServiceCategory,
               t.ServiceSubcategory, round(t.listed * {TAX_SHARE}, 2)::DECIMAL(38, 12) AS ListCost,
               round(t.contracted * {TAX_SHARE}, 2)::DECIMAL(38, 12) AS ContractedCost,
               round(t.billed * {TAX_SHARE}, 2)::DECIMAL(38, 12) AS BilledCost, BilledCost AS EffectiveCost,
               BilledCost AS PricingCurrencyEffectiveCost
        FROM (SELECT account_number, ServiceName, ServiceCategory, ServiceSubcategory, sum(listed) AS listed,
                     sum(contracted) AS contracted, sum(billed) AS billed
              FROM (SELECT c.SubAccountId AS account_number, c.ServiceName, c.ServiceCategory, c.ServiceSubcategory,
                           l.list_cost AS listed, l.contracted_cost AS contracted, l.billed_cost AS billed
                    FROM month_lines l JOIN stream_cells c USING (stream_no)
                    UNION ALL
                    SELECT SubAccountId, ServiceName, ServiceCategory, ServiceSubcategory, ListCost, ContractedCost,
                           BilledCost
                    FROM single_lines WHERE month = DATE '{month}' AND ChargeCategory = 'Purchase')
              WHERE ServiceName IN ({taxed}) GROUP BY ALL) t JOIN accounts a USING (account_number)
        WHERE t.billed > 0
        """
    )
