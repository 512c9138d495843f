"""The pages of the app as data: order, section, script, and whether the cost filters apply."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.settings import PROJECT_ROOT

__all__ = ["PAGES", "PageInfo", "page_info"]


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One page.

    Attributes:
        key: its URL path and the stem of its script in ``pages/``.
        title: shown in the navigation and as the heading.
        section: heading of the navigation it stands under.
        icon: Material symbol (shipped with Streamlit, no web font is fetched).
        filters: whether the filter bar is shown; a page about the data itself has none.
    """

    key: str
    title: str
    section: str
    icon: str
    filters: bool = True

    @property
    def script(self) -> Path:
        """The page's script."""
        return PROJECT_ROOT / "pages" / f"{self.key}.py"


PAGES: tuple[PageInfo, ...] = (
    PageInfo("overview", "Overview", "Understand", ":material/space_dashboard:"),
    PageInfo("explore", "Explore", "Understand", ":material/query_stats:"),
    PageInfo("drivers", "Drivers", "Understand", ":material/waterfall_chart:"),
    PageInfo("queries", "Queries", "Data", ":material/database_search:", filters=False),
    PageInfo("data_health", "Data health", "Data", ":material/fact_check:", filters=False),
)


def page_info(key: str) -> PageInfo:
    """The page called ``key``; raises ``KeyError`` when there is none."""
    for page in PAGES:
        if page.key == key:
            return page
    raise KeyError(key)
