"""Log groups that keep everything or take in too much."""

from __future__ import annotations

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES"]

CASES: tuple[Case, ...] = (
    Case(
        "log_no_retention", "log_groups",
        (
            Pick("positive", "Logs are kept for ever", sets={"retention_days": "NULL"}, share=0.1, least=5),
            Pick("near_miss", "Logs are kept for ten years", sets={"retention_days": "3653"}),
            Pick("excluded", "optimization_policy is ignore",
                 sets={"retention_days": "NULL", "optimization_policy": "'ignore'"}, least=2),
        ),
    ),
    Case(
        "log_verbose_nonprod", "log_groups",
        (
            Pick("positive", "Debug logging left on outside production",
                 levels={"gb": "between_(0.6, 3, 'debug' || id)", "growth": "0"}, share=0.03),
            Pick("near_miss", "Eight gigabytes a month", levels={"gb": "0.27", "growth": "0"}),
        ),
        eligible="r.env IN ('dev', 'staging', 'preview')",
        levels="log_levels",
    ),
)  # fmt: skip
