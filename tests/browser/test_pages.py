"""What only a browser can tell: policy violations, rendering of hostile names, deep links, history, downloads."""

from __future__ import annotations

import io
import zipfile
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOSTILE, OpenPage, external_requests, settle
from tests.support.server import AppServer
from workbench.ui.registry import PAGES, PageInfo, page_info

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def foreign_links(page: Page, server: AppServer) -> list[str]:
    """Links that lead anywhere but to the app itself; an address of ours may hold a hostile name as a parameter."""
    links: list[str] = page.evaluate("[...document.links].map(link => link.href)")
    return [link for link in links if not link.startswith(f"{server.url}/")]


@pytest.mark.parametrize(
    ("page", "scheme"),
    # The policy does not depend on the theme, but the scripts of charts and tables do: two pages have all of them.
    [(page, "light") for page in PAGES] + [(page_info(key), "dark") for key in ("overview", "waste")],
    ids=lambda one: one if isinstance(one, str) else one.key,
)
def test_no_page_breaks_the_security_policy_in_either_theme(open_page: OpenPage, page: PageInfo, scheme: str) -> None:
    shown = open_page(f"/{page.key}", scheme=scheme)
    expect(shown.get_by_role("heading", level=1)).to_have_text(page.title)
    shown.mouse.wheel(0, 3000)
    settle(shown)
    assert shown.locator("[class*='wb-error']").count() == 0, shown.inner_text("[data-testid=stMain]")
    assert shown.evaluate("window.violations") == []


def test_the_treemap_and_its_page_stay_within_the_policy(open_page: OpenPage) -> None:
    shown = open_page("/explore?chart=treemap&by=service,account")
    expect(shown.locator(".js-plotly-plot").first).to_be_visible()
    assert shown.evaluate("window.violations") == []


def test_nothing_is_fetched_from_another_host(open_page: OpenPage, app: AppServer) -> None:
    shown = open_page("/overview")
    asked = external_requests(shown, app)
    # The policy forbids other hosts, and every page is held to it above; here it is seen that none is even tried.
    for key in ("explore", "waste", "rightsizing"):
        shown.goto(f"{app.url}/{key}")
        shown.locator("h1").first.wait_for()
        settle(shown)
    assert asked == []


@pytest.mark.parametrize("path", ["/overview", "/explore", "/explore?by=account", "/drivers"])
def test_hostile_names_are_letters_and_nothing_else(open_page: OpenPage, app: AppServer, path: str) -> None:
    shown = open_page(path)
    assert shown.evaluate("window.pwned") is None
    assert foreign_links(shown, app) == []
    assert shown.locator("img[src*='elsewhere.example'], img[src='x']").count() == 0


def test_a_hostile_filter_is_a_chip_that_shows_its_text(open_page: OpenPage, app: AppServer) -> None:
    for name in HOSTILE:
        shown = open_page("/overview?" + urlencode({"f": f"service:{name}"}))
        chip = shown.locator(".st-key-wb-chip-0 button").first
        text = chip.inner_text().replace("\u2060", "")
        assert name[:30] in text
        assert foreign_links(shown, app) == []
        assert shown.evaluate("window.pwned") is None
        shown.close()


def test_a_deep_link_shows_its_filter_and_history_walks_back_and_forward(open_page: OpenPage) -> None:
    shown = open_page("/overview?f=service:Amazon%20S3&range=30d")
    chip = shown.locator(".st-key-wb-chip-0 button").first
    expect(chip).to_contain_text("Amazon S3")
    expect(shown.get_by_role("button", name="Last 30 days")).to_be_visible()
    chip.click()
    expect(shown.locator(".st-key-wb-chip-0")).to_have_count(0)
    settle(shown)
    assert "f=" not in shown.url
    shown.go_back()
    expect(shown.locator(".st-key-wb-chip-0 button").first).to_contain_text("Amazon S3")
    shown.go_forward()
    expect(shown.locator(".st-key-wb-chip-0")).to_have_count(0)


def test_the_navigation_keeps_the_view(open_page: OpenPage) -> None:
    shown = open_page("/overview?f=service:Amazon%20S3")
    shown.get_by_test_id("stSidebar").get_by_text("Explore").click()
    expect(shown.get_by_role("heading", level=1)).to_have_text("Explore")
    settle(shown)
    assert "/explore?" in shown.url
    expect(shown.locator(".st-key-wb-chip-0 button").first).to_contain_text("Amazon S3")


def test_drilling_down_writes_the_filter_to_the_address(open_page: OpenPage) -> None:
    shown = open_page("/explore")
    picker = shown.get_by_label("Look into")
    # As a person would: scroll there, then click. The list closes when the page scrolls under it.
    picker.scroll_into_view_if_needed()
    settle(shown)
    picker.click()
    shown.get_by_role("option", name="Amazon S3").click()
    settle(shown)
    shown.get_by_role("button", name="Drill down").click()
    settle(shown)
    assert "f=service%3AAmazon+S3" in shown.url or "f=service:Amazon" in shown.url
    expect(shown.locator(".st-key-wb-chip-0 button").first).to_contain_text("Amazon S3")


def test_an_export_is_a_file_with_the_numbers_of_the_page(open_page: OpenPage) -> None:
    shown = open_page("/explore?f=service:Amazon%20S3")
    shown.locator(".st-key-wb-head-groups").get_by_role("button", name="Export").click()
    with shown.expect_download() as waiting:
        shown.get_by_role("button", name="Table: CSV (zip)").click()
    with zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes())) as archive:
        table = next(archive.read(name).decode() for name in archive.namelist() if name.endswith(".csv"))
    assert "Amazon S3" in table
    assert "60" in table, "20 days of October at 3 USD"


def test_show_the_query_gives_the_statement_and_its_parameters(open_page: OpenPage) -> None:
    shown = open_page("/explore?f=service:Amazon%20S3")
    shown.locator(".st-key-wb-head-groups").get_by_role("button", name="Query").click()
    code = shown.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(code.first).to_contain_text("SELECT")
    assert any("Amazon S3" in code.nth(index).inner_text() for index in range(code.count()))
