"""Commitments at work: which part of each line a reservation or a savings plan covers, day by day.

Every day of an active commitment is worth 24 times its hourly amount: what covered lines cost effectively plus the
unused rest is exactly that. Reservations come first, each for its own type and region; savings plans cover what is left
of machines on demand, one plan after the other. Lines are covered in the order of their stream.
"""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.commitments import SAVINGS_PLAN_SHARE

__all__ = ["create_coverage", "fill_utilization", "month_lines"]


def create_coverage(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``active_commitments``: the commitments as they are in the inventory, numbered, with days counted from 0.

    Also ``commitment_days``, empty: commitment x day with what it was worth, what it covered and what that would have
    cost on demand.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE active_commitments AS
        SELECT row_number() OVER (ORDER BY t.kind, t.id)::INTEGER AS commitment_no, t.*,
               c.hourly_commitment_amount AS hourly, (c.hourly_commitment_amount * 24)::DECIMAL(38, 12) AS day_amount,
               round(c.hourly_commitment_amount / t.rate)::INTEGER AS hours_an_hour,
               (c.start_date - first_day())::INTEGER AS start_n, (c.end_date - first_day())::INTEGER AS end_n,
               c.start_date, c.end_date
        FROM commitments c JOIN commitment_terms t USING (id);
        UPDATE active_commitments SET name = hours_an_hour || ' x ' || size || ' in ' || region
        WHERE kind = 'reserved_instance';
        UPDATE commitments AS c SET provider_attributes = json_merge_patch(c.provider_attributes,
            json_object('units', a.hours_an_hour, 'name', a.name))
        FROM active_commitments a WHERE a.id = c.id AND a.kind = 'reserved_instance';
        CREATE OR REPLACE TEMP TABLE commitment_days (
            commitment_no INTEGER, n INTEGER, day_amount DECIMAL(38, 12), used DECIMAL(38, 12),
            on_demand DECIMAL(38, 12))
        """
    )


def month_lines(connection: duckdb.DuckDBPyConnection, first_n: int, last_n: int) -> None:
    """Create ``month_lines`` from ``month_usage`` and add to ``commitment_days``.

    A line: ``n``, ``stream_no``, ``part`` (0: not covered, else the number of the commitment), ``quantity`` and the
    four costs; ``committed`` is the quantity of the commitment it used: hours of a reservation, USD of a plan.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE reserved_lines AS
        SELECT u.n, u.stream_no, c.commitment_no, c.rate, least(u.quantity, greatest(0, c.hours_an_hour * 24
                   - (sum(u.quantity) OVER (PARTITION BY c.commitment_no, u.n ORDER BY u.stream_no) - u.quantity)))
                   ::DECIMAL(18, 6) AS covered
        FROM month_usage u JOIN streams s USING (stream_no)
        JOIN active_commitments c ON c.kind = 'reserved_instance' AND c.sku = s.sku AND c.region = s.region
          AND u.n BETWEEN c.start_n AND c.end_n;
        DELETE FROM reserved_lines WHERE covered = 0;

        CREATE OR REPLACE TEMP TABLE plan_slices AS
        SELECT n::INTEGER AS n, commitment_no,
               (sum(day_amount) OVER (PARTITION BY n ORDER BY commitment_no) - day_amount)::DECIMAL(38, 12) AS low,
               (sum(day_amount) OVER (PARTITION BY n ORDER BY commitment_no))::DECIMAL(38, 12) AS high
        FROM active_commitments, range({first_n}, {last_n + 1}) d(n)
        WHERE kind = 'savings_plan' AND n BETWEEN start_n AND end_n;
        CREATE OR REPLACE TEMP TABLE planned_lines AS
        WITH open_lines AS (
            SELECT u.n, u.stream_no, (u.quantity - coalesce(r.covered, 0))::DECIMAL(18, 6) AS quantity,
                   (s.list_price * {SAVINGS_PLAN_SHARE})::DECIMAL(18, 10) AS rate
            FROM month_usage u JOIN streams s USING (stream_no) LEFT JOIN reserved_lines r USING (n, stream_no)
            WHERE s.sku LIKE 'AmazonEC2/BoxUsage:%' AND u.quantity > coalesce(r.covered, 0)),
        needs AS (
            SELECT *, cost_of(quantity, rate) AS need,
                   (sum(cost_of(quantity, rate)) OVER (PARTITION BY n ORDER BY stream_no))::DECIMAL(38, 12) AS upto
            FROM open_lines),
        pieces AS (
            SELECT e.*, p.commitment_no, greatest(upto - need, low) - (upto - need) AS begins,
                   least(upto, high) - (upto - need) AS ends
            FROM needs e JOIN plan_slices p USING (n) WHERE upto > low AND upto - need < high)
        SELECT n, stream_no, commitment_no, (ends - begins)::DECIMAL(38, 12) AS money,
               (if(ends >= need, quantity, floor(ends / rate * 1000000) / 1000000)::DECIMAL(18, 6)
                - (floor(begins / rate * 1000000) / 1000000)::DECIMAL(18, 6))::DECIMAL(18, 6) AS covered
        FROM pieces;
        DELETE FROM planned_lines WHERE covered <= 0;

        CREATE OR REPLACE TEMP TABLE month_lines AS
        WITH parts AS (
            SELECT n, stream_no, commitment_no AS part, covered AS quantity, covered::DECIMAL(38, 12) AS committed,
                   cost_of(covered, rate) AS effective_cost FROM reserved_lines
            UNION ALL
            SELECT n, stream_no, commitment_no, covered, money, money FROM planned_lines
            UNION ALL
            SELECT u.n, u.stream_no, 0, (u.quantity - coalesce(r.covered, 0) - coalesce(p.covered, 0))::DECIMAL(18, 6),
                   NULL, NULL
            FROM month_usage u LEFT JOIN reserved_lines r USING (n, stream_no)
            LEFT JOIN (SELECT n, stream_no, sum(covered)::DECIMAL(18, 6) AS covered FROM planned_lines GROUP BY ALL) p
              USING (n, stream_no))
        SELECT p.n, p.stream_no, p.part, p.quantity, p.committed,
               cost_of(p.quantity, s.list_price) AS list_cost,
               cost_of(p.quantity, s.contracted_price) AS contracted_cost,
               if(p.part > 0, 0, cost_of(p.quantity, s.contracted_price)) AS billed_cost,
               coalesce(p.effective_cost, cost_of(p.quantity, s.contracted_price)) AS effective_cost
        FROM parts p JOIN streams s USING (stream_no) WHERE p.quantity > 0
        ORDER BY p.n, p.stream_no, p.part;

        INSERT INTO commitment_days
        SELECT c.commitment_no, d.n::INTEGER AS n, c.day_amount, coalesce(u.used, 0), coalesce(u.on_demand, 0)
        FROM active_commitments c JOIN range({first_n}, {last_n + 1}) d(n) ON d.n BETWEEN c.start_n AND c.end_n
        LEFT JOIN (SELECT part AS commitment_no, n, sum(effective_cost) AS used, sum(contracted_cost) AS on_demand
                   FROM month_lines WHERE part > 0 GROUP BY ALL) u USING (commitment_no, n)
        ORDER BY n, commitment_no
        """
    )


def fill_utilization(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``commitment_utilization_daily`` from ``commitment_days``, for all days of every commitment."""
    connection.execute(
        """
        INSERT INTO commitment_utilization_daily BY NAME
        SELECT uid('commitment-day/' || c.id || d.n) AS id, c.id AS commitment_id, first_day() + d.n AS date,
               (d.used / 24)::DECIMAL(38, 12) AS actual_hourly_usage_equivalent,
               round((d.used / d.day_amount * 100)::DOUBLE, 6) AS utilization_percent,
               (d.on_demand - d.used)::DECIMAL(38, 12) AS estimated_savings_vs_ondemand, 'AWS' AS provider
        FROM commitment_days d JOIN active_commitments c USING (commitment_no) ORDER BY date, c.id
        """
    )
