"""Which tag keys get a column in ``daily_costs``, and their value per distinct tag text.

A bill repeats few tag texts many times: 10 million lines carry some thousand. The texts are made distinct first and
only those are parsed, into the temporary table ``tag_values`` (tags → tag_1 ... tag_8), which the rollup joins.

Keys: those of the setting ``promoted_tags``, in its order and even when the bill has none of them; else the keys on
lines with most absolute effective cost, at most ``promoted_tag_limit``. A key chosen by cost must not blow up
the rollup: one with more than ``MAX_DISTINCT_VALUES`` values (a name or an id for each resource) is left out, and
when the chosen keys together have more than ``MAX_COMBINATIONS`` combinations of values, the one with most values gives
way to the next.

Values: the JSON value as text; ``true`` for a tag without a value (FOCUS); JSON null counts as absent. When an object
repeats a key, its first value counts, as it does for a key that is not promoted. A text that is not a JSON object
carries no tags and never fails a build.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from workbench.schema.tables import MAX_PROMOTED_TAGS

__all__ = ["MAX_COMBINATIONS", "MAX_DISTINCT_VALUES", "drop_tag_tables", "fill_promoted_tags"]

MAX_DISTINCT_VALUES = 1_000
MAX_COMBINATIONS = 10_000


def fill_promoted_tags(connection: duckdb.DuckDBPyConnection, wanted: Sequence[str], limit: int) -> tuple[str, ...]:
    """Fill ``promoted_tags`` and the temporary table ``tag_values``; returns the keys in position order.

    Args:
        connection: a snapshot under construction, charges loaded.
        wanted: the keys to promote; empty: choose by cost.
        limit: how many to choose by cost.
    """
    _parse_distinct_texts(connection)
    keys = tuple(dict.fromkeys(wanted))[:MAX_PROMOTED_TAGS] or _costliest(connection, min(limit, MAX_PROMOTED_TAGS))
    connection.execute("DELETE FROM promoted_tags")
    for position, key in enumerate(keys, start=1):
        connection.execute(
            "INSERT INTO promoted_tags SELECT $position, $key, coalesce(sum(cost), 0), count(DISTINCT value)"
            " FROM tag_pairs JOIN tag_texts USING (text_id) WHERE key = $key",
            {"position": position, "key": key},
        )
    _pivot(connection, keys)
    return keys


def drop_tag_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the temporary tables of :func:`fill_promoted_tags`."""
    for name in ("tag_values", "tag_pairs", "tag_texts"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _parse_distinct_texts(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE tag_texts AS
        SELECT row_number() OVER () AS text_id, tags, cost
        FROM (SELECT tags, sum(abs(effective_cost)) AS cost FROM charges WHERE tags IS NOT NULL GROUP BY tags)
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE tag_pairs AS
        SELECT text_id, entry.key AS key, arg_min_null(entry.value ->> '$', entry.id) AS value
        FROM tag_texts,
            json_each(CASE WHEN json_valid(tags) AND json_type(tags) = 'OBJECT' THEN tags END) AS entry
        GROUP BY ALL HAVING value IS NOT NULL
        """
    )


def _costliest(connection: duckdb.DuckDBPyConnection, limit: int) -> tuple[str, ...]:
    candidates = connection.sql(
        """
        SELECT key, count(DISTINCT value) AS distinct_values
        FROM tag_pairs JOIN tag_texts USING (text_id)
        GROUP BY key HAVING distinct_values <= $most ORDER BY sum(cost) DESC NULLS LAST, distinct_values, key LIMIT 50
        """,
        params={"most": MAX_DISTINCT_VALUES},
    ).fetchall()
    values = dict(candidates)
    chosen: list[str] = []
    for key in values:
        if len(chosen) == limit:
            break
        chosen.append(key)
        while _combinations(connection, chosen) > MAX_COMBINATIONS:
            chosen.reverse()  # among equals the costlier stays
            chosen.remove(max(chosen, key=values.__getitem__))
            chosen.reverse()
    return tuple(chosen)


def _combinations(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> int:
    columns = ", ".join(f"any_value(value) FILTER (key = $k{i})" for i in range(len(keys)))
    [(combinations,)] = connection.sql(
        f"SELECT count(DISTINCT pairs) FROM (SELECT row({columns}) AS pairs FROM tag_pairs GROUP BY text_id)",
        params={f"k{i}": key for i, key in enumerate(keys)},
    ).fetchall()
    return int(combinations)


def _pivot(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> None:
    columns = "".join(f", any_value(value) FILTER (key = $k{i}) AS tag_{i}" for i in range(1, len(keys) + 1))
    absent = "".join(f", CAST(NULL AS VARCHAR) AS tag_{i}" for i in range(len(keys) + 1, MAX_PROMOTED_TAGS + 1))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE tag_values AS
        SELECT tags, * EXCLUDE (tags, text_id) FROM (
            SELECT text_id{columns}{absent} FROM tag_pairs GROUP BY text_id
        ) JOIN tag_texts USING (text_id)
        """,
        {f"k{i}": key for i, key in enumerate(keys, start=1)} or None,
    )
