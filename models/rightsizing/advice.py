"""The answer about a resource that is not a machine: what to change it to, and what that saves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Advice"]

Target = TypeVar("Target")


@dataclass(frozen=True, slots=True)
class Advice(Generic[Target]):
    """What is said about one resource.

    Attributes:
        outcome: ``change``, ``grow`` (too small now), ``keep``, ``test`` (a trial must tell), ``cannot_tell`` (inputs
            are missing), ``not_applicable`` or ``price_missing``.
        reason: why, for the reader.
        target: what it should become; None where nothing is proposed.
        saving: a month, before minus after, in the currency of the prices given; negative when it costs more; None:
            cannot be told, or nothing is proposed.
        notes: what was not looked at, and what to mind.
    """

    outcome: str
    reason: str
    target: Target | None = None
    saving: float | None = None
    notes: tuple[str, ...] = ()
