"""What the address says of the run, the table and the what-if. No Streamlit here.

==============================  ============================================================
``preset=max_savings``          how much room a target must leave
``lookback=14``                 days of metrics and of the bill
``kind=instances``              only these kinds; repeated
``account=0123``                only these accounts; repeated
``arm=yes``, ``burst=no``       offer arm64; offer no burstable sizes
``facing=yes``                  user-facing limits, too
``min=20``, ``risk=1``          least saving a month and highest risk that count
``asof=2026-10-31``             look back from this day
``only.finding=under``          what the table shows (a group of findings, or ``all``); ``only.q``: text;
                                ``only.small=yes``: also what is small, risky or unsure
``resource``                    kind, account and id of the one that is open
``try.type=m6i.large``          size tried on it; ``try.preset``, ``try.cpu`` and ``try.mem`` (headroom in percent) and
                                ``try.days`` change what is asked of it
==============================  ============================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.rightsizing.policy import PRESETS
from workbench.rightsizing import KINDS, Options
from workbench.rightsizing.options import LONGEST_LOOKBACK
from workbench.ui.rightsizing.words import GROUPS

__all__ = ["LIMITS", "Choice", "Tried", "Wanted", "name_of", "number_text", "read_choice", "read_tried", "read_wanted"]

Params = Mapping[str, Sequence[str]]

LIMITS: Mapping[str, tuple[float, float]] = {
    "lookback": (2, LONGEST_LOOKBACK), "min": (0.0, 1_000_000.0), "risk": (0.0, 4.0), "try.cpu": (0.0, 90.0),
    "try.mem": (0.0, 90.0), "try.days": (2, LONGEST_LOOKBACK),
}  # fmt: skip
"""Parameter → least and highest number."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which run is shown; ``notices`` say what of the address could not be used."""

    options: Options
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which advice the table shows.

    Attributes:
        group: of findings, see ``words.GROUPS``; ``all``: every one.
        search: part of name, id, account, size or kind.
        small: whether what is small, risky or unsure is shown, too.
    """

    group: str = "over"
    search: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """A what-if: the size, and under which options."""

    instance_type: str
    options: Options
    notices: tuple[str, ...] = ()


def read_choice(params: Params) -> Choice:
    """Read the run from the address; never raises: what is not usable is left out and said."""
    notices: list[str] = []
    plain = Options()
    day = None
    if asked := _last(params, "asof"):
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            notices.append(f"“{asked}” is not a day such as 2026-10-31")
    kinds = tuple(dict.fromkeys(one for one in params.get("kind", ()) if one))
    notices += [f"There is no kind {one}; it was ignored" for one in kinds if one not in KINDS]
    options = Options(
        preset=_preset(params, "preset", plain.preset, notices),
        lookback_days=round(_number(params, "lookback", plain.lookback_days, notices)),
        kinds=tuple(one for one in KINDS if one in kinds),
        accounts=tuple(sorted(dict.fromkeys(one for one in params.get("account", ()) if one))),
        allow_arm=_last(params, "arm") == "yes",
        allow_burstable=_last(params, "burst") != "no",
        user_facing=_last(params, "facing") == "yes",
        min_saving=_number(params, "min", plain.min_saving, notices),
        max_risk=_number(params, "risk", plain.max_risk, notices),
        as_of=day,
    )
    return Choice(options, tuple(notices))


def read_wanted(params: Params) -> Wanted:
    """Read what the table shows; an unknown group is the first."""
    group = _last(params, "only.finding")
    return Wanted(
        group if group in GROUPS or group == "all" else "over",
        _last(params, "only.q").strip(),
        _last(params, "only.small") == "yes",
    )


def read_tried(params: Params, options: Options) -> Tried | None:
    """Read the what-if; None: no size is named."""
    instance_type = _last(params, "try.type").strip()
    if not instance_type:
        return None
    notices: list[str] = []
    tried = replace(
        options,
        preset=_preset(params, "try.preset", options.preset, notices),
        lookback_days=round(_number(params, "try.days", options.lookback_days, notices)),
        cpu_headroom=_share(params, "try.cpu", notices),
        memory_headroom=_share(params, "try.mem", notices),
    )
    return Tried(instance_type, tried, tuple(notices))


def name_of(kind: str, account: str, resource_id: str) -> str:
    """How the address calls a resource."""
    return f"{kind}/{account}/{resource_id}"


def number_text(value: float) -> str:
    """A number as the address holds it."""
    return f"{value:g}"


def _preset(params: Params, param: str, default: str, notices: list[str]) -> str:
    asked = _last(params, param) or default
    if asked in PRESETS:
        return asked
    notices.append(f"There is no preset {asked}; {default} is used")
    return default


def _share(params: Params, param: str, notices: list[str]) -> float | None:
    percent = _number(params, param, -1.0, notices)
    return None if percent < 0 else percent / 100.0


def _number(params: Params, param: str, default: float, notices: list[str]) -> float:
    text = _last(params, param)
    if not text:
        return default
    low, high = LIMITS[param]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if low <= value <= high:
        return value
    notices.append(f"{param}={text} is not a number from {low:g} to {high:g}; it was ignored")
    return default


def _last(params: Params, key: str) -> str:
    values = params.get(key) or [""]
    return values[-1]
