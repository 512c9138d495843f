"""The row of filters of the queue; each goes into the address."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from workbench.engines import Query
from workbench.ui.context import PageContext
from workbench.ui.picking import choose_one, put, type_in
from workbench.ui.recommendation_words import state_words
from workbench.ui.recommendations.wanted import PARAMS, Wanted
from workbench.ui.text import plain
from workbench.workspace import State

__all__ = ["account_names", "clear", "draw"]


def account_names(ctx: PageContext) -> dict[str, str]:
    """Account id → name and id, of bill and inventory, in the order of the names."""
    found = ctx.engine.run(
        Query(
            "Accounts with resources",
            "SELECT account_number, MAX(account_name) AS name FROM resources WHERE account_number IS NOT NULL"
            " GROUP BY account_number ORDER BY 2, 1",
        )
    )
    return {
        row["account_number"]: f"{row['name']} ({row['account_number']})" if row["name"] else row["account_number"]
        for row in found.to_pylist()
    }


def draw(ctx: PageContext, wanted: Wanted, accounts: Mapping[str, str], checks: Mapping[str, str]) -> None:
    """Draw the filters.

    Args:
        ctx: the page's context.
        wanted: what the address asks for.
        accounts: id → name.
        checks: id → title.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="wb-rec-filters"):
        type_in(ctx, "q", "Search", placeholder="Name, id, check, service or tag", width=230)
        _states(wanted)
        choose_one(ctx, "check", "Check", checks, everything="All", width=175)
        choose_one(ctx, "account", "Account", accounts, everything="All", width=175)
        type_in(
            ctx, "who", "Assignee", placeholder="Name, - for nobody", width=150, max_chars=200,
            help="The name as it was written; a dash finds those of nobody.",
        )  # fmt: skip
        type_in(
            ctx, "tag", "Tag", placeholder="team=web", width=140,
            help="Key and value of a tag of the resource, both as they are written there.",
        )  # fmt: skip
        _minimum(wanted)
        choose_one(
            ctx, "intentional", "Intentional", {"": "Left out", "yes": "Also", "only": "Only"},
            everything="Left out", width=125,
        )  # fmt: skip
        _waiting(wanted)
        if wanted.resource_id:
            st.button(
                plain(f"Resource {wanted.resource_id}", limit=60),
                icon=":material/close:",
                key="wb-rec-resource",
                on_click=put,
                kwargs={"resource": [], "page": []},
            )
        if wanted.narrowed:
            st.button("Clear filters", key="wb-rec-clear", type="tertiary", on_click=clear)
    for notice in wanted.notices:
        st.info(plain(notice, limit=300), icon=":material/info:")


def clear() -> None:
    """Back to the usual queue. For callbacks."""
    put(**{name: [] for name in PARAMS if name != "order"})


def _states(wanted: Wanted) -> None:
    key = f"wb-rec-states-{'-'.join(wanted.states)}"
    st.multiselect(
        "State",
        list(State),
        list(wanted.states),
        format_func=lambda state: state_words(State(state)).capitalize(),
        placeholder="Any",
        key=key,
        on_change=lambda: put(state=[str(one) for one in st.session_state[key]], waiting=[], page=[]),
        width=170,
    )


def _waiting(wanted: Wanted) -> None:
    key = f"wb-rec-waiting-{wanted.waiting}"
    st.toggle(
        "Needs a decision",
        wanted.waiting,
        key=key,
        on_change=lambda: put(waiting=["yes"] if st.session_state[key] else ["no"], page=[]),
        help="Open, regressed, and snoozed until a day that has come.",
    )


def _minimum(wanted: Wanted) -> None:
    key = f"wb-rec-min-{wanted.minimum}"

    def changed() -> None:
        value = st.session_state[key]
        put(min=[f"{Decimal(str(value)):f}"] if value else [], page=[])

    st.number_input(
        "At least, a month",
        min_value=0.0,
        value=None if wanted.minimum is None else float(wanted.minimum),
        step=10.0,
        format="%.2f",
        key=key,
        on_change=changed,
        placeholder="Any",
        width=130,
        help="In the currency of each. Leaves out those without a price.",
    )
