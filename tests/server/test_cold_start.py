"""Every page through the shell, on a server that has answered nothing before."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.web.server.app_discovery import discover_asgi_app

from tests.server.conftest import CLOCK
from tests.support.server import elements, running_app, texts
from workbench.settings import PROJECT_ROOT
from workbench.ui.registry import PAGES, PageInfo, page_info


@pytest.mark.server
@pytest.mark.parametrize(
    "page",
    # One a section of the menu and the two that import most; the others are opened in a browser, on a warm server.
    [page_info(key) for key in ("overview", "waste", "rightsizing", "activity")],
    ids=lambda page: page.key,
)
def test_a_cold_server_serves_each_page_through_the_shell(page: PageInfo, tiny_home: Path) -> None:
    with running_app(tiny_home, environment=CLOCK) as server:
        finished = server.open(page.key)
    assert finished["status"] == "ready"
    assert finished["page"] == {"url_path": page.key, "title": page.title}
    keys = {element.get("key") for element in elements(finished)}
    assert "wb-header" in keys
    assert ("wb-filters" in keys) == page.filters
    assert not any(str(key).startswith("wb-error") for key in keys), texts(finished)


def test_streamlit_finds_the_launcher_by_reading_it() -> None:
    found = discover_asgi_app(PROJECT_ROOT / "app.py")
    assert (found.is_asgi_app, found.import_string) == (True, "app:app")


@pytest.mark.server
def test_the_scripts_in_pages_are_not_pages_of_their_own(tiny_home: Path) -> None:
    """Beside a folder called ``pages`` Streamlit would list its files; only the shell's pages may be there."""
    with running_app(tiny_home, environment=CLOCK) as server:
        listed = {page["url_path"] for page in server.open("overview")["pages"]}
    assert listed == {"", *(page.key for page in PAGES)}


def test_every_page_has_its_script_and_every_script_its_page() -> None:
    assert {page.script for page in PAGES} == set((PROJECT_ROOT / "pages").glob("*.py"))


@pytest.mark.server
def test_the_root_leads_to_the_start_page_and_keeps_the_view(tiny_home: Path) -> None:
    with running_app(tiny_home, environment={**CLOCK, "WORKBENCH_START_PAGE": "explore"}) as server:
        finished = server.interact(query_params={"f": ["service:Amazon S3", "region:us-east-1"]})
    assert finished["page"]["url_path"] == "explore"
    assert finished["query_params"]["f"] == ["service:Amazon S3", "region:us-east-1"]
