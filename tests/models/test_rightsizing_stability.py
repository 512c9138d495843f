"""Parts of a window: whether they lead to the same size."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from models.rightsizing.candidates import Catalogue
from models.rightsizing.policy import Policy
from models.rightsizing.stability import parts, targets_agree
from tests.support.rightsizing import DAY, NOW, SIZES, decided, flat, load, machine, on_demand

CATALOGUE = Catalogue([SIZES["m5.xlarge"], SIZES["m5.large"], SIZES["r5.large"]])


def agree(usage, resource=None):
    return targets_agree(
        resource or machine(), usage, CATALOGUE, Policy(), now=NOW, hours=on_demand(usage.steps // DAY)
    )


def test_parts_are_both_halves_and_the_last_week():
    usage = load(cpu=np.arange(32 * DAY, dtype=float), memory=None, days=32)
    first, second, last = parts(usage)
    assert [(int(each.cpu[0]), len(each.cpu)) for each in (first, second, last)] == [
        (0, 16 * DAY), (16 * DAY, 16 * DAY), (25 * DAY, 7 * DAY),
    ]  # fmt: skip
    assert second.start == NOW - timedelta(days=16)
    assert last.start == NOW - timedelta(days=7)
    assert first.memory is None
    changed = parts(usage, NOW - timedelta(days=8))
    assert [len(each.cpu) // DAY for each in changed] == [4, 4, 7]
    assert changed[0].cpu[0] == 24 * DAY


def test_a_steady_load_agrees_and_a_growing_one_does_not():
    assert agree(load(cpu=17.0)) is True
    grown = flat(17, 28)
    grown[20 * DAY :] = 60.0  # half the size would have done in the first half only
    assert agree(load(cpu=grown, days=28)) is False
    assert agree(load(cpu=60.0)) is True  # no smaller size in any part agrees as well


def test_parts_that_cannot_be_decided_say_nothing():
    gone = flat(17, 14)
    gone[7 * DAY :] = np.nan
    assert agree(load(cpu=gone, running=~np.isnan(gone))) is None
    fresh = machine(changed=NOW - timedelta(hours=40))
    assert agree(load(), fresh) is None  # halves of 20 h are too short, and one part is no comparison
    assert agree(replace(load(), cpu=None)) is None


def test_disagreement_takes_confidence():
    known, doubtful = decided(targets_agree=True), decided(targets_agree=False)
    assert known.confidence.score - doubtful.confidence.score == 20
