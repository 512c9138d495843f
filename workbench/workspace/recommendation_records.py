"""Frozen values of recommendations: what lists show, what people ask for, what they get back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from workbench.workspace.lifecycle import State, Step

__all__ = [
    "Amount",
    "Choice",
    "Edit",
    "Event",
    "Intent",
    "IntentKind",
    "Order",
    "Page",
    "Preview",
    "Recommendation",
    "RecommendationFilter",
    "Refused",
    "SavedIntent",
]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One possible saving and what was decided about it.

    Args:
        id: its number.
        version: counts decisions and edits from 1; a decision must name the one it was made on.
        account_id: sub-account; empty when unknown.
        resource_id: the resource; empty for a whole account.
        check_id: the check that found it.
        title: one sentence; empty when the check gave none.
        service: as on the bill.
        region: None when it has none.
        resource_type: kind of resource.
        resource_name: its display name.
        currency: of the savings, which are for a month.
        basis: cost basis of the savings.
        saving_low: cautious estimate; None is unknown, not zero.
        saving_expected: likely saving.
        saving_high: at best.
        confidence: 1-100, None when the check gives none.
        risk: safe, low, medium or high.
        effort: of the change.
        first_seen: last day of the data of the first scan that found it.
        last_seen: the same of the newest.
        gone_since: last day of the data of the first scan that no longer found it; None while it is found.
        state: where it stands.
        state_since: day of the step that led there.
        reason: given with that step.
        snoozed_until: first day it is back.
        duplicate_of: number of the one to keep.
        assignee: who takes care; empty for nobody.
        due: until when.
        priority: 1 high, 2 normal, 3 low.
        updated_at: time of the last decision or edit, UTC.
        updated_by: who made it.
        hidden_by: rule that says this is intentional, as of the day of reading.
    """

    id: int
    version: int
    account_id: str
    resource_id: str
    check_id: str
    title: str
    service: str
    region: str | None
    resource_type: str
    resource_name: str
    currency: str
    basis: str
    saving_low: Decimal | None
    saving_expected: Decimal | None
    saving_high: Decimal | None
    confidence: int | None
    risk: str
    effort: str
    first_seen: date
    last_seen: date
    gone_since: date | None
    state: State
    state_since: date
    reason: str
    snoozed_until: date | None
    duplicate_of: int | None
    assignee: str
    due: date | None
    priority: int
    updated_at: datetime
    updated_by: str
    hidden_by: int | None


class Order(StrEnum):
    """What a list begins with."""

    SAVING = "saving"  # largest expected saving; unknown ones last
    PRIORITY = "priority"  # most urgent, then largest saving
    DUE = "due"  # earliest due day; without one last
    NEWEST = "newest"  # found last


@dataclass(frozen=True, slots=True)
class RecommendationFilter:
    """Which recommendations to list; None and empty mean any.

    Args:
        needs_decision: only open, regressed, and snoozed ones whose day has come.
        states: any of these.
        text: words that must all occur in account, resource, check, title, service, region or tags, in any case.
        check_id: one check.
        account_id: one account.
        resource_id: one resource.
        service: one service.
        currency: one currency.
        assignee: one person; the empty text finds those of nobody.
        risk: one risk.
        due_before: due earlier than this day.
        tag: key and value of a tag of the resource, both exactly.
        saving_at_least: expected saving, each in its own currency; leaves out what has no price.
        intentional: False leaves out what a rule hides, True shows nothing else, None shows both.
    """

    needs_decision: bool = False
    states: tuple[State, ...] = ()
    text: str = ""
    check_id: str | None = None
    account_id: str | None = None
    resource_id: str | None = None
    service: str | None = None
    currency: str | None = None
    assignee: str | None = None
    risk: str | None = None
    due_before: date | None = None
    tag: tuple[str, str] | None = None
    saving_at_least: Decimal | None = None
    intentional: bool | None = False


@dataclass(frozen=True, slots=True)
class Amount:
    """Expected savings a month in one currency: how many recommendations, how many of them priced, their exact sum."""

    currency: str
    count: int
    priced: int
    saving: Decimal


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: ``rows`` of ``total``, and the ``amounts`` of all that match."""

    rows: tuple[Recommendation, ...]
    total: int
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A recommendation somebody decides on: ``version`` is the one that was on the screen, None overwrites any."""

    id: int
    version: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """What to change about the work on it; None leaves it as it is, ``no_due`` takes the day away."""

    assignee: str | None = None
    due: date | None = None
    no_due: bool = False
    priority: int | None = None

    def applied(self, assignee: str, due: date | None, priority: int) -> tuple[str, date | None, int]:
        """Assignee, due day and priority after it."""
        return (
            assignee if self.assignee is None else self.assignee,
            None if self.no_due else self.due or due,
            self.priority or priority,
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """A chosen recommendation that a decision cannot be taken for, and why."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would do: to which, in sum, and for which it is not possible."""

    possible: tuple[Recommendation, ...]
    amounts: tuple[Amount, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A step that was taken; ``audit_id`` is its entry in the audit log."""

    at: datetime
    actor: str
    step: Step
    before: State | None
    after: State
    reason: str
    details: Mapping[str, Any]
    scan_id: int | None
    audit_id: int


class IntentKind(StrEnum):
    """What an intentional rule looks at."""

    ACCOUNT = "account"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Intent:
    """A rule: findings like this are on purpose, until ``expires_on`` (the first day it no longer holds).

    Args:
        kind: account or tag.
        value: account id, or tag value.
        reason: why; others will read it.
        expires_on: a day in the future.
        key: tag key; empty for an account.
        check_id: only this check; None for all.
    """

    kind: IntentKind
    value: str
    reason: str
    expires_on: date
    key: str = ""
    check_id: str | None = None


@dataclass(frozen=True, slots=True)
class SavedIntent:
    """A rule as kept; ``hides`` counts the recommendations it holds back now."""

    id: int
    version: int
    intent: Intent
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    hides: int
