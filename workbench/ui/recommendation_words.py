"""States, steps and choices in the words of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from workbench import formats
from workbench.schema.currencies import minor_units
from workbench.workspace import Amount, Order, Recommendation, State, Step

__all__ = [
    "DONE", "KEYS", "ORDERS", "PRIORITIES", "SHORTCUTS", "STEPS",
    "amount_of", "name_of", "state_words", "sums", "until_words",
]  # fmt: skip

STEPS: Mapping[Step, str] = {
    Step.APPROVE: "Approve",
    Step.REJECT: "Reject",
    Step.SNOOZE: "Snooze",
    Step.DUPLICATE: "Duplicate",
    Step.START: "Start",
    Step.APPLY: "Applied",
    Step.VERIFY: "Verified",
    Step.REGRESS: "Regressed",
    Step.REOPEN: "Reopen",
}
"""What a person can do, in the order it is offered."""

SHORTCUTS: Mapping[Step, str] = {Step.APPROVE: "1", Step.DUPLICATE: "2", Step.REJECT: "3", Step.SNOOZE: "H"}

KEYS: Mapping[str, str] = {
    "1": "approve",
    "2": "duplicate of another",
    "3": "reject, with a reason",
    "H": "snooze until a day, with a reason",
    "Ctrl+Enter": "take the step that is chosen",
    "J": "next in the queue",
    "K": "previous in the queue",
}
"""Keys of one recommendation that is open → what they do."""

DONE: Mapping[Step, str] = {
    Step.APPROVE: "approved",
    Step.REJECT: "rejected",
    Step.SNOOZE: "snoozed",
    Step.DUPLICATE: "marked as duplicates",
    Step.START: "started",
    Step.APPLY: "marked as applied",
    Step.VERIFY: "verified",
    Step.REGRESS: "marked as regressed",
    Step.REOPEN: "reopened",
    Step.EDIT: "planned",
    Step.FIND: "found",
    Step.FIND_AGAIN: "found again",
    Step.EXPIRE: "expired",
    Step.WAKE: "back from a snooze",
}

ORDERS: Mapping[Order, str] = {
    Order.SAVING: "Largest saving",
    Order.PRIORITY: "Most urgent",
    Order.DUE: "Due first",
    Order.NEWEST: "Found last",
}

PRIORITIES: Mapping[int, str] = {1: "High", 2: "Normal", 3: "Low"}


def state_words(state: State) -> str:
    """``in progress``."""
    return state.replace("_", " ")


def until_words(row: Recommendation) -> str:
    """The state with what belongs to it: ``snoozed until 2026-12-01``, ``duplicate of 12``."""
    words = state_words(row.state)
    if row.snoozed_until is not None:
        words += f" until {formats.iso_date(row.snoozed_until)}"
    if row.duplicate_of is not None:
        words += f" of {row.duplicate_of}"
    return f"{words} (intentional)" if row.hidden_by is not None else words


def name_of(row: Recommendation) -> str:
    """What its resource is called; the account where it has none."""
    return row.resource_name or row.resource_id or row.account_id


def amount_of(saving: Decimal | None, currency: str) -> str:
    """A saving to the cent, a dash when it is not known."""
    if saving is None:
        return formats.MISSING
    return formats.money(saving, currency, decimals=minor_units(currency) if currency else 2)


def sums(amounts: Iterable[Amount]) -> str:
    """``$310.10 a month, €5.00 a month``; empty when nothing has a price."""
    return ", ".join(f"{amount_of(one.saving, one.currency)} a month" for one in amounts if one.priced)
