"""CPU credits of burstable machines: would this load be throttled, and what would surplus credits cost?

One credit is one vCPU for one minute at 100 %. A machine earns ``baseline x vCPU`` credits a minute, up to a day's
worth; a load above the baseline spends them. When they are gone, credit mode ``standard`` throttles and ``unlimited``
borrows: what is borrowed beyond a day's earnings, and what is still owed at the end, is charged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CreditOutcome", "break_even_percent", "credits_suffice", "simulate_credits"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CreditOutcome:
    """What a load does to the credits of one machine.

    Attributes:
        throttled_share: share of the steps in which a ``standard`` machine would be throttled, 0-1.
        charged_credits: surplus credits charged to an ``unlimited`` machine in the window.
        balance: credits left at the end.
    """

    throttled_share: float
    charged_credits: float
    balance: float

    def surplus_cost(self, price_per_vcpu_hour: float) -> float:
        """Charge for the surplus in the window, in the price's currency."""
        return self.charged_credits / 60.0 * price_per_vcpu_hour


def simulate_credits(
    cpu_percent: Floats, *, vcpu: float, baseline_percent: float, step_minutes: float, unlimited: bool
) -> CreditOutcome:
    """Run the balance over a window; it begins half full, because the past is not known.

    Args:
        cpu_percent: utilisation of all processors in each step, 0-100, in order of time, without gaps.
        vcpu: processors of the machine.
        baseline_percent: share of a processor that may be used without spending credits, 0-100.
        step_minutes: length of a step.
        unlimited: credit mode ``unlimited`` instead of ``standard``.

    Raises:
        ValueError: a sample is not a number; fill or cut gaps before.
    """
    if np.isnan(cpu_percent).any():
        raise ValueError("The window has gaps: cut or fill them before")
    earned = baseline_percent / 100.0 * vcpu * step_minutes
    spent = cpu_percent / 100.0 * vcpu * step_minutes
    cap = 24.0 * 60.0 * baseline_percent / 100.0 * vcpu
    balance, surplus, charged, throttled = cap / 2.0, 0.0, 0.0, 0
    # The balance of a step depends on the one before, so this is a loop; nets are floats, not numpy scalars, for speed.
    for net in (earned - spent).tolist():
        if net >= 0.0:
            repaid = min(surplus, net)
            surplus -= repaid
            balance = min(cap, balance + net - repaid)
            continue
        need = -net
        used = min(balance, need)
        balance -= used
        need -= used
        if need <= 1e-12:
            continue
        if not unlimited:
            throttled += 1
            continue
        surplus += need
        if surplus > cap:
            charged += surplus - cap
            surplus = cap
    steps = len(cpu_percent)
    return CreditOutcome(throttled / steps if steps else 0.0, charged + surplus, balance)


def credits_suffice(cpu_percent: Floats, *, vcpu: float, baseline_percent: float, step_minutes: float) -> bool:
    """Whether the balance never runs out: nothing throttled, nothing charged. Much faster than the simulation.

    As long as it has not run out, the balance is a running sum held below the cap, which has a closed form: the sum so
    far plus the smaller of the first balance and what the cap leaves at the highest point so far.

    Args:
        cpu_percent, vcpu, baseline_percent, step_minutes: as in :func:`simulate_credits`.
    """
    if len(cpu_percent) == 0 or float(cpu_percent.max()) <= baseline_percent:
        return True
    cap = 24.0 * 60.0 * baseline_percent / 100.0 * vcpu
    total = np.cumsum((baseline_percent - cpu_percent) / 100.0 * vcpu * step_minutes)
    balance = total + np.minimum(cap / 2.0, cap - np.maximum.accumulate(total))
    return bool(balance.min() >= -1e-9)


def break_even_percent(
    *, baseline_percent: float, vcpu: float, price: float, fixed_price: float, surplus_price: float
) -> float:
    """Mean utilisation (percent) above which a fixed machine is cheaper than an unlimited burstable one.

    Args:
        baseline_percent: of the burstable machine.
        vcpu: of the burstable machine.
        price: of the burstable machine, an hour.
        fixed_price: of the machine without credits, an hour.
        surplus_price: of a vCPU-hour of surplus credits.
    """
    return baseline_percent + 100.0 * (fixed_price - price) / (surplus_price * vcpu)
