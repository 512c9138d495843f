"""The rows a queue shows and the sums of all that match. Pure: the workspace answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from workbench.ui.recommendations.wanted import Wanted
from workbench.workspace import Amount, Order, Page, Recommendation, Workspace

__all__ = ["MOST", "ROWS", "added_up", "listed", "matching"]

MOST = 2_000
"""How many one decision can be taken on."""

ROWS = 50
"""Rows of one page."""

_FIRST = 1_000


def listed(workspace: Workspace, wanted: Wanted, *, limit: int) -> Page:
    """The page ``wanted.page`` of what matches, with the sums of all of it."""
    offset = (wanted.page - 1) * limit
    if wanted.impossible:
        return Page((), 0, ())
    desk = workspace.recommendations
    if wanted.minimum is None:
        return desk.list(wanted.filter, order=wanted.order, limit=limit, offset=offset)
    rows = _at_least(workspace, wanted, wanted.minimum)
    return Page(tuple(rows[offset : offset + limit]), len(rows), added_up(rows))


def matching(workspace: Workspace, wanted: Wanted, *, most: int) -> tuple[Recommendation, ...]:
    """Everything that matches, at most ``most``."""
    if wanted.impossible:
        return ()
    if wanted.minimum is None:
        return workspace.recommendations.list(wanted.filter, order=wanted.order, limit=most).rows
    return tuple(_at_least(workspace, wanted, wanted.minimum)[:most])


def added_up(rows: Sequence[Recommendation]) -> tuple[Amount, ...]:
    """Sums by currency."""
    found = []
    for currency in sorted({row.currency for row in rows}):
        own = [row.saving_expected for row in rows if row.currency == currency]
        priced = [saving for saving in own if saving is not None]
        found.append(Amount(currency, len(own), len(priced), sum(priced, Decimal(0))))
    return tuple(found)


def _at_least(workspace: Workspace, wanted: Wanted, minimum: Decimal) -> list[Recommendation]:
    """Those whose saving is known and large enough: the beginning of the list by saving."""
    many = _FIRST
    while True:
        page = workspace.recommendations.list(wanted.filter, order=Order.SAVING, limit=many)
        found = [row for row in page.rows if row.saving_expected is not None and row.saving_expected >= minimum]
        if len(found) < len(page.rows) or len(page.rows) >= page.total:
            break
        many *= 10
    if wanted.order is Order.PRIORITY:
        found.sort(key=lambda row: row.priority)
    elif wanted.order is Order.DUE:
        found.sort(key=lambda row: row.due or date.max)
    elif wanted.order is Order.NEWEST:
        found.sort(key=lambda row: row.first_seen, reverse=True)
    return found
