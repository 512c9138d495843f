"""Access keys, tags, frozen accounts."""

from __future__ import annotations

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES"]

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
