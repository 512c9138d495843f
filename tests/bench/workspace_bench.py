"""Speed of the workspace with many recommendations: ``python -m tests.bench.workspace_bench [ENGINE] [COUNT]``.

ENGINE is sqlite or postgres. Limits at 100,000 recommendations: a page of the queue in 500 ms, a search in 200 ms.
Prints a line a question with the median and the slowest of five.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from tests.support.postgres import fresh_database, postgres_server
from tests.support.scans import many_findings, scan
from workbench.settings import Settings
from workbench.workspace import (
    Choice,
    Decision,
    Intent,
    IntentKind,
    Order,
    RecommendationFilter,
    Step,
    Workspace,
)

CHECKS = tuple(f"check_{number}" for number in range(12))
QUEUE = RecommendationFilter(needs_decision=True)
SEARCHES = ("web-4242", "team-7 env=dev service 3", "instance")
FILTERS = {
    "tag, a third of all": RecommendationFilter(needs_decision=True, tag=("env", "dev")),
    "tag, a thirtieth of all": RecommendationFilter(needs_decision=True, tag=("team", "team-7")),
    "saving of at least 100": RecommendationFilter(needs_decision=True, saving_at_least=Decimal(100)),
    "saving of at least 996": RecommendationFilter(needs_decision=True, saving_at_least=Decimal(996)),
    "tag, saving and words": RecommendationFilter(
        needs_decision=True, tag=("env", "dev"), saving_at_least=Decimal(100), text="service 3"
    ),
    "one resource": RecommendationFilter(resource_id=f"arn:aws:ec2:eu-west-1:{7:012}:instance/i-{7:017x}"),
}


def measure(settings: Settings, count: int) -> None:
    """Record two scans, then ask."""
    workspace = Workspace(settings, user="bench")
    desk = workspace.recommendations
    for day in (0, 1):
        _once(
            f"scan {day + 1}", lambda day=day: workspace.record_scan(scan(day, checks_run=CHECKS), many_findings(count))
        )
    workspace.save_intent(Intent(IntentKind.TAG, "test", "test bench", date(2099, 1, 1), key="env"))
    _often("queue, first page", lambda: desk.list(QUEUE))
    _often("queue, page in the middle", lambda: desk.list(QUEUE, offset=count // 2))
    _often("queue by due day", lambda: desk.list(QUEUE, order=Order.DUE))
    for text in SEARCHES:
        _often(f"search {text!r}", lambda text=text: desk.list(RecommendationFilter(text=text, needs_decision=True)))
    for title, wanted in FILTERS.items():
        _often(title, lambda wanted=wanted: desk.list(wanted))
    ids = [row.id for row in desk.list(QUEUE, limit=5_000).rows]
    preview = _once("preview of 5,000 decisions", lambda: desk.preview(ids, Decision(Step.APPROVE)))
    choices = [Choice(row.id, row.version) for row in preview.possible]
    _once("5,000 decisions at once", lambda: desk.decide(choices, Decision(Step.APPROVE)))
    _once("check of everything", lambda: workspace.check())


def _once(what: str, ask: Callable):
    began = time.perf_counter()
    answer = ask()
    print(f"{what:34} {time.perf_counter() - began:8.2f} s")
    return answer


def _often(what: str, ask: Callable) -> None:
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        found = ask()
        seconds.append(time.perf_counter() - began)
    median, slowest = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"{what:34} {median:5.0f} ms, slowest {slowest:5.0f} ms, {found.total} found")


if __name__ == "__main__":
    engine = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory(prefix="wb-bench-") as home:
        if engine == "sqlite":
            measure(Settings(home=Path(home)), size)
        else:
            with postgres_server(Path(home) / "data") as server:
                measure(Settings(home=Path(home), workspace_url=SecretStr(fresh_database(server))), size)
