"""CPU credits and risk, against published break-even points and hand arithmetic."""

import numpy as np
import pytest

from models.rightsizing.credits import break_even_percent, simulate_credits
from models.rightsizing.risk import dimension_risk, overall_risk

FIVE_MINUTES_A_DAY = 288


def two_weeks(day: list[float]) -> np.ndarray:
    return np.array(day * 14)


def flat(percent: float) -> np.ndarray:
    return two_weeks([percent] * FIVE_MINUTES_A_DAY)


def burst(hours: int, percent: float, rest: float = 5.0) -> np.ndarray:
    return two_weeks([percent] * (12 * hours) + [rest] * (FIVE_MINUTES_A_DAY - 12 * hours))


def on_t3_large(load, *, unlimited=True):
    return simulate_credits(load, vcpu=2, baseline_percent=30, step_minutes=5, unlimited=unlimited)


def test_a_load_below_the_baseline_fills_the_balance():
    outcome = on_t3_large(flat(20))
    assert (outcome.charged_credits, outcome.throttled_share, outcome.balance) == (0.0, 0.0, 864.0)


def test_unlimited_charges_what_a_steady_load_needs_above_the_baseline():
    outcome = on_t3_large(flat(45))
    # 15 % of 2 vCPU over 14 days is 6,048 credits; the balance of 432 pays the first.
    assert outcome.charged_credits == pytest.approx(6048 - 432)
    assert outcome.surplus_cost(0.05) == pytest.approx(4.68)


def test_standard_is_throttled_once_the_balance_is_gone():
    outcome = on_t3_large(flat(45), unlimited=False)
    # 432 credits last 432 / (0.15 x 2 x 5) = 288 steps of 4,032.
    assert outcome.throttled_share == pytest.approx(1 - 288 / 4032)
    assert outcome.charged_credits == 0.0


@pytest.mark.parametrize(("load", "balance"), [(burst(2, 100), 864.0), (burst(8, 80), 432.0)])
def test_bursts_that_the_day_pays_for_cost_nothing(load, balance):
    outcome = on_t3_large(load)
    assert outcome.charged_credits == 0.0
    # The day ends after the quiet hours.
    assert outcome.balance == pytest.approx(balance)


def test_owed_credits_are_paid_back_before_the_balance_grows():
    # One hour at 100 % needs 120 - 36 = 84; from a balance of zero (spent by the first day at 60 %) they are borrowed.
    load = np.concatenate([np.full(288, 60.0), np.zeros(288 * 13)])
    outcome = on_t3_large(load)
    assert outcome.charged_credits == 0.0
    assert outcome.balance == 864.0


def test_a_gap_is_refused():
    with pytest.raises(ValueError, match="gaps"):
        on_t3_large(np.array([10.0, np.nan]))


@pytest.mark.parametrize(
    ("vcpu", "baseline", "price", "fixed", "expected"),
    [
        (2, 30, 0.0835, 0.096, 42.5),
        (4, 40, 0.167, 0.192, 52.5),
        (8, 40, 0.334, 0.384, 52.5),
        (2, 30, 0.0832, 0.096, 42.8),
    ],
)
def test_break_even_is_as_published(vcpu, baseline, price, fixed, expected):
    assert break_even_percent(
        baseline_percent=baseline, vcpu=vcpu, price=price, fixed_price=fixed, surplus_price=0.05
    ) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("projected", "headroom", "exceeding", "risk"),
    [
        (0.4, 0.2, 0.0, 0.5),  # half of what may be used
        (0.8, 0.2, 0.0, 1.0),  # exactly the headroom left
        (0.9, 0.2, 0.0, 2.0),  # half the headroom used
        (1.0, 0.2, 0.0, 3.0),
        (1.25, 0.2, 0.0, 4.0),
        (3.0, 0.2, 0.0, 4.0),
        (0.4, 0.2, 0.002, 1.0),  # more than 0.1 % of samples do not fit: half a point
        (0.4, 0.2, 0.006, 1.5),  # more than 0.5 %: one point, above the floor of 1.1
        (0.04, 0.2, 0.006, 1.1),  # the floor
        (0.1, 0.2, 0.03, 3.0),  # 3 % of samples would saturate, whatever the percentile says
        (0.475, 0.0, 0.0, 0.5),  # no headroom asked is treated as 5 %
    ],
)
def test_risk_of_a_dimension(projected, headroom, exceeding, risk):
    assert dimension_risk(projected, headroom, exceeding) == pytest.approx(risk)


def test_the_highest_dimension_is_the_risk_and_those_near_it_are_named():
    risk = overall_risk({"cpu": 0.9, "memory": 1.1, "network": 0.5})
    assert (risk.score, risk.band, risk.drivers) == (1.1, "low", ("memory", "cpu"))
