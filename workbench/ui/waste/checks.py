"""The list of checks with how each ended, and one of them: rule, thresholds, tries, SQL, and a copy of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import streamlit as st

from workbench import formats
from workbench.checks.explain import rule_text, shown
from workbench.checks.ground import Basis
from workbench.checks.header import PRESETS
from workbench.checks.registry import Check
from workbench.checks.run import parameters
from workbench.checks.scan import CheckResult
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.health.grids import current_palette, show_rows
from workbench.ui.picking import choose_one, picked, put, table_key
from workbench.ui.table import TableColumn, show_table
from workbench.ui.text import plain, visible
from workbench.ui.waste import editor, thresholds
from workbench.ui.waste.choice import given_params
from workbench.ui.waste.files import queries_of, scan_exports
from workbench.ui.waste.kept import Asked, Scanned

__all__ = ["draw"]

_OUTCOMES = ("findings", "clean", "cannot run", "failed")


def draw(ctx: PageContext, what: Asked, scanned: Scanned, currency: str) -> None:
    """The tab."""
    basis: Basis = ctx.view.basis.value
    results = sorted(scanned.result.results, key=lambda one: _urgent_first(one, basis, currency))

    def show(found: Sequence[CheckResult]) -> None:
        chosen = (ctx.own_params().get("outcome") or [""])[-1]
        areas = sorted({one.judged.check.facts.area for one in found})
        area = (ctx.own_params().get("area") or [""])[-1]
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            choose_one(ctx, "outcome", "Outcome", {one: one for one in _OUTCOMES}, everything="Any", width=140)
            choose_one(ctx, "area", "Area", dict(zip(areas, areas, strict=True)), everything="All", width=180)
        kept = [
            one
            for one in found
            if (not chosen or one.outcome == chosen) and (not area or one.judged.check.facts.area == area)
        ]
        if not kept:
            st.caption("No check is like this.")
            return
        key = table_key("waste-checks", (chosen, area, currency, basis, what.key))
        position = show_table(
            _table(kept, basis, currency),
            _COLUMNS,
            key=key,
            currency=currency,
            palette=current_palette(),
            alt="Checks",
            selectable=True,
        )
        st.caption(f"{formats.plural(len(kept), 'check')} · select a row, or choose below")
        picked(ctx, "check", key, position, [one.judged.check.id for one in kept])

    block(
        ctx,
        "Checks",
        key="waste-checks",
        load=lambda: results,
        draw=show,
        empty=lambda _: False,
        exports=lambda found: scan_exports(
            ctx,
            scanned.result,
            basis,
            "checks",
            "Checks and how they ended",
            lambda: _table(found, basis, currency),
            queries=lambda: queries_of(scanned.result),
            given=what.choice.given,
        ),
        height=560,
    )
    _chosen(ctx, what, scanned, currency)


def _urgent_first(one: CheckResult, basis: Basis, currency: str) -> tuple[int, Decimal, str]:
    counted = sum((t.deduplicated for t in one.totals if t.basis == basis and t.currency == currency), Decimal(0))
    return ("failed", "findings", "cannot run", "clean").index(one.outcome), -counted, one.judged.check.title


_COLUMNS = (
    TableColumn("title", "Check", width=220),
    TableColumn("area", "Area"),
    TableColumn("outcome", "Outcome"),
    TableColumn("flagged", "Findings", "number"),
    TableColumn("gross", "Saving a month", "money"),
    TableColumn("counted", "Counted once", "money"),
    TableColumn("thresholds", "Thresholds", width=240),
    TableColumn("kind", "Kind"),
    TableColumn("risk", "Risk"),
    TableColumn("why", "Why not", width=260),
    TableColumn("check", "Id"),
)


def _table(results: Sequence[CheckResult], basis: Basis, currency: str) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for one in results:
        check = one.judged.check
        total = next((t for t in one.totals if t.basis == basis and t.currency == currency), None)
        rows.append(
            {
                "check": check.id,
                "title": check.title + (f" (own, version {check.version})" if check.version else ""),
                "area": check.facts.area,
                "outcome": one.outcome,
                "flagged": one.flagged if one.judged.table is not None else None,
                "gross": total.gross if total else None,
                "counted": total.deduplicated if total else None,
                "thresholds": _values(one) or None,
                "kind": check.facts.kind,
                "risk": check.facts.risk,
                "why": one.judged.why or None,
            }
        )
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


_TYPES = {"flagged": pa.int64(), "gross": pa.decimal128(38, 6), "counted": pa.decimal128(38, 6)}
_SCHEMA = pa.schema(
    [
        (name, _TYPES.get(name, pa.string()))
        for name in (
            "check", "title", "area", "outcome", "flagged", "gross", "counted", "thresholds", "kind", "risk", "why",
        )
    ]
)  # fmt: skip


def _values(one: CheckResult) -> str:
    units = {parameter.name: parameter.unit for parameter in one.judged.check.header.parameters}
    return ", ".join(f"{name} {shown(value, units.get(name, ''))}" for name, value in one.judged.values.items())


def _chosen(ctx: PageContext, what: Asked, scanned: Scanned, currency: str) -> None:
    names = {one.id: f"{one.facts.area}: {one.title}" for one in what.checks}
    if not names:
        return
    choose_one(
        ctx, "check", "Check", dict(sorted(names.items(), key=lambda pair: pair[1])), everything="Choose a check",
        width=420,
    )  # fmt: skip
    asked_for = (ctx.own_params().get("check") or [""])[-1]
    if not asked_for:
        editor.draw_retired(ctx, scanned)
        return
    check = what.check(asked_for)
    if check is None:
        st.text(f"There is no check {visible(asked_for)}.")
        return
    result = next(one for one in scanned.result.results if one.judged.check.id == check.id)
    query = result.judged.query
    block(
        ctx,
        plain(check.title),
        key="waste-check",
        load=lambda: check,
        draw=lambda one: _about(ctx, what, one, result),
        empty=lambda _: False,
        queries=lambda _: (query,) if query is not None else (),
        height=420,
    )
    thresholds.draw(ctx, what, scanned, check, currency)
    editor.draw(ctx, scanned, check)


def _about(ctx: PageContext, what: Asked, check: Check, result: CheckResult) -> None:
    facts = check.facts
    st.text(check.header.purpose)
    st.text(f"Rule: {rule_text(check, result.judged.values)}")
    st.text(f"Saving: {facts.saving}")
    words = [
        f"risk {facts.risk}",
        f"effort {facts.effort}",
        f"confidence {facts.confidence}",
        "needs a restart" if facts.restart else "no restart",
        "can be undone" if facts.reversible else "cannot be undone",
        facts.kind,
        facts.provider if facts.provider != "any" else "any provider",
    ]
    st.caption(plain(" · ".join(words), limit=300))
    outcome = f"{result.outcome}: {result.judged.why}" if result.judged.why else result.outcome
    st.text(f"In this scan: {outcome}")
    if result.judged.hint:
        st.text(result.judged.hint)
    if result.counts:
        st.caption(plain(", ".join(f"{formats.count(n)} {verdict}" for verdict, n in sorted(result.counts.items()))))
    if check.header.parameters:
        _parameters(ctx, what, check)
    with st.expander("What to do, source and SQL"):
        for number, step in enumerate(facts.remedy, start=1):
            st.markdown(f"{number}\\. {plain(step, limit=600)}")
        if facts.cli:
            st.caption("As text for a command line, never run by the workbench:")
            st.code(facts.cli, language="bash", wrap_lines=True)
        st.caption(plain(f"Source: {facts.source}", limit=500))
        st.code(check.sql, language="sql", wrap_lines=True)


def _parameters(ctx: PageContext, what: Asked, check: Check) -> None:
    """Values of each preset and in use; others can be tried in the whole scan."""
    own = what.choice.thresholds.get(check.id, {})
    presets = {name: check.preset(name) for name in PRESETS}
    in_use = {**presets[what.choice.preset], **own}
    show_rows(
        ctx,
        [
            {
                "Threshold": one.name,
                "Cautious": presets["cautious"][one.name],
                "Default": presets["default"][one.name],
                "Aggressive": presets["aggressive"][one.name],
                "In use": in_use[one.name],
                "Unit": one.unit or None,
                "Meaning": one.text,
            }
            for one in check.header.parameters
        ],
        alt="Thresholds",
        key="wb-waste-parameters",
    )
    with st.expander("Scan with other thresholds"), st.form(f"wb-waste-own-{check.id}-{hash(what.key)}", border=False):
        typed = {}
        with st.container(horizontal=True, gap="small"):
            for one in check.header.parameters:
                label = plain(f"{one.name} ({one.unit})" if one.unit else one.name)
                typed[one.name] = st.text_input(label, in_use[one.name], help=plain(one.text, limit=300), width=180)
        if st.form_submit_button("Scan"):
            _apply(what, check, typed, presets[what.choice.preset])


def _apply(what: Asked, check: Check, typed: dict[str, str], preset: Any) -> None:
    changed = {name: text.strip() for name, text in typed.items() if text.strip() != preset[name]}
    with calm("Thresholds"):
        parameters(check, what.choice.preset, changed)
        others = tuple(one for one in what.choice.given if one[0] != check.id)
        put(set=given_params((*others, *((check.id, name, text) for name, text in changed.items()))))
        st.rerun()
