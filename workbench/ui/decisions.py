"""The list "Needs a decision": what is wrong with the data and wants somebody, settled on Data health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from workbench import formats
from workbench.costs.provenance import Finding, SourceFile
from workbench.costs.tieout import State, TieOut
from workbench.ui.context import PageContext
from workbench.ui.registry import page_info
from workbench.ui.text import plain

__all__ = ["Decision", "decisions", "draw_decisions"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to decide, settled on Data health."""

    text: str
    icon: str


def decisions(
    files: Sequence[SourceFile],
    findings: Sequence[Finding],
    tie: TieOut,
    *,
    published_at: datetime,
    now: datetime,
    stale_after: timedelta,
) -> tuple[Decision, ...]:
    """What needs a decision, gravest first.

    Args:
        files: every file version, newest first; a refused file counts until a later version of it is loaded.
        findings: data-quality findings of the files in use; only errors count.
        tie: the comparison with expected invoices; months still open do not count.
        published_at: when the snapshot was published, aware UTC.
        now: the present moment, aware UTC.
        stale_after: age at which the data is stale.
    """
    found = []
    newest = {file.path: file for file in reversed(files)}
    refused = [file for file in newest.values() if file.status == "refused"]
    if refused:
        named = f": {refused[-1].path.rpartition('/')[2]}" if len(refused) == 1 else ""
        found.append(Decision(f"{formats.plural(len(refused), 'file')} refused{named}", ":material/block:"))
    states = Counter(month.state for month in tie.to_match)
    for state, words in ((State.DIFFERS, "not matching the invoice"), (State.NOT_ON_BILL, "not on the bill")):
        if states[state]:
            found.append(Decision(f"{formats.plural(states[state], 'month')} {words}", ":material/receipt_long:"))
    if unchecked := states[State.NOT_CHECKED]:
        text = f"{formats.plural(unchecked, 'month')} without an invoice total to check against"
        found.append(Decision(text, ":material/receipt_long:"))
    found += [
        Decision(f"{finding.title} ({formats.plural(finding.rows, 'line')})", ":material/error:")
        for finding in findings
        if finding.severity == "error"
    ]
    if now - published_at > stale_after:
        found.append(Decision(f"The data is {formats.age(now - published_at)} old", ":material/history:"))
    return tuple(found)


def draw_decisions(ctx: PageContext, found: Sequence[Decision], *, limit: int = 8) -> None:
    """Draw the list and the way to the page that settles it."""
    if not found:
        st.caption("Nothing: every file is loaded, every month is matched, the data is fresh.")
        return
    for item in found[:limit]:
        st.markdown(f"{item.icon} {plain(item.text)}")
    if len(found) > limit:
        st.caption(f"and {formats.count(len(found) - limit)} more")
    page = page_info("data_health")
    st.page_link(page.script, label=f"Open {page.title}", icon=page.icon, query_params=ctx.params())
