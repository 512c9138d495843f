"""What the address says about the scan and the table of findings. No Streamlit here.

==============================  ============================================================
``preset=aggressive``           thresholds
``account=0123``                only these accounts; repeated
``asof=2026-10-31``             look back from this day
``set=ec2_idle.max_cpu=3``      another threshold than the preset's; repeated
``only.service=Amazon EC2``     what the table shows: ``q``, ``account``, ``service``, ``check``, ``risk``, ``effort``,
                                ``kind``, ``tag``, ``min``, ``excluded``
``finding``, ``check``          what is opened below the tables
``resource``, ``in``            the resource asked about, and its account
``before``, ``after``           numbers of the scans that are compared
``part``                        the tab
==============================  ============================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from workbench.checks.header import PRESETS, Preset
from workbench.checks.registry import Check
from workbench.checks.run import parameters
from workbench.errors import WorkbenchError

__all__ = ["DEFAULT_MINIMUM", "Choice", "Given", "Wanted", "given_params", "read_choice", "read_wanted"]

Given = tuple[tuple[str, str, str], ...]
"""Check, parameter and text of each threshold that differs from the preset."""

Params = Mapping[str, Sequence[str]]

DEFAULT_MINIMUM = Decimal(1)
"""Savings below it, a month, are not listed unless asked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which scan is shown; ``notices`` say what of the address could not be used."""

    preset: Preset = "default"
    accounts: tuple[str, ...] = ()
    as_of: date | None = None
    given: Given = ()
    notices: tuple[str, ...] = ()

    @property
    def thresholds(self) -> dict[str, dict[str, str]]:
        """Check → parameter → text."""
        sorted_out: dict[str, dict[str, str]] = {}
        for check, name, text in self.given:
            sorted_out.setdefault(check, {})[name] = text
        return sorted_out


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings the table shows; None and empty: all.

    Attributes:
        search: part of a name, id, check, account or tag.
        account: number of an account.
        service: as in :func:`workbench.ui.waste.sums.service_of`.
        check: id of a check.
        risk, effort, kind: as the header of a check says.
        tag: ``key=value``, or ``key`` alone for any value.
        minimum: a month; only savings and reviews with an amount can be below it.
        excluded: whether what policy excludes is shown, too.
    """

    search: str = ""
    account: str | None = None
    service: str | None = None
    check: str | None = None
    risk: str | None = None
    effort: str | None = None
    kind: str | None = None
    tag: str = ""
    minimum: Decimal = DEFAULT_MINIMUM
    excluded: bool = False


def read_choice(params: Params, checks: Iterable[Check]) -> Choice:
    """Read the scan from the address; never raises: what is not usable is left out and said."""
    notices: list[str] = []
    preset: Preset = "default"
    if asked := _last(params, "preset"):
        known = next((one for one in PRESETS if one == asked), None)
        if known is None:
            notices.append(f"There is no preset {asked}; the default is used")
        preset = known or preset
    day = None
    if asked := _last(params, "asof"):
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            notices.append(f"“{asked}” is not a day such as 2026-10-31")
    accounts = tuple(sorted(dict.fromkeys(one for one in params.get("account", ()) if one)))
    given = _given(params.get("set", ()), {check.id: check for check in checks}, preset, notices)
    return Choice(preset, accounts, day, given, tuple(notices))


def read_wanted(params: Params) -> Wanted:
    """Read the filters of the table; a minimum that is no number is the default one."""
    try:
        minimum = Decimal(_last(params, "only.min") or DEFAULT_MINIMUM)
    except InvalidOperation:
        minimum = DEFAULT_MINIMUM
    return Wanted(
        search=_last(params, "only.q"),
        account=_last(params, "only.account") or None,
        service=_last(params, "only.service") or None,
        check=_last(params, "only.check") or None,
        risk=_last(params, "only.risk") or None,
        effort=_last(params, "only.effort") or None,
        kind=_last(params, "only.kind") or None,
        tag=_last(params, "only.tag"),
        minimum=minimum if minimum.is_finite() else DEFAULT_MINIMUM,
        excluded=_last(params, "only.excluded") == "yes",
    )


def given_params(given: Given) -> list[str]:
    """Thresholds as the parameter ``set`` holds them."""
    return [f"{check}.{name}={text}" for check, name, text in given]


def _given(texts: Sequence[str], checks: Mapping[str, Check], preset: Preset, notices: list[str]) -> Given:
    found: dict[tuple[str, str], str] = {}
    for text in texts:
        place, sign, value = text.partition("=")
        check, dot, name = place.strip().partition(".")
        if not sign or not dot or check not in checks:
            notices.append(f"“{text}” in the address is no threshold of a check and was ignored")
            continue
        try:
            parameters(checks[check], preset, {name: value})
        except WorkbenchError as error:
            notices.append(f"{check}.{name} was ignored: {error.title}")
            continue
        found[check, name] = value
    return tuple(sorted((check, name, value) for (check, name), value in found.items()))


def _last(params: Params, key: str) -> str:
    values = params.get(key) or [""]
    return values[-1]
