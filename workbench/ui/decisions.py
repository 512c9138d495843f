"""The list "Needs a decision": budgets that are over, savings nobody decided on, and what is wrong with the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from workbench import formats
from workbench.costs.budgets import BudgetReading
from workbench.costs.provenance import Finding, SourceFile
from workbench.costs.tieout import State, TieOut
from workbench.ui.budgets.words import budget_label
from workbench.ui.context import PageContext
from workbench.ui.registry import page_info
from workbench.ui.text import plain
from workbench.workspace.budgets import BudgetState

__all__ = ["Decision", "decisions", "draw_decisions"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to decide, and the page on which it is settled."""

    text: str
    icon: str
    page: str = "data_health"


def decisions(
    files: Sequence[SourceFile],
    findings: Sequence[Finding],
    tie: TieOut,
    *,
    published_at: datetime,
    now: datetime,
    stale_after: timedelta,
    budgets: Sequence[BudgetReading] = (),
    waiting: int = 0,
) -> tuple[Decision, ...]:
    """What needs a decision, gravest first.

    Args:
        files: every file version, newest first; a refused file counts until a later version of it is loaded.
        findings: data-quality findings of the files in use; only errors count.
        tie: the comparison with expected invoices; months still open do not count.
        published_at: when the snapshot was published, aware UTC.
        now: the present moment, aware UTC.
        stale_after: age at which the data is stale.
        budgets: those whose period is not over, as they stand.
        waiting: recommendations that need a decision.
    """
    found = _of_budgets(budgets)
    if waiting:
        text = f"{formats.plural(waiting, 'recommendation')} to decide on"
        found.append(Decision(text, ":material/checklist:", "recommendations"))
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


def _of_budgets(budgets: Sequence[BudgetReading]) -> list[Decision]:
    found = []
    for state, words in ((BudgetState.OVER, "over"), (BudgetState.AHEAD, "ahead of plan")):
        those = [one for one in budgets if one.status is not None and one.status.state is state]
        if those:
            named = f": {budget_label(those[0].saved.budget)}" if len(those) == 1 else ""
            text = f"{formats.plural(len(those), 'budget')} {words}{named}"
            found.append(Decision(text, ":material/savings:", "budgets"))
    return found


def draw_decisions(ctx: PageContext, found: Sequence[Decision], *, limit: int = 8) -> None:
    """Draw the list and the way to the page that settles it."""
    if not found:
        st.caption(
            "Nothing: budgets are within plan, no recommendation waits, every month is matched, the data is fresh."
        )
        return
    for item in found[:limit]:
        st.markdown(f"{item.icon} {plain(item.text)}")
    if len(found) > limit:
        st.caption(f"and {formats.count(len(found) - limit)} more")
    for key in dict.fromkeys(item.page for item in found):
        page = page_info(key)
        st.page_link(page.script, label=f"Open {page.title}", icon=page.icon, query_params=ctx.params())
