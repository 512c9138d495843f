"""Is a bill about to be counted twice? Compares the lines just inserted with those of other datasets.

Two files of different paths can be parts of one month, or the same month exported twice. Parts share no lines; a
second export shares most. Lines are compared only inside the provider, billing account and billing month of the new
file, by the provider's line id and charge period where there is one, else by everything that names the line but its
amounts: a restated line has other amounts and is still the same line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from workbench.schema import CHARGES, Kind

__all__ = ["MOST_SHARED", "Overlap", "find_overlap"]

MOST_SHARED = 0.2
"""Share of the smaller side's lines that may be there already. Parts of one bill share close to none (only lines that
are alike in every name, such as several fees of a day); a second export of the month shares nearly all."""

_NAMES = tuple(
    column.name
    for column in CHARGES.columns
    if column.kind in (Kind.TEXT, Kind.TIMESTAMP, Kind.JSON) and column.name not in ("x_attributes", "invoice_id")
)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another loaded source shares ``lines`` of the new one's lines."""

    source_id: int
    lines: int
    share: float


def find_overlap(
    connection: duckdb.DuckDBPyConnection, new: Sequence[int], others: Sequence[int]
) -> tuple[Overlap, ...]:
    """Sources among ``others`` that share more than ``MOST_SHARED`` with the sources ``new``, most lines first.

    Both are source ids with their rows in ``charges``. The share is of the smaller of both sides within the same
    provider, billing account and billing month.
    """
    if not new or not others:
        return ()
    identity = (
        "CASE WHEN x_line_item_id IS NOT NULL THEN hash(x_line_item_id, charge_period_start, charge_period_end)"
        f" ELSE hash({', '.join(_NAMES)}) END"
    )
    rows = connection.execute(
        f"""
        WITH scope AS (
            SELECT DISTINCT provider_name, billing_account_id, billing_period_start
            FROM charges WHERE x_source_id IN (SELECT unnest($new))
        ),
        earlier AS (
            SELECT x_source_id, {identity} AS identity FROM charges
            SEMI JOIN scope ON charges.provider_name IS NOT DISTINCT FROM scope.provider_name
                AND charges.billing_account_id IS NOT DISTINCT FROM scope.billing_account_id
                AND charges.billing_period_start = scope.billing_period_start
            WHERE x_source_id IN (SELECT unnest($others))
        ),
        fresh AS (
            SELECT {identity} AS identity, count(*) AS lines FROM charges
            WHERE x_source_id IN (SELECT unnest($new)) AND (SELECT count(*) FROM earlier) > 0
            GROUP BY identity
        )
        SELECT x_source_id, count(*) FILTER (fresh.identity IS NOT NULL) AS shared, count(*),
            (SELECT sum(lines) FROM fresh)
        FROM earlier LEFT JOIN fresh USING (identity)
        GROUP BY x_source_id ORDER BY shared DESC, x_source_id
        """,
        {"new": list(new), "others": list(others)},
    ).fetchall()
    overlaps = [Overlap(source, shared, shared / min(there, here)) for source, shared, there, here in rows if shared]
    return tuple(overlap for overlap in overlaps if overlap.share > MOST_SHARED)
