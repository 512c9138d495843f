"""A real Chromium against the real app; skipped, saying so, where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.bills import charge, snapshot_of
from tests.support.server import AppServer, running_app
from workbench.settings import Settings

CLOCK = {"WORKBENCH_NOW": "2026-10-21T09:00:00Z"}
HOSTILE = (
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "[click](https://elsewhere.example/x) ![p](https://elsewhere.example/p.png)",
    "https://elsewhere.example www.elsewhere.example a@elsewhere.example",
    ":red[**bold**] :material/home: $x^2$ `code` # head",
)
OpenPage = Callable[..., Page]

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event => {
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile);
});
"""


def _bill() -> list[dict[str, object]]:
    names = ("Amazon S3", "AWS Lambda", *HOSTILE)
    return [
        charge(
            3 + index,
            service_name=name,
            sub_account_name=name,
            resource_id=name,
            x_usage_type=name,
            tags='{"team": "core"}',
            charge_period_start=datetime(2026, month, day),
        )
        for month, days in ((9, 30), (10, 20))
        for day in range(1, days + 1)
        for index, name in enumerate(names)
    ]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app on a bill with ordinary and hostile names."""
    home = tmp_path_factory.mktemp("browser-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_NOW", CLOCK["WORKBENCH_NOW"])
        snapshot_of(Settings(home=home), _bill()).close()
    with running_app(home, environment=CLOCK) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as installed on the machine."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        pytest.skip("No Chromium on this machine: browser tests are not run")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(app: AppServer, browser: Browser) -> Iterator[OpenPage]:
    """Open a path of the app and wait until its first run has ended."""
    opened: list[Page] = []

    def show(path: str, *, scheme: str = "light", width: int = 1440) -> Page:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
        opened.append(page)
        page.add_init_script(_WATCH)
        page.set_default_timeout(60_000)
        page.goto(f"{app.url}{path}")
        page.locator("h1").first.wait_for()
        settle(page)
        return page

    yield show
    for page in opened:
        page.close()


def settle(page: Page) -> None:
    """Wait until the app has stopped running; without script in the page, which the policy would refuse."""
    page.wait_for_timeout(400)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.wait_for_timeout(400)


def external_requests(page: Page, server: AppServer) -> list[str]:
    """Collect from now on what the page asks of other hosts."""
    found: list[str] = []
    page.on(
        "request",
        lambda request: None if request.url.startswith((server.url, "data:", "blob:")) else found.append(request.url),
    )
    return found
