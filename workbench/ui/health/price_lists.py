"""How old are the list prices that savings are reckoned with?"""

from __future__ import annotations

import streamlit as st

from workbench import formats
from workbench.catalog import load_catalog
from workbench.catalog.state import OLD_AFTER_DAYS, CatalogState, PriceState, billed_regions, catalog_state
from workbench.clock import today
from workbench.ui.context import PageContext
from workbench.ui.health.grids import current_palette, show_rows
from workbench.ui.text import plain

__all__ = ["draw"]

_NAMES = {
    "compute": "On-demand machines",
    "reservations": "Reserved machines",
    "database": "Databases",
    "cache": "Caches",
    "storage": "Block storage",
}
_STATES = {"current": "● current", "partly old": "! partly old", "old": "! old"}


def draw(ctx: PageContext) -> None:
    """A warning when prices are old, then what is known and from when."""
    catalog = load_catalog(ctx.settings.home)
    billed = billed_regions(ctx.engine)
    found = catalog_state(catalog, today(), billed)
    with st.container(border=True, gap="xsmall", key="wb-block-price-lists"):
        st.markdown("**Price lists**")
        where = f"In the {formats.plural(len(billed), 'region')} of AWS on the bill." if billed else "In all regions."
        st.caption(f"List prices that savings are reckoned with, each with its day. {where}")
        _warn(found)
        _table(ctx, found)
        st.caption(_updates(found))


def _warn(found: CatalogState) -> None:
    if found.old:
        names = ", ".join(_NAMES[one.service].lower() for one in found.old)
        oldest = min(one.oldest for one in found.old)
        st.warning(
            f"Prices are older than {OLD_AFTER_DAYS} days: {names}; the oldest is of {oldest}. Savings may be off by"
            " what changed since. Fetch current ones with: `workbench catalog update`",
            icon=":material/history:",
        )
    if found.unpriced_regions:
        st.warning(
            f"No price of a machine is known in {plain(', '.join(found.unpriced_regions), limit=300)}",
            icon=":material/money_off:",
        )
    for name in found.damaged:
        st.error(f"{plain(name)} cannot be read and is left out", icon=":material/error:")


def _table(ctx: PageContext, found: CatalogState) -> None:
    palette = current_palette()
    show_rows(
        ctx,
        [_row(one) for one in found.prices],
        alt="Price lists",
        key="price-lists-table",
        colours=lambda row: "" if row["State"] == _STATES["current"] else palette.increase,
        coloured="State",
        help={"Age": "Days since the newest of these prices was published", "Old": f"Older than {OLD_AFTER_DAYS} days"},
    )


def _row(one: PriceState) -> dict[str, object]:
    return {
        "State": _STATES[one.state],
        "Prices of": _NAMES[one.service],
        "Newest": formats.iso_date(one.newest),
        "Age": formats.plural(one.age_days, "day"),
        "Oldest": formats.iso_date(one.oldest),
        "Prices": one.prices,
        "Old": one.old,
        "Sizes": one.types,
        "Regions": one.regions,
    }


def _updates(found: CatalogState) -> str:
    sizes = formats.count(sum(number for *_, number in found.types))
    if found.updated_at is None:
        return f"{sizes} sizes are known. No prices were fetched from AWS yet: all come with the workbench."
    lists = formats.plural(found.updates, "price list")
    newest = formats.timestamp(found.updated_at)
    return f"{sizes} sizes are known. {lists} fetched from AWS, the newest {newest}."
