"""The rows a queue shows and the sums of all that match. Pure: the workspace answers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from workbench.ui.recommendations.wanted import Wanted
from workbench.workspace import Amount, Page, Recommendation, Workspace

__all__ = ["MOST", "ROWS", "added_up", "listed", "matching"]

MOST = 2_000
"""How many one decision can be taken on."""

ROWS = 50
"""Rows of one page."""


def listed(workspace: Workspace, wanted: Wanted, *, limit: int) -> Page:
    """The page ``wanted.page`` of what matches, with the sums of all of it."""
    offset = (wanted.page - 1) * limit
    if wanted.impossible:
        return Page((), 0, ())
    return workspace.recommendations.list(wanted.filter, order=wanted.order, limit=limit, offset=offset)


def matching(workspace: Workspace, wanted: Wanted, *, most: int) -> tuple[Recommendation, ...]:
    """Everything that matches, at most ``most``."""
    if wanted.impossible:
        return ()
    return workspace.recommendations.list(wanted.filter, order=wanted.order, limit=most).rows


def added_up(rows: Sequence[Recommendation]) -> tuple[Amount, ...]:
    """Sums by currency."""
    found = []
    for currency in sorted({row.currency for row in rows}):
        own = [row.saving_expected for row in rows if row.currency == currency]
        priced = [saving for saving in own if saving is not None]
        found.append(Amount(currency, len(own), len(priced), sum(priced, Decimal(0))))
    return tuple(found)
