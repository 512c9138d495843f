"""One finding: the rule with its figures, money on four bases, confidence, what to do, and the evidence over time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import streamlit as st

from workbench import formats
from workbench.checks.explain import Reason, explain, rule_text, shown
from workbench.checks.ground import BASES, Basis
from workbench.checks.scan import Found
from workbench.checks.table import findings_table
from workbench.costs.resource_facts import Reading
from workbench.costs.view import Basis as ViewBasis
from workbench.engines import Query
from workbench.engines.base import Value
from workbench.ui.blocks import block
from workbench.ui.charts import CONFIG
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.health.grids import current_palette, show_rows
from workbench.ui.picking import close, put
from workbench.ui.registry import page_info
from workbench.ui.resource_finder import type_name
from workbench.ui.text import plain, visible
from workbench.ui.waste.files import scan_exports
from workbench.ui.waste.kept import Asked, Scanned, finding_name
from workbench.ui.waste.pictures import metric_picture
from workbench.ui.waste.sums import Rival, counted_less
from workbench.ui.words import BASES as BASIS_WORDS

__all__ = ["draw", "reason_rows"]

_DAYS = 60
_OTHERS = 12
_PERCENT = ("cpu", "memory", "mem", "gpu")


def draw(ctx: PageContext, what: Asked, scanned: Scanned, name: str) -> None:
    """Draw the finding the address opens."""
    found = scanned.named.get(name)
    if found is None:
        with st.container(border=True):
            st.text(f"The finding {visible(name, limit=200)} is not in this scan: other thresholds, day or data.")
            st.button("Close", key="wb-waste-close", on_click=close("waste-findings", "finding"))
        return
    query = next((one.judged.query for one in scanned.result.results if one.judged.check.id == found.check.id), None)
    basis: Basis = ctx.view.basis.value
    block(
        ctx,
        plain(f"{found.check.title}: {found.name}"),
        key="waste-finding",
        load=lambda: found,
        draw=lambda one: _draw(ctx, scanned, one, basis),
        empty=lambda _: False,
        queries=lambda _: (query,) if query is not None else (),
        exports=lambda one: scan_exports(
            ctx,
            scanned.result,
            basis,
            f"finding-{one.check.id}",
            f"Finding of {one.check.title}",
            lambda: findings_table([one]),
            queries=lambda: (query,) if query is not None else (),
            given=what.choice.given,
        ),
        height=600,
    )


def _draw(ctx: PageContext, scanned: Scanned, one: Found, basis: Basis) -> None:
    _head(ctx, one)
    left, right = st.columns(2, gap="medium")
    with left:
        _rule(ctx, one)
        _metric(ctx, scanned, one)
    with right:
        _money(ctx, scanned, one, basis)
        _confidence(one)
    _remedy(one)
    _others(scanned, one, basis)


def _head(ctx: PageContext, one: Found) -> None:
    kind = type_name(one.resource_type)
    words = [one.resource_id, kind, one.account_name, one.region, one.env, one.service]
    st.text(" · ".join(visible(str(word)) for word in words if word))
    if one.tags:
        st.text("Tags: " + ", ".join(visible(f"{key}={value}", limit=80) for key, value in sorted(one.tags.items())))
    if one.excluded:
        st.info(plain(f"Not recommended. {one.excluded}", limit=300), icon=":material/block:")
    if one.policy:
        st.caption(plain(f"Policy of the inventory: {one.policy.replace('_', ' ')}"))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if one.resource_type != "group":
            st.page_link(
                page_info("resource").script,
                label="About this resource",
                icon=page_info("resource").icon,
                query_params={**ctx.params(), "resource": [one.resource_id]},
            )
            st.button(
                "All checks on it",
                icon=":material/rule:",
                key="wb-waste-why",
                on_click=_ask_why,
                args=(one,),
            )
        st.button(
            "About this check",
            icon=":material/checklist:",
            key="wb-waste-about-check",
            on_click=_open_check,
            args=(one,),
        )
        st.button("Close", icon=":material/close:", key="wb-waste-close", on_click=close("waste-findings", "finding"))


def _ask_why(one: Found) -> None:
    st.session_state["waste-part"] = "Why not"
    put(part=["why"], resource=[one.resource_id], **{"in": [one.account] if one.account else []})


def _open_check(one: Found) -> None:
    st.session_state["waste-part"] = "Checks"
    put(part=["checks"], check=[one.check.id])


def _rule(ctx: PageContext, one: Found) -> None:
    st.markdown("**Why it is flagged**")
    st.text(rule_text(one.check, one.values))
    show_rows(
        ctx,
        reason_rows(explain(one.check, one.evidence, one.values)),
        alt="Comparisons of the rule",
        key="wb-waste-reasons",
    )
    compared = {term.column for clause in one.check.facts.when for term in clause}
    others = [
        {"Figure": column.text, "Value": shown(one.evidence.get(column.name), column.unit) or None}
        for column in one.check.header.columns
        if column.name not in compared
    ]
    if others:
        with st.expander(f"{formats.plural(len(others), 'further figure')}"):
            show_rows(ctx, others, alt="Further figures", key="wb-waste-evidence")


def reason_rows(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """A row a comparison: figure, operator, threshold, margin, met."""
    met = {True: "yes", False: "no", None: "cannot tell"}
    return [
        {
            "Figure": f"or {one.label}"
            if one.alternative and number and reasons[number - 1].alternative
            else one.label,
            "Value": one.have or None,
            "Is": one.operator,
            "Threshold": one.limit or None,
            "Margin": None if one.margin is None else _signed(one.margin, one.unit),
            "Met": met[one.met],
        }
        for number, one in enumerate(reasons)
    ]


def _signed(margin: float, unit: str) -> str:
    text = shown(abs(margin), unit)
    return text if not margin else f"{'+' if margin > 0 else '−'}{text}"


def _money(ctx: PageContext, scanned: Scanned, one: Found, basis: Basis) -> None:
    facts, price = one.check.facts, one.price
    st.markdown("**What it saves a month**" if facts.kind == "saving" else "**Money a month**")
    if facts.kind != "saving":
        words = {
            "review": "A review: the amount is what is at stake, not a saving. It is in no total.",
            "hygiene": "Hygiene: there is no saving in it.",
        }
        st.caption(words[facts.kind])
    if all(price.cost[name] is None and price.expected[name] is None for name in BASES):
        if facts.kind != "hygiene":
            st.caption("Neither the bill nor a list price tells its cost: the amount is not known.")
        st.caption(plain(facts.saving, limit=300))
        return
    rows = [
        {
            "Basis": name.capitalize(),
            "Costs": price.cost[name],
            "Low": price.low[name],
            "Expected": price.expected[name],
            "High": price.high[name],
            "Counted": one.counted.get(name),
        }
        for name in BASES
    ]
    show_rows(
        ctx,
        rows,
        alt="Money of the finding",
        key="wb-waste-money",
        money=("Costs", "Low", "Expected", "High", "Counted"),
        currency=lambda _: price.currency or "USD",
    )
    st.caption(plain(f"In {price.currency or 'USD'}. {facts.saving}", limit=300))
    if facts.kind == "saving" and not one.excluded:
        for sentence in _counting(scanned, one, basis):
            st.caption(plain(sentence, limit=400))


def _counting(scanned: Scanned, one: Found, basis: Basis) -> list[str]:
    """What is counted, and why it is less than the saving."""
    used = one.best(basis)[1]
    less, rivals = counted_less(one, used, scanned.by_money)
    if less is None:
        return []
    word = BASIS_WORDS[ViewBasis(used)].lower()
    if used != basis:
        return [f"Known at {word} only: not in the total of {BASIS_WORDS[ViewBasis(basis)].lower()}."]
    if not less:
        return ["All of it is counted: no other finding claims the same money first."]
    said = [
        f"{formats.money(less, one.price.currency)} less is counted: the same money is claimed first by other findings."
    ]
    said += [_rival(rival) for rival in rivals[:5]]
    if len(rivals) > 5:
        said.append(f"and {formats.plural(len(rivals) - 5, 'other finding')}")
    return said


def _rival(rival: Rival) -> str:
    amount = formats.money(rival.counted, rival.found.price.currency)
    return f"• {rival.found.check.title}, {rival.found.name}: {amount} counted"


def _confidence(one: Found) -> None:
    facts = one.check.facts
    st.markdown(f"**Confidence {one.confidence} of 100**")
    st.caption(f"{facts.confidence} is the check's own" + ("; less:" if one.doubts else "; nothing is taken off."))
    for points, reason in one.doubts:
        st.caption(plain(f"• {points}: {reason}", limit=300))
    with st.container(horizontal=True, gap="small"):
        st.badge(f"Risk {facts.risk}", color="gray")
        st.badge(f"Effort {facts.effort}", color="gray")
        st.badge("Needs a restart" if facts.restart else "No restart", color="gray")
        st.badge("Can be undone" if facts.reversible else "Cannot be undone", color="gray")


def _remedy(one: Found) -> None:
    facts = one.check.facts
    st.markdown("**What to do**")
    for number, step in enumerate(facts.remedy, start=1):
        st.markdown(f"{number}\\. {plain(step, limit=600)}")
    if one.command:
        st.caption("The same as text for a command line. The workbench never runs it.")
        st.code(visible(one.command, limit=2000), language="bash", wrap_lines=True)
    st.caption(plain(f"Source: {facts.source}", limit=500))


def _metric(ctx: PageContext, scanned: Scanned, one: Found) -> None:
    """The metric behind the rule, by day, where there is one."""
    key = one.check.facts.metric
    if not key or not re.fullmatch(r"[a-z0-9_]+", key):
        return
    with calm("Metric"):
        last = scanned.result.as_of
        query = Query(
            "Metric by day",
            "SELECT date, metric_payload FROM metrics_daily WHERE resource_id = $id"
            " AND date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) ORDER BY date, id",
            (("id", one.resource_id), ("first", last - timedelta(days=_DAYS - 1)), ("last", last)),
        )
        reading = _reading(ctx.engine.run(query).to_pylist(), key)
        st.markdown(f"**{plain(_words_of(key))}, last {_DAYS} days**")
        if not reading.times:
            st.caption(plain(f"There is no daily metric {key} of it."))
            return
        limit, words = _limit(one, key)
        st.plotly_chart(
            metric_picture(reading, limit, words, current_palette()),
            theme=None,
            config=CONFIG,
            key="wb-waste-metric",
            alt=f"{_words_of(key)} by day{f', threshold {words}' if words else ''}",
        )


def _reading(days: Sequence[Mapping[str, Any]], key: str) -> Reading:
    times, values = [], []
    for day in days:
        payload = json.loads(day["metric_payload"] or "{}")
        value = payload.get(key) if isinstance(payload, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            times.append(datetime.combine(day["date"], time()))
            values.append(float(value))
    metric, _, statistic = key.rpartition("_")
    unit = "%" if key.startswith(_PERCENT) else "a day"
    return Reading(metric or key, statistic if metric else "daily", unit, tuple(times), tuple(values))


def _words_of(key: str) -> str:
    """A key of metrics in words: ``cpu_avg`` is average CPU."""
    words = " ".join(_WORDS.get(part, part) for part in key.split("_"))
    return words[:1].upper() + words[1:]


_WORDS = {"cpu": "CPU", "gpu": "GPU", "mem": "memory", "net": "network", "avg": "average", "max": "maximum",
          "p95": "95th percentile", "p99": "99th percentile", "util": "use", "ops": "operations"}  # fmt: skip


def _limit(one: Found, key: str) -> tuple[float | None, str]:
    """The number the rule compares a figure of this metric with."""
    parts = set(key.split("_"))
    for clause in one.check.facts.when:
        for term in clause:
            about = set(term.column.split("_")) & parts - {"avg", "max", "min", "p95", "p99"}
            value = _number(term.limit(one.evidence, one.values)) if about and term.operator in _ORDERED else None
            if value is not None:
                return value, f"{term.operator} {shown(value)}"
    return None, ""


_ORDERED = ("<", "<=", ">", ">=")


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return float(value)


def _open(name: str) -> None:
    put(finding=[name])


def _others(scanned: Scanned, one: Found, basis: Basis) -> None:
    """Other findings on the same resource, each a step away."""
    others = [other for other in scanned.by_resource.get((one.account, one.resource_id), ()) if other.key != one.key]
    if not others:
        return
    st.markdown(f"**{formats.plural(len(others), 'other finding')} on the same resource**")
    with st.container(horizontal=True, gap="small"):
        for number, other in enumerate(others[:_OTHERS]):
            amount, used = other.best(basis)
            money = formats.money(amount, other.price.currency) if amount is not None else formats.MISSING
            where = "" if used == basis or amount is None else " at list price"
            kind = "" if other.check.facts.kind == "saving" else f", {other.check.facts.kind}"
            st.button(
                plain(f"{other.check.title}: {money}{where}{kind}"),
                key=f"wb-waste-other-{number}",
                on_click=_open,
                args=(finding_name(other),),
            )
    if len(others) > _OTHERS:
        st.caption(f"and {formats.count(len(others) - _OTHERS)} more")
