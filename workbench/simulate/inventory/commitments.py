"""Reservations and savings plans, sized to what the healthy company runs all the time.

All are bought by the paying account for 36 months and begin around the first day, so that none ends while it is looked
at. ``commitments`` holds the committed amounts; work table ``commitment_terms`` what they cover and at which rate.
"""

from __future__ import annotations

import duckdb

from workbench.schema.model import literal
from workbench.settings import PROJECT_ROOT
from workbench.simulate.inventory.company import PAYER

__all__ = ["SAVINGS_PLAN_SHARE", "create_commitments"]

SAVINGS_PLAN_SHARE = "0.70"
"""Rate of the savings plans as a share of the list price (requirement: 20 to 40 % discount)."""

_DATABASE_SHARE = "0.62"
_RATES = literal(str(PROJECT_ROOT / "data" / "reference" / "aws_reserved_rates.parquet"))
_PLANS = 2


def create_commitments(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``commitments`` and create ``commitment_terms``; needs ``unit_prices`` and the staged resources.

    ``commitment_terms``: ``id``, ``kind`` (reserved_instance or savings_plan), the ``sku`` and ``region`` it is for,
    ``rate`` (USD a unit-hour), ``payment`` and the ``arn`` and ``name`` that the bill shows. The units of a reservation
    are its hourly amount divided by the rate.
    """
    connection.execute(
        f"""
        CREATE TEMP TABLE payer AS SELECT account_id, account_number FROM accounts WHERE account_no = {PAYER};
        CREATE TEMP TABLE steady_use AS
        SELECT 'AmazonEC2/BoxUsage:' || instance_type AS sku, region, instance_type AS size, count(*) AS n
        FROM staged_instances
        WHERE env = 'prod' AND deleted_on IS NULL AND created_on <= first_day() AND lifecycle = 'on_demand'
          AND autoscaling_group_id IS NULL AND NOT has_gpu
        GROUP BY ALL
        UNION ALL
        SELECT 'AmazonRDS/' || if(contains(provider_attributes, 'true'), 'Multi-AZUsage:', 'InstanceUsage:')
               || instance_class || '/' || engine, region, instance_class, count(*)
        FROM staged_rds_instances WHERE env = 'prod' AND created_on <= first_day() GROUP BY ALL;

        CREATE TEMP TABLE commitment_terms AS
        WITH ranked AS (
            SELECT u.*, p.list_price, split_part(sku, '/', 1) AS service,
                   row_number() OVER (PARTITION BY split_part(sku, '/', 1) ORDER BY n * list_price DESC, sku, region)
                       AS place
            FROM steady_use u JOIN unit_prices p USING (sku, region)),
        reserved AS (
            SELECT r.*, greatest(1, n * 2 // 5) AS units,
                   if(service = 'AmazonEC2', (SELECT any_value(c.rate_usd_hour) FROM read_parquet({_RATES}) c
                        WHERE c.region = r.region AND c.instance_type = r.size AND c.term_months = 36
                          AND c.operating_system = 'linux' AND c.offering_class = 'standard')::DECIMAL(18, 10),
                      (list_price * {_DATABASE_SHARE})::DECIMAL(18, 10)) AS rate
            FROM ranked r
            WHERE n >= 2 AND place <= 1 + (SELECT count(*) FROM accounts) // if(service = 'AmazonEC2', 4, 6))
        SELECT uid('commitment/' || sku || region) AS id, 'reserved_instance' AS kind, sku, region, size, units, rate,
               units * rate AS amount, if(service = 'AmazonRDS', 'all_upfront', 'no_upfront') AS payment,
               'arn:aws:' || if(service = 'AmazonRDS', 'rds', 'ec2') || ':' || region || ':' || a.account_number
                   || if(service = 'AmazonRDS', ':ri:', ':reserved-instances/') || digits('ri/' || sku || region, 16)
                       AS arn,
               units || ' x ' || size || ' in ' || region AS name
        FROM reserved, payer a WHERE rate IS NOT NULL
        UNION ALL
        SELECT uid('commitment/plan/' || i), 'savings_plan', NULL, NULL, NULL, NULL, 1,
               greatest(0.1, round(total * {SAVINGS_PLAN_SHARE} * [0.30, 0.20][i + 1], 2))::DECIMAL(18, 10),
                   'no_upfront',
               'arn:aws:savingsplans::' || a.account_number || ':savingsplan/' || digits('plan/' || i, 16),
               'Compute Savings Plan ' || (i + 1)
        FROM range({_PLANS}) t(i), payer a, (
            SELECT coalesce(sum(n * list_price), 0) - coalesce((SELECT sum(units * list_price) FROM reserved
                   WHERE service = 'AmazonEC2'), 0) AS total FROM ranked WHERE service = 'AmazonEC2');

        INSERT INTO commitments BY NAME
        SELECT t.id, a.account_id, t.kind AS commitment_type,
               if(kind = 'savings_plan', 'all compute of the organisation', size || ' in ' || t.region) AS scope,
               36 AS term_months, t.amount AS hourly_commitment_amount, start_date,
               (start_date + INTERVAL 36 MONTH - INTERVAL 1 DAY)::DATE AS end_date, 'AWS' AS provider,
               concat('{{"arn":"', arn, '","name":"', t.name, '","payment_option":"', payment, '"',
                      if(kind = 'savings_plan', '', concat(',"units":', units, ',"region":"', t.region, '","size":"',
                          size,
                         '"')), '}}') AS provider_attributes
        FROM (SELECT *, first_day() - 300 + floor(chance('start/' || id) * 330)::INT AS start_date
            FROM commitment_terms) t,
             payer a
        ORDER BY kind, t.id
        """
    )
