"""What is to be simulated, checked before anything is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from workbench.errors import BadSetting
from workbench.simulate.ground import Span

__all__ = ["SimulationPlan", "demo_plan"]

_LIMITS = {"accounts": (1, 2000), "days": (8, 1500), "scale": (0.05, 20), "metric_days": (0, 400)}
_INTERVALS = (3600, 300)


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """A company of ``accounts`` accounts on the ``days`` days up to ``last_day`` (UTC, inclusive).

    ``scale`` multiplies the resources of each account. ``metric_days``: last days with hourly series.
    ``interval_seconds``: 3600, or 300 for five-minute series. The same plan always gives the same estate, and a plan
    with a later last day and the same first day repeats the past.
    """

    last_day: date
    seed: int = 7
    accounts: int = 12
    days: int = 120
    scale: float = 1.0
    metric_days: int = 14
    interval_seconds: int = 3600

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated; raises ``BadSetting``."""
        for name, (low, high) in _LIMITS.items():
            if not low <= getattr(self, name) <= high:
                raise BadSetting(
                    f"{name.replace('_', ' ')} is {getattr(self, name)}, outside {low} to {high}",
                    hint=f"Give a number from {low} to {high}",
                )
        if self.interval_seconds not in _INTERVALS:
            raise BadSetting(f"An interval of {self.interval_seconds} s is not offered", hint="Use 1h or 5m")

    @property
    def first_day(self) -> date:
        """The first day with charges."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def span(self) -> Span:
        """The seed and the days."""
        return Span(self.seed, self.first_day, self.last_day)

    def advanced(self, days: int) -> SimulationPlan:
        """The same estate ``days`` days later, with the same first day."""
        return replace(self, last_day=self.last_day + timedelta(days=days), days=self.days + days)


def demo_plan(last_day: date) -> SimulationPlan:
    """The company to look around in: small, with the month of ``last_day`` and the three before it."""
    months = last_day.year * 12 + last_day.month - 1 - 3
    first_day = date(months // 12, months % 12 + 1, 1)
    return SimulationPlan(last_day, days=(last_day - first_day).days + 1, scale=0.8)
