"""Access keys, tags, frozen accounts."""

from __future__ import annotations

import duckdb

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES", "freeze_accounts"]

CASES: tuple[Case, ...] = (
    Case(
        "api_key_unused", "api_clients",
        (
            Pick("positive", "Last used 100 to 400 days ago",
                 sets={"last_used_at": "as_of() - to_days(between_(100, 400, 'key' || id)::INT)"}, share=0.08, least=4),
            Pick("near_miss", "Last used 88 days ago", sets={"last_used_at": "as_of() - INTERVAL 88 DAY"}),
            Pick("unknown", "Never used: there is no date to judge", sets={"last_used_at": "NULL"}),
        ),
    ),
)  # fmt: skip

_ACCOUNTS_FOR_A_FREEZE = 8


def freeze_accounts(connection: duckdb.DuckDBPyConnection) -> None:
    """Freeze one account for the next weeks, and let the freeze of another have ended.

    Nothing in a frozen account may be reported, so an estate of fewer than eight accounts has none.
    """
    connection.execute(
        """
        UPDATE cloud_accounts AS a
        SET freeze_optimizations_until = as_of() + CASE place WHEN 1 THEN INTERVAL 21 DAY ELSE INTERVAL (-9) DAY END
        FROM (SELECT id, row_number() OVER (ORDER BY chance('freeze' || id), id) AS place, count(*) OVER () AS n
              FROM cloud_accounts) f
        WHERE f.id = a.id AND place <= 2 AND n >= ?
        """,
        [_ACCOUNTS_FOR_A_FREEZE],
    )
