"""One dollar counted once: hand arithmetic on claims."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest

from workbench.checks.conflicts import Claim, count_once, totals
from workbench.checks.ground import BASES

A, B = ("i-1", "1"), ("i-2", "1")


def amounts(value: str | int | None) -> dict[str, Decimal | None]:
    return dict.fromkeys(BASES, None if value is None else Decimal(value))


def claim(order, rank, expected, money, *, whole=None, currency="USD", counts=True):
    return Claim(
        order,
        rank,
        currency,
        amounts(expected),
        {key: amounts(cost) for key, cost in money.items()},
        {key: amounts(cost) for key, cost in (whole or money).items()},
        counts,
    )


def effective(claims):
    return {order: counted["effective"] for order, counted in sorted(count_once(claims).items())}


def test_what_is_removed_leaves_nothing_to_save():
    found = [claim(0, 1, 100, {A: 100}), claim(1, 4, 65, {A: 100}), claim(2, 6, 50, {A: 100})]
    assert effective(found) == {0: 100, 1: 0, 2: 0}


def test_a_chain_is_counted_on_what_remains():
    # 65 % off 100 leaves 35; half of it is 17.5; a fifth of the remaining 17.5 is 3.5.
    found = [claim(0, 4, 65, {A: 100}), claim(1, 6, 50, {A: 100}), claim(2, 8, 20, {A: 100})]
    assert effective(found) == {0: 65, 1: Decimal("17.5"), 2: Decimal("3.5")}


def test_alternatives_of_equal_rank_count_once_the_largest():
    found = [claim(0, 8, 5, {A: 100}), claim(1, 8, 20, {A: 100}), claim(2, 8, 20, {A: 100})]
    assert effective(found) == {0: 0, 1: 20, 2: 0}


def test_the_order_of_the_list_does_not_matter():
    found = [
        claim(0, 4, 65, {A: 100}),
        claim(1, 6, 50, {A: 100}),
        claim(2, 1, 30, {B: 30}),
        claim(3, 5, 60, {A: 100, B: 30}),
    ]
    answers = [effective(list(order)) for order in permutations(found)]
    assert all(answer == answers[0] for answer in answers)


def test_parts_are_claimed_one_by_one():
    # The group saves 60 of 130; its second machine is removed already, so only the first one's part remains.
    found = [claim(0, 1, 30, {B: 30}), claim(1, 5, 65, {A: 100, B: 30})]
    assert effective(found) == {0: 30, 1: 50}


def test_lines_of_a_resource_that_goes_are_gone_with_it():
    found = [claim(0, 1, 100, {A: 100}), claim(1, 3, 8, {A: 8}, whole={A: 100})]
    assert effective(found) == {0: 100, 1: 0}


def test_lines_first_leave_the_rest_of_the_resource():
    # 8 of 100 are saved; removing the resource afterwards saves the other 92.
    found = [claim(0, 1, 8, {A: 8}, whole={A: 100}), claim(1, 2, 100, {A: 100})]
    assert effective(found) == {0: 8, 1: 92}


def test_a_recommendation_that_costs_more_is_counted_as_it_is():
    found = [claim(0, 6, -10, {A: 100}), claim(1, 8, 20, {A: 100})]
    assert effective(found) == {0: -10, 1: 20}


def test_reviews_and_unpriced_findings_are_not_counted():
    found = [claim(0, 6, 50, {A: 100}, counts=False), claim(1, 6, None, {A: 100}), claim(2, 6, 40, {A: 100})]
    assert effective(found) == {2: 40}


def test_currencies_never_meet():
    found = [claim(0, 1, 100, {A: 100}), claim(1, 1, 90, {A: 90}, currency="EUR")]
    assert effective(found) == {0: 100, 1: 90}


def test_findings_without_a_rank_come_after_all_others_and_are_no_alternatives():
    found = [claim(0, None, 10, {A: 100}), claim(1, None, 10, {A: 100}), claim(2, 1, 50, {A: 100})]
    # Half is left for the first: 5 of 100, which leaves 45 % for the second: 4.5.
    assert effective(found) == {0: 5, 1: Decimal("4.5"), 2: 50}


def test_a_price_known_on_one_basis_only_is_counted_there_only():
    only_list = {**amounts(None), "list": Decimal(7)}
    found = Claim(0, 1, "USD", only_list, {}, {}, counts=True)
    assert count_once([found]) == {0: {"list": Decimal(7)}}


@pytest.mark.parametrize("ranks", [(1, 2, 3), (4, 4, 6), (5, 6, 8)])
def test_nothing_counted_exceeds_the_cost(ranks):
    found = [claim(n, rank, cost, {A: 100}) for n, (rank, cost) in enumerate(zip(ranks, (80, 90, 70), strict=True))]
    assert sum(effective(found).values()) <= 100


def test_totals_keep_both_sums_apart_by_currency_and_leave_reviews_out():
    once = {"effective": Decimal(4)}
    rows = [
        ("USD", amounts(10), once, True),
        ("USD", amounts(5), once, True),
        ("EUR", amounts(3), {}, True),
        ("USD", amounts(99), {}, False),
    ]
    found = {(one.currency, one.basis): (one.gross, one.deduplicated) for one in totals(rows)}
    assert found["USD", "effective"] == (15, 8)
    assert found["EUR", "effective"] == (3, 0)
    assert ("USD", "billed") in found
