"""Log groups that keep everything."""

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
)  # fmt: skip
