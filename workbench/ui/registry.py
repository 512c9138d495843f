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
        params: parameters of the address that are this page's own; ``p.`` stands for all that begin so.
    """

    key: str
    title: str
    section: str
    icon: str
    filters: bool = True
    params: tuple[str, ...] = ()

    def owns(self, param: str) -> bool:
        """Whether a parameter of the address is this page's own."""
        return param in self.params or any(one.endswith(".") and param.startswith(one) for one in self.params)

    @property
    def script(self) -> Path:
        """The page's script."""
        return PROJECT_ROOT / "pages" / f"{self.key}.py"


PAGES: tuple[PageInfo, ...] = (
    PageInfo("overview", "Overview", "Understand", ":material/space_dashboard:"),
    PageInfo("explore", "Explore", "Understand", ":material/query_stats:"),
    PageInfo("drivers", "Drivers", "Understand", ":material/waterfall_chart:"),
    PageInfo(
        "resource", "Resource", "Understand", ":material/deployed_code:", params=("resource", "q", "type", "page")
    ),
    PageInfo(
        "waste",
        "Waste",
        "Act",
        ":material/recycling:",
        filters=False,
        params=(
            *("preset", "account", "asof", "set", "only.", "part", "finding"),
            *("check", "outcome", "area", "resource", "in", "before", "after"),
        ),
    ),
    PageInfo(
        "rightsizing",
        "Rightsizing",
        "Act",
        ":material/straighten:",
        filters=False,
        params=(
            *("preset", "lookback", "kind", "account", "arm", "burst", "facing", "min", "risk", "asof"),
            *("only.", "resource", "try."),
        ),
    ),
    PageInfo(
        "recommendations",
        "Recommendations",
        "Act",
        ":material/checklist:",
        filters=False,
        params=(
            *("waiting", "state", "q", "check", "account", "resource", "who", "tag", "min", "intentional", "order"),
            *("page", "part", "id", "rule"),
        ),
    ),
    PageInfo("budgets", "Budgets", "Act", ":material/savings:", filters=False, params=("budget",)),
    PageInfo("queries", "Queries", "Data", ":material/database_search:", filters=False, params=("query", "p.")),
    PageInfo("data_health", "Data health", "Data", ":material/fact_check:", filters=False),
    PageInfo(
        "activity",
        "Activity",
        "Data",
        ":material/history:",
        filters=False,
        params=("part", "who", "what", "text", "kind", "since", "words", "about"),
    ),
)


def page_info(key: str) -> PageInfo:
    """The page called ``key``; raises ``KeyError`` when there is none."""
    for page in PAGES:
        if page.key == key:
            return page
    raise KeyError(key)
