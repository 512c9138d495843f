"""Does the bill keep the rules of its format, and how much of it is tagged?"""

from __future__ import annotations

import json

import streamlit as st

from workbench import formats
from workbench.costs.provenance import Finding, findings, tag_coverage
from workbench.ui.context import PageContext
from workbench.ui.health.grids import current_palette, show_rows
from workbench.ui.text import plain

__all__ = ["draw"]

_SEVERITIES = {"error": "✗ error", "warning": "! warning", "info": "○ info"}


def draw(ctx: PageContext) -> None:
    """Findings with examples, then tags."""
    found = findings(ctx.engine)
    with st.container(border=True, gap="xsmall", key="wb-block-findings"):
        st.markdown("**Quality findings**")
        st.caption("Rules of FOCUS that rows of the loaded files break. The rows are loaded all the same.")
        if found:
            _table(ctx, found)
            _examples(found)
        else:
            st.caption("None: every rule that applies to these files is kept.")
    _tags(ctx)


def _table(ctx: PageContext, found: tuple[Finding, ...]) -> None:
    palette = current_palette()
    colours = {_SEVERITIES["error"]: palette.alert, _SEVERITIES["warning"]: palette.increase}
    show_rows(
        ctx,
        [
            {
                "Severity": _SEVERITIES.get(one.severity, one.severity),
                "Rule": one.title,
                "Rows": one.rows,
                "Files": one.files,
                "Id": one.rule,
            }
            for one in found
        ],
        alt="Quality findings",
        key="findings-table",
        colours=lambda row: colours.get(str(row["Severity"]), ""),
        coloured="Severity",
    )


def _examples(found: tuple[Finding, ...]) -> None:
    chosen = st.selectbox(
        "Examples of", found, format_func=lambda one: f"{one.title} ({one.rule})", key="finding", width=560
    )
    if chosen is None or not chosen.examples:
        return
    st.text(f"From {chosen.example_path}")
    st.code(
        "\n".join(json.dumps(example, ensure_ascii=False) for example in chosen.examples),
        language=None,
        wrap_lines=True,
    )


def _tags(ctx: PageContext) -> None:
    with st.container(border=True, gap="xsmall", key="wb-block-tags"):
        st.markdown("**Tag coverage**")
        currencies = ctx.snapshot.manifest.currencies
        coverage = [(code, tag) for code in currencies for tag in tag_coverage(ctx.engine, code)]
        st.caption("Share of effective cost, without tax, that carries each promoted tag key.")
        if not coverage:
            st.caption("No tag key is promoted: the bill has no tags, or promotion is switched off.")
            return
        show_rows(
            ctx,
            [
                {
                    "Tag": tag.key,
                    "Currency": code,
                    "Coverage": formats.percent(tag.percent),
                    "Tagged cost": tag.tagged,
                    "Cost": tag.total,
                    "Values": tag.distinct_values,
                }
                for code, tag in coverage
            ],
            alt="Tag coverage",
            key="tags-table",
            money=("Tagged cost", "Cost"),
        )
        lowest = min(coverage, key=lambda pair: pair[1].percent or 0)[1]
        st.caption(f"Lowest: {plain(lowest.key)} with {formats.percent(lowest.percent)}")
