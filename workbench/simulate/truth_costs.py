"""The answers that are amounts on the bill: what each anomaly cost, and which budgets are exceeded."""

from __future__ import annotations

import duckdb

__all__ = ["build_anomalies", "build_budgets"]


def build_anomalies(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``truth_anomalies`` from ``anomaly_plan`` and ``adjusted_uses`` (both made on the way to the bill).

    Grain: one anomaly; its days are those up to the last simulated one. ``list_cost`` and ``contracted_cost`` are what
    it added to the bill (USD; negative: what it took away), exact to the price list. ``first_day`` is the first day on
    which the bill differs. An anomaly whose resources used nothing on its days is not listed.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE truth_anomalies AS
        SELECT p.anomaly_id, p.kind, p.account_id, c.account_number, p.service_code, min(a.day) AS first_day,
               max(a.day) AS last_day, count(DISTINCT a.resource_id) AS resources,
               sum(cost_of(a.quantity, a.list_price) - cost_of(a.base_quantity, a.list_price)) AS list_cost,
               sum(cost_of(a.quantity, a.contracted_price) - cost_of(a.base_quantity, a.contracted_price))
                   AS contracted_cost,
               'USD' AS currency, p.why
        FROM anomaly_plan p JOIN cloud_accounts c ON c.id = p.account_id
        JOIN anomaly_uses u USING (anomaly_id)
        JOIN adjusted_uses a ON a.resource_id = u.resource_id AND a.sku = u.sku
                            AND a.day BETWEEN p.first_day AND p.last_day
        WHERE a.quantity <> a.base_quantity
        GROUP BY ALL ORDER BY first_day, p.anomaly_id
        """
    )


_TIGHT, _WIDE = 1.02, 1.45  # budget against the mean of the months before
_TIGHT_SHARE = 0.3


def build_budgets(connection: duckdb.DuckDBPyConnection, costs: str) -> None:
    """Create ``truth_budgets``: account x month with a budget, the cost, and whether it is exceeded.

    A budget is the mean of the two months before, and somewhat more; three accounts in ten have a tight one.

    Args:
        connection: holds the accounts.
        costs: SELECT of ``account_number``, ``month`` (first day) and ``cost`` (USD, effective) of the whole bill.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE truth_budgets AS
        WITH months AS (
            SELECT account_number, month, cost, month + INTERVAL 1 MONTH > as_of() AS open,
                   avg(cost) OVER before AS earlier, count(*) OVER before AS months_before,
                   min(month) OVER () AS first_month
            FROM ({costs})
            WINDOW before AS (PARTITION BY account_number ORDER BY month ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING))
        SELECT account_number, month::DATE AS month, ceil(earlier
                   * if(chance('budget/' || account_number) < {_TIGHT_SHARE}, {_TIGHT}, {_WIDE}) / 10) * 10 AS amount,
               cost, 'USD' AS currency, open, cost > amount AS breached
        FROM months WHERE months_before = 2 AND month > first_month + INTERVAL 2 MONTH ORDER BY month, account_number
        """
    )
