"""Why is this resource flagged, or not? All opinions on one resource, and each with its figures."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.checks.explain import Reason
from workbench.checks.why import Answer, Opinion, why
from workbench.engines import Query
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.health.grids import arrow_rows, show_rows
from workbench.ui.picking import choose_one, type_in
from workbench.ui.registry import page_info
from workbench.ui.resource_finder import type_name
from workbench.ui.text import plain, visible
from workbench.ui.waste.detail import reason_rows
from workbench.ui.waste.files import kept_exports
from workbench.ui.waste.kept import Asked, Scanned, kept

__all__ = ["draw"]


def draw(ctx: PageContext, what: Asked, scanned: Scanned) -> None:
    """The question, and the answers of all checks."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        resource = type_in(
            ctx, "resource", "Resource", placeholder="Id or name, as on the bill or in the inventory", width=420
        ).strip()
        accounts = _accounts(ctx, resource) if resource else {}
        if len(accounts) > 1:
            choose_one(ctx, "in", "Account", accounts, width=240)
    if not resource:
        st.caption("Each check that looks at the kind of a resource says here what it thinks of it, with its figures.")
        return
    asked_for = (ctx.own_params().get("in") or [""])[-1]
    account = asked_for if asked_for in accounts else next(iter(accounts), None)

    def ask() -> Answer:
        answer = kept(
            ("why", *what.key, resource, account),
            lambda: why(
                scanned.ground,
                what.checks,
                resource,
                account=account,
                preset=what.choice.preset,
                given=what.choice.thresholds,
            ),
        )
        assert answer is not None  # it is made where it is not kept  # noqa: S101
        return answer

    found = block(
        ctx,
        plain(f"What the checks say of {resource}"),
        key="waste-why",
        load=ask,
        draw=lambda answer: _draw(ctx, answer),
        empty=lambda _: False,
        exports=lambda answer: kept_exports(
            ctx,
            "checks-of-a-resource",
            f"What the checks say of {answer.resource_id}",
            lambda: _table(answer),
            queries=[one.query for one in answer.opinions if one.query is not None],
        ),
        height=420,
    )
    if found is not None and found.opinions:
        _one(ctx, found)


def _accounts(ctx: PageContext, resource: str) -> dict[str, str]:
    """Accounts that have the resource, by number."""
    query = Query(
        "Accounts of a resource",
        "SELECT account_number, MAX(account_name) AS name FROM resources WHERE account_number IS NOT NULL"
        " AND (resource_id = $resource OR inventory_id = $resource OR name = $resource)"
        " GROUP BY account_number ORDER BY account_number",
        (("resource", resource),),
    )
    return {
        row["account_number"]: f"{row['name']} ({row['account_number']})" if row["name"] else row["account_number"]
        for row in ctx.engine.run(query).to_pylist()
    }


def _draw(ctx: PageContext, answer: Answer) -> None:
    words = [answer.name, answer.resource_id, type_name(answer.resource_type), answer.account]
    st.text(" · ".join(visible(word) for word in dict.fromkeys(words) if word))
    if answer.excluded:
        st.info(plain(f"Nothing is recommended for it. {answer.excluded}", limit=300), icon=":material/block:")
    if not answer.opinions:
        st.caption("No check looks at resources of its kind.")
        return
    others = sum(one.said == "not looked at" for one in answer.opinions)
    everything = others == len(answer.opinions)
    if others and not everything:
        everything = st.toggle(
            f"Also {formats.plural(others, 'check')} about others of its kind", key="wb-waste-all-opinions"
        )
    rows = _rows(answer) if everything else [row for row in _rows(answer) if row["Says"] != "not looked at"]
    show_rows(ctx, rows, alt="Opinions of the checks", key="wb-waste-opinions", widths={"Why": 420})
    st.page_link(
        page_info("resource").script,
        label="About this resource",
        icon=page_info("resource").icon,
        query_params={**ctx.params(), "resource": [answer.resource_id]},
    )


def _rows(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "Check": one.check.title,
            "Says": one.said,
            "Why": one.reason or "; ".join(_figure(reason) for reason in one.reasons) or None,
            "Saving a month": _saving(one),
            "Rule": one.rule,
        }
        for one in answer.opinions
    ]


def _figure(reason: Reason) -> str:
    have = reason.have or "not known"
    return f"{reason.label}: {have}, {'' if reason.met else 'not '}{reason.operator} {reason.limit}".rstrip()


def _saving(one: Opinion) -> str | None:
    if one.found is None:
        return None
    amount, used = one.found.best("effective")
    if amount is None:
        return None
    return formats.money(amount, one.found.price.currency) + ("" if used == "effective" else f", {used}")


def _table(answer: Answer) -> pa.Table:
    return arrow_rows(_rows(answer))


def _one(ctx: PageContext, answer: Answer) -> None:
    """One opinion, figure by figure."""
    titles = [f"{one.check.title}: {one.said}" for one in answer.opinions]
    position = st.selectbox(
        "Figures of one check",
        range(len(titles)),
        format_func=lambda index: visible(titles[index]),
        key=f"wb-waste-opinion-{answer.resource_id}-{answer.account}",
        width=420,
    )
    one = answer.opinions[position or 0]

    def draw(opinion: Opinion) -> None:
        st.text(opinion.rule)
        if opinion.reason:
            st.text(opinion.reason)
        if opinion.reasons:
            show_rows(ctx, reason_rows(opinion.reasons), alt="Comparisons of the rule", key="wb-waste-opinion-rows")
        else:
            st.caption("It has no figures of this resource.")

    block(
        ctx,
        plain(one.check.title),
        key="waste-opinion",
        load=lambda: one,
        draw=draw,
        empty=lambda _: False,
        queries=lambda opinion: (opinion.query,) if opinion.query is not None else (),
        height=160,
    )
