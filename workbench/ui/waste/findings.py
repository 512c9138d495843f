"""The table of findings with its filters; the row picked is opened below it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import streamlit as st

from workbench import formats
from workbench.checks.ground import Basis
from workbench.checks.scan import Found
from workbench.checks.table import findings_table
from workbench.engines import Query
from workbench.ui.blocks import block
from workbench.ui.context import PageContext, raw_params
from workbench.ui.health.grids import current_palette
from workbench.ui.picking import choose_one, picked, put, table_key, type_in
from workbench.ui.table import show_table
from workbench.ui.text import plain
from workbench.ui.waste.choice import DEFAULT_MINIMUM, Wanted, read_wanted
from workbench.ui.waste.files import scan_exports
from workbench.ui.waste.kept import Asked, Scanned, finding_name
from workbench.ui.waste.rows import Shown, columns, in_words, select, table_of
from workbench.ui.waste.sums import service_of

__all__ = ["draw"]

_LEVELS = ("safe", "low", "medium", "high")


def draw(ctx: PageContext, what: Asked, scanned: Scanned, currency: str) -> str:
    """Draw filters and table; the name of the finding to open, empty for none."""
    basis: Basis = ctx.view.basis.value
    wanted = read_wanted(ctx.own_params())
    result = scanned.result
    shown = select(result.found, result.excluded, wanted, basis)
    opened = [(ctx.own_params().get("finding") or [""])[-1]]

    def show(found: Shown) -> None:
        _filters(ctx, scanned, wanted)
        _hidden(found, wanted)
        if not found.found:
            _nothing(scanned, found, wanted)
            return
        opened[0] = _table(ctx, found, basis, currency, wanted, result.total(currency, basis).deduplicated)

    block(
        ctx,
        "Findings",
        key="waste-findings",
        load=lambda: shown,
        draw=show,
        empty=lambda _: False,
        exports=lambda found: (
            scan_exports(
                ctx,
                result,
                basis,
                "findings",
                "Findings of the waste checks",
                lambda: findings_table(found.found),
                queries=lambda: _queries(scanned, found.found),
                filters=in_words(wanted),
                given=what.choice.given,
            )
            if found.found
            else ()
        ),
        height=640,
    )
    return opened[0]


def _table(ctx: PageContext, found: Shown, basis: Basis, currency: str, wanted: Wanted, everything: Decimal) -> str:
    limit = ctx.settings.table_rows
    cut = found.found[:limit]
    key = table_key("waste-findings", (wanted, basis, currency, ctx.engine.snapshot_id, len(found.found)))
    position = show_table(
        table_of(cut, basis, currency),
        columns(basis, currency, cut),
        key=key,
        currency=currency,
        palette=current_palette(),
        alt="Findings",
        selectable=True,
    )
    total, of_cut = (_counted(some, basis, currency) for some in (found.found, cut))
    words = [
        formats.plural(len(found.found), "finding")
        if len(cut) == len(found.found)
        else f"{formats.count(len(cut))} of {formats.plural(len(found.found), 'finding')}"
    ]
    if len(cut) < len(found.found) and total:
        words.append(f"{formats.percent(of_cut / total * 100)} of what is counted; the export has all")
    part = "" if total == everything else f" of {plain(formats.money(everything, currency))}"
    words.append(f"counted {plain(formats.money(total, currency))}{part} a month")
    words.append("select a row to see why")
    st.caption(" · ".join(words))
    return picked(ctx, "finding", key, position, [finding_name(one) for one in cut])


def _counted(found: Iterable[Found], basis: Basis, currency: str) -> Decimal:
    return sum(
        (
            one.counted.get(basis, Decimal(0))
            for one in found
            if one.price.currency == currency and one.check.facts.kind == "saving"
        ),
        Decimal(0),
    )


def _filters(ctx: PageContext, scanned: Scanned, wanted: Wanted) -> None:
    found = (*scanned.result.found, *(scanned.result.excluded if wanted.excluded else ()))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="wb-waste-filters"):
        type_in(ctx, "only.q", "Search", placeholder="Name, id, check, account or tag", width=230)
        choose_one(
            ctx, "only.account", "Account", _named({one.account: one.account_name for one in found}),
            everything="All", width=170,
        )  # fmt: skip
        services = sorted({service_of(one) for one in found})
        choose_one(ctx, "only.service", "Service", dict(zip(services, services, strict=True)), everything="All",
                   width=170)  # fmt: skip
        choose_one(
            ctx, "only.check", "Check", _named({one.check.id: one.check.title for one in found}), everything="All",
            width=190,
        )  # fmt: skip
        choose_one(ctx, "only.risk", "Risk", {one: one for one in _LEVELS}, everything="Any", width=105)
        choose_one(ctx, "only.effort", "Effort", {one: one for one in _LEVELS[1:]}, everything="Any", width=105)
        choose_one(
            ctx, "only.kind", "Kind", {one: one for one in ("saving", "review", "hygiene")}, everything="Any", width=115
        )
        type_in(ctx, "only.tag", "Tag", placeholder="team=web", width=130)
        _minimum(wanted)
        st.toggle(
            "Show excluded",
            wanted.excluded,
            key=f"wb-only-excluded-{wanted.excluded}",
            on_change=lambda: put(only__excluded=[] if wanted.excluded else ["yes"]),
        )
        if wanted != Wanted():
            st.button("Clear filters", key="wb-waste-clear", type="tertiary", on_click=_clear)


def _minimum(wanted: Wanted) -> None:
    key = f"wb-only-min-{wanted.minimum}"

    def changed() -> None:
        value = Decimal(str(st.session_state[key] or 0))
        put(only__min=[] if value == DEFAULT_MINIMUM else [f"{value:f}"])

    st.number_input(
        "At least, a month", min_value=0.0, value=float(wanted.minimum), step=1.0, format="%.2f", key=key,
        on_change=changed, width=130,
    )  # fmt: skip


def _clear() -> None:
    put(**{key.replace(".", "__"): [] for key in raw_params() if key.startswith("only.")})


def _named(names: dict[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


def _hidden(found: Shown, wanted: Wanted) -> None:
    if not found.below:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        amount = f"{wanted.minimum:f}"
        st.caption(f"{formats.plural(found.below, 'finding')} under {amount} a month not listed", width="content")
        st.button("Show them", key="wb-waste-all", type="tertiary", on_click=lambda: put(only__min=["0"]))


def _nothing(scanned: Scanned, found: Shown, wanted: Wanted) -> None:
    if wanted != Wanted() or found.below:
        st.caption("No finding matches. Clear the filters to see all.")
        return
    unable = sum(one.outcome in ("cannot run", "failed") for one in scanned.result.results)
    if unable:
        some = f"{formats.plural(unable, 'check')} could not tell, because data is missing or they failed"
        st.caption(f"Nothing was found by the checks that ran; {some}.")
    else:
        st.caption("Nothing was found: every check ran, and every resource it looks at passed.")


def _queries(scanned: Scanned, found: Iterable[Found]) -> tuple[Query, ...]:
    named = {one.check.id for one in found}
    return tuple(
        one.judged.query
        for one in scanned.result.results
        if one.judged.check.id in named and one.judged.query is not None
    )
