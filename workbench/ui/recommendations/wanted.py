"""What the address of the queue asks for. Pure.

``waiting=yes|no`` (default: yes, unless states are named) · repeated ``state=`` · ``q=`` words · ``check=`` ·
``account=`` · ``resource=`` its id · ``who=`` a person, ``-`` for nobody · ``tag=key=value`` exactly ·
``min=`` saving a month · ``intentional=yes|only`` · ``order=`` · ``page=`` from 1. A value that is not known matches
nothing and is said; it never widens what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbench.ui.recommendation_words import state_words
from workbench.workspace import Order, RecommendationFilter, State

__all__ = ["NOBODY", "PARAMS", "Wanted", "read_wanted"]

NOBODY = "-"
"""Stands for no assignee in the address."""

PARAMS = ("waiting", "state", "q", "check", "account", "resource", "who", "tag", "min", "intentional", "order", "page")

_INTENTIONAL: Mapping[str, bool | None] = {"": False, "yes": None, "only": True}
_MAX_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which recommendations, in which order, which page of them.

    Attributes:
        waiting: only those that need a decision.
        states: any of these; none: any.
        text: words to find.
        check_id: of one check; empty for any.
        account_id: of one account; empty for any.
        resource_id: of one resource; empty for any.
        assignee: of one person, :data:`NOBODY`, or empty for any.
        tag: key and value of the resource; None for any.
        minimum: saving a month, in the currency of each; None leaves those without a price in.
        intentional: as in ``RecommendationFilter``.
        order: what the list begins with.
        page: from 1.
        impossible: a value of the address matches nothing at all.
        notices: what in the address could not be used.
    """

    waiting: bool = True
    states: tuple[State, ...] = ()
    text: str = ""
    check_id: str = ""
    account_id: str = ""
    resource_id: str = ""
    assignee: str = ""
    tag: tuple[str, str] | None = None
    minimum: Decimal | None = None
    intentional: bool | None = False
    order: Order = Order.SAVING
    page: int = 1
    impossible: bool = False
    notices: tuple[str, ...] = ()

    @property
    def filter(self) -> RecommendationFilter:
        """For the library."""
        return RecommendationFilter(
            needs_decision=self.waiting,
            states=self.states,
            text=self.text,
            check_id=self.check_id or None,
            account_id=self.account_id or None,
            resource_id=self.resource_id or None,
            assignee=None if not self.assignee else "" if self.assignee == NOBODY else self.assignee,
            tag=self.tag,
            saving_at_least=self.minimum,
            intentional=self.intentional,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the usual queue is asked for."""
        usual = Wanted(order=self.order, page=self.page, notices=self.notices)
        return self != usual

    def in_words(self) -> tuple[str, ...]:
        """One text a filter, for the files exported."""
        found = ["needs a decision"] if self.waiting else []
        if self.states:
            found.append("state = " + " or ".join(state_words(one) for one in self.states))
        named = {
            "words": self.text,
            "check": self.check_id,
            "account": self.account_id,
            "resource": self.resource_id,
            "assignee": "nobody" if self.assignee == NOBODY else self.assignee,
            "tag": "=".join(self.tag or ()),
        }
        found += [f"{name} = {value}" for name, value in named.items() if value]
        if self.minimum is not None:
            found.append(f"saving a month at least {self.minimum:f}")
        told = {
            True: "only what is intentional",
            None: "also what is intentional",
            False: "without what is intentional",
        }
        return (*found, told[self.intentional])


def read_wanted(params: Mapping[str, Sequence[str]]) -> Wanted:
    """Read the parameters of the address."""
    notices: list[str] = []
    impossible = False

    def one(name: str) -> str:
        return (params.get(name) or [""])[-1].strip()

    def unknown(name: str, value: str) -> None:
        notices.append(f"“{name}={value}” in the address is not known: it matches nothing")

    states, asked = [], [text for text in params.get("state", ()) if text.strip()]
    for text in asked:
        try:
            states.append(State(text.strip()))
        except ValueError:
            unknown("state", text)
    impossible = bool(asked) and not states
    waiting = one("waiting")
    if waiting not in ("", "yes", "no"):
        unknown("waiting", waiting)
        impossible = True
    intentional = one("intentional")
    if intentional not in _INTENTIONAL:
        unknown("intentional", intentional)
        impossible = True
    minimum = _amount(one("min"))
    if one("min") and minimum is None:
        unknown("min", one("min"))
        impossible = True
    tag = _tag(one("tag"))
    if one("tag") and tag is None:
        notices.append(f"“tag={one('tag')}” in the address is no key=value: it matches nothing")
        impossible = True
    return Wanted(
        waiting=waiting == "yes" or (not waiting and not asked),
        states=tuple(dict.fromkeys(states)),
        text=one("q"),
        check_id=one("check"),
        account_id=one("account"),
        resource_id=one("resource"),
        assignee=one("who"),
        tag=tag,
        minimum=minimum,
        intentional=_INTENTIONAL.get(intentional, False),
        order=_order(one("order"), notices),
        page=_page(one("page"), notices),
        impossible=impossible,
        notices=tuple(notices),
    )


def _tag(text: str) -> tuple[str, str] | None:
    """The key ends at the first equals sign; the value may be empty."""
    key, equals, value = text.partition("=")
    return (key.strip(), value.strip()) if key.strip() and equals else None


def _amount(text: str) -> Decimal | None:
    """Written with digits alone: an exponent could stand for more of them than there is room for."""
    return Decimal(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,12})?", text) else None


def _order(text: str, notices: list[str]) -> Order:
    try:
        return Order(text) if text else Order.SAVING
    except ValueError:
        notices.append(f"“order={text}” in the address is not known: the largest saving is first")
        return Order.SAVING


def _page(text: str, notices: list[str]) -> int:
    if not text:
        return 1
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MAX_PAGE:
        return int(text[:9])
    notices.append(f"“page={text}” in the address is no page: the first one is shown")
    return 1
