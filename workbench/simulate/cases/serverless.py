"""Functions: warm capacity nobody uses, more memory than the work needs, the longest timeout there is."""

from __future__ import annotations

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES"]

CASES: tuple[Case, ...] = (
    Case(
        "lambda_provisioned_concurrency", "lambda_functions",
        (
            Pick("positive", "40 environments warm, fewer than two busy on average",
                 sets={"provisioned_concurrency": "40", "avg_duration_ms_7d": "200"},
                 profile={"requests": "500000"}, share=0.02, least=4),
            Pick("near_miss", "Ten environments warm, six busy on average",
                 sets={"provisioned_concurrency": "10", "avg_duration_ms_7d": "400"},
                 profile={"requests": "1296000"}),
            Pick("positive", "Warm environments and no call at all",
                 sets={"provisioned_concurrency": "5"}, profile={"requests": "0"}, also=("lambda_unused",), least=2),
        ),
    ),
    Case(
        "lambda_memory", "lambda_functions",
        (
            Pick("positive", "2 GB of memory for runs of a tenth of the timeout",
                 sets={"memory_mb": "2048", "timeout_seconds": "30", "avg_duration_ms_7d": "2600"},
                 share=0.03, least=4),
            Pick("near_miss", "1 GB of memory, runs of a third of the timeout",
                 sets={"memory_mb": "1024", "timeout_seconds": "30", "avg_duration_ms_7d": "9900"}),
            Pick("near_miss", "Just below 1 GB of memory",
                 sets={"memory_mb": "960", "timeout_seconds": "30", "avg_duration_ms_7d": "2600"}),
            Pick("unknown", "The duration is not known",
                 sets={"memory_mb": "2048", "timeout_seconds": "30", "avg_duration_ms_7d": "NULL"}, least=2),
        ),
    ),
    Case(
        "lambda_timeout_setting", "lambda_functions",
        (
            Pick("positive", "A timeout of 900 seconds", sets={"timeout_seconds": "900", "memory_mb": "512"},
                 share=0.03, least=4),
            Pick("near_miss", "A timeout of 600 seconds", sets={"timeout_seconds": "600", "memory_mb": "512"}),
        ),
    ),
    Case(
        "lambda_unused", "lambda_functions",
        (
            Pick("positive", "No call in two weeks", profile={"requests": "0"}, share=0.03, least=4),
            Pick("near_miss", "A call every other day", profile={"requests": "0.6"}),
            Pick("unknown", "Calls are not known", profile={"requests": "NULL"}, least=2),
        ),
    ),
)  # fmt: skip
