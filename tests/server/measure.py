"""How long a person waits, measured on the real app: ``python -m tests.server.measure [HOME]``.

Prints the seconds from the server's first answer to the first content and to the finished Overview of a cold page in
Chromium, and the server time of changes to the view. ``HOME`` is a home folder with a snapshot; without one, the demo
bill is built in a temporary folder.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.support.server import AppServer, running_app

CHANGES = (
    {"range": ["30d"]},
    {"range": ["90d"]},
    {"range": ["90d"], "by": ["account"]},
    {"range": ["90d"], "by": ["account"], "basis": ["billed"]},
    {"range": ["12m"], "grain": ["month"]},
    {"f": ["charge_category:Usage"]},
    {"f": ["charge_category:!Usage"]},
    {"range": ["last_month"], "cmp": ["prev_year"]},
)


def main(home: Path) -> None:
    """Measure and print."""
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    started = time.perf_counter()
    with running_app(home) as app:
        print(f"server answers after           {time.perf_counter() - started:6.2f} s")
        cold_page(app)
        for page in ("overview", "explore", "drivers"):
            app.open(page)
            elapsed, processor = zip(*(change(app, page, params) for params in CHANGES), strict=True)
            for what, values in (("elapsed", elapsed), ("processor", processor)):
                print(
                    f"{page:9} new view, {what:9} time  median {statistics.median(values) * 1000:5.0f} ms,"
                    f" largest {max(values) * 1000:5.0f} ms ({len(values)} views, none asked before)"
                )


def cold_page(app: AppServer) -> None:
    """The first page of a server that has served none, in Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page()
        started = time.perf_counter()
        page.goto(f"{app.url}/overview")
        for name, selector in (
            ("first content", "h1"),
            ("figures", "[data-testid=stMetric]"),
            ("chart", ".js-plotly-plot"),
        ):
            page.locator(selector).first.wait_for(timeout=120_000)
            print(
                f"cold Overview, {name:14}  {time.perf_counter() - started:6.2f} s after the server answers"
                f" (server so far: {processor_seconds(app.pid):.2f} s of processor time)"
            )
        chromium.close()


def change(app: AppServer, page: str, params: dict[str, list[str]]) -> tuple[float, float]:
    """Elapsed and processor seconds of the server for one run of a page in a new session."""
    used, started = processor_seconds(app.pid), time.perf_counter()
    shown = app.open(page, params)
    elapsed = time.perf_counter() - started
    assert shown["status"] == "ready"
    return elapsed, processor_seconds(app.pid) - used


def processor_seconds(pid: int) -> float:
    """Processor time of a process so far (Linux): what elapsed time would be on an idle machine, or less."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _demo(home: Path) -> None:
    from workbench.cli.demo import build_demo
    from workbench.settings import Settings

    build_demo(Settings(home=home), quiet=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            _demo(Path(folder))
            main(Path(folder))
