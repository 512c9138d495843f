"""Commitments bought for twice the need, and some that end while they are looked at."""

from __future__ import annotations

import duckdb

from workbench.simulate.prices import sku_of

__all__ = ["pick_commitments"]

_TIMES = 1.9  # units of a reservation that is too large, against all the machines it could ever cover
_UNDERUSED_ONE_IN = 6
_FIRST_END, _BETWEEN_ENDS = 45, 90  # a check looks 60 days ahead and 30 back: one end is in sight at any time
_ENDING_ONE_IN, _MOST_ENDING = 3, 12


def pick_commitments(connection: duckdb.DuckDBPyConnection) -> None:
    """Change some reservations in ``commitments`` and list them in ``picks``.

    Both kinds are ranked by a number drawn from the seed and the id and change for good, whatever the last day.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ranked_commitments AS
        SELECT id, row_number() OVER (ORDER BY chance('commitment' || id), id) - 1 AS place, count(*) OVER () AS n
        FROM commitments WHERE commitment_type = 'reserved_instance';

        CREATE OR REPLACE TEMP TABLE too_many_units AS
        SELECT t.id, t.rate, ceil({_TIMES} * greatest(t.units, (
                   SELECT count(*) FROM (
                       SELECT 'AmazonEC2/BoxUsage:' || instance_type AS sku, region FROM staged_instances
                       WHERE lifecycle = 'on_demand' AND deleted_on IS NULL
                       UNION ALL SELECT {sku_of["rds_instances"]}, region FROM staged_rds_instances) m
                   WHERE m.sku = t.sku AND m.region = t.region)))::BIGINT AS units
        FROM commitment_terms t JOIN ranked_commitments r USING (id) WHERE r.place <= r.n // {_UNDERUSED_ONE_IN};
        UPDATE commitments AS c SET hourly_commitment_amount = u.units * u.rate,
            provider_attributes = json_merge_patch(c.provider_attributes, concat('{{"units":', u.units, '}}'))
        FROM too_many_units u WHERE u.id = c.id;
        INSERT INTO picks
        SELECT 'commitment_underused', 'commitments', id, 'positive', 'Bought for much more than runs',
               'commitments/underused', [], '' FROM ranked_commitments
        WHERE place <= n // {_UNDERUSED_ONE_IN} ORDER BY id;

        CREATE OR REPLACE TEMP TABLE ending_commitments AS
        SELECT id, first_day()
                   + ({_FIRST_END} + {_BETWEEN_ENDS} * (row_number() OVER (ORDER BY place) - 1))::INTEGER AS ends
        FROM ranked_commitments WHERE place > n // {_UNDERUSED_ONE_IN}
        QUALIFY row_number() OVER (ORDER BY place) <= least({_MOST_ENDING}, greatest(2, n // {_ENDING_ONE_IN}));
        UPDATE commitments AS c SET term_months = 12, end_date = e.ends,
            start_date = (e.ends + INTERVAL 1 DAY - INTERVAL 12 MONTH)::DATE
        FROM ending_commitments e WHERE e.id = c.id;
        INSERT INTO picks
        SELECT 'commitment_expiring', 'commitments', id,
               if(ends BETWEEN last_day() - 30 AND last_day() + 60, 'positive', 'near_miss'),
               if(ends < last_day() - 30, 'Ended more than a month ago', 'Ends on ' || ends), 'commitments/ending',
               [], ''
        FROM ending_commitments ORDER BY id
        """
    )
