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

_SAMPLED_ABOVE = 200_000
_SAMPLE = 16
"""Of sources with more lines than ``_SAMPLED_ABOVE`` one line in ``_SAMPLE`` is compared first, the same ones on both
sides; all of them only when that share is above the limit."""

_SCOPE = "hash(provider_name, billing_account_id, billing_period_start)"
_NAMES = ", ".join(
    column.name
    for column in CHARGES.columns
    if column.kind in (Kind.TEXT, Kind.TIMESTAMP, Kind.JSON) and column.name not in ("x_attributes", "invoice_id")
)
_IDENTITY = (
    f"CASE WHEN x_line_item_id IS NOT NULL THEN hash({_SCOPE}, x_line_item_id, charge_period_start, charge_period_end)"
    f" ELSE hash({_NAMES}) END"
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
    provider, billing account and billing month. What names a line is hashed once a source and run, in temporary
    tables: a month in many files would otherwise be read again for each of them.
    """
    if not new or not others:
        return ()
    candidates = _same_scope(connection, new, others)
    if not candidates:
        return ()
    _remember(connection, "line_identities", f"{_SCOPE} AS scope, {_IDENTITY} AS identity", [*new, *candidates])
    overlaps = _shared(connection, new, candidates, sample=_SAMPLE)
    if overlaps and any(overlap.share > MOST_SHARED for overlap in overlaps):
        overlaps = _shared(connection, new, candidates, sample=1)
    return tuple(overlap for overlap in overlaps if overlap.share > MOST_SHARED)


def _remember(connection: duckdb.DuckDBPyConnection, table: str, columns: str, sources: Sequence[int]) -> None:
    """Fill the temporary ``table`` (x_source_id and ``columns`` of charges) for the sources it lacks."""
    connection.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {table} AS SELECT x_source_id, {columns} FROM charges WHERE FALSE"
    )
    known = {source for (source,) in connection.execute(f"SELECT DISTINCT x_source_id FROM {table}").fetchall()}
    missing = [source for source in sources if source not in known]
    if missing:
        distinct = "DISTINCT" if table == "source_scopes" else ""
        connection.execute(
            f"INSERT INTO {table} SELECT {distinct} x_source_id, {columns} FROM charges"
            " WHERE x_source_id IN (SELECT unnest($sources))",
            {"sources": missing},
        )


def _same_scope(connection: duckdb.DuckDBPyConnection, new: Sequence[int], others: Sequence[int]) -> list[int]:
    """Which of ``others`` have lines of a provider, billing account and billing month that ``new`` has."""
    _remember(connection, "source_scopes", f"{_SCOPE} AS scope", [*new, *others])
    found = connection.execute(
        "SELECT DISTINCT x_source_id FROM source_scopes WHERE x_source_id IN (SELECT unnest($others))"
        " AND scope IN (SELECT scope FROM source_scopes WHERE x_source_id IN (SELECT unnest($new)))",
        {"new": list(new), "others": list(others)},
    ).fetchall()
    return sorted(source for (source,) in found)


def _shared(
    connection: duckdb.DuckDBPyConnection, new: Sequence[int], others: Sequence[int], *, sample: int
) -> list[Overlap]:
    """Every other source that shares lines; with ``sample`` above 1 only large sides are thinned out."""
    # Numbers are written out: against a list in a parameter DuckDB joins ten million lines before it filters them.
    fresh, earlier = (f"x_source_id IN ({', '.join(map(str, sources))})" for sources in (new, others))
    [(most,)] = connection.execute(
        f"SELECT least(count(*) FILTER ({fresh}), count(*) FILTER ({earlier})) FROM line_identities"
    ).fetchall()
    sampled = f"identity % {sample} = 0" if most > _SAMPLED_ABOVE else "TRUE"
    rows = connection.execute(
        f"""
        WITH fresh AS (
            SELECT scope, identity, count(*) AS lines FROM line_identities WHERE {fresh} AND {sampled} GROUP BY ALL
        )
        SELECT x_source_id, count(*) FILTER (fresh.identity IS NOT NULL) AS shared, count(*),
            (SELECT sum(lines) FROM fresh)
        FROM line_identities LEFT JOIN fresh USING (identity)
        WHERE {earlier} AND {sampled} AND line_identities.scope IN (SELECT scope FROM fresh)
        GROUP BY x_source_id ORDER BY shared DESC, x_source_id
        """
    ).fetchall()
    return [Overlap(source, shared, shared / min(there, here)) for source, shared, there, here in rows if shared]
