"""The parts of the page Recommendations that need no screen: address, rows and sums, files, payloads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.support.scans import finding, scan
from workbench.checks.registry import load_checks
from workbench.settings import Settings
from workbench.ui.recommendation_table import full_table
from workbench.ui.recommendations.listing import added_up, listed, matching
from workbench.ui.recommendations.payload import doubts, figures, filled, money_rows, steps
from workbench.ui.recommendations.wanted import NOBODY, Wanted, read_wanted
from workbench.workspace import Choice, Edit, Order, State, Workspace


@pytest.fixture
def workspace(settings: Settings) -> Workspace:
    """1,500 findings that save 0, 1, 2, ... USD, and one without a price."""
    place = Workspace(settings, user="anna")
    found = [finding(f"i-{number}", str(number)) for number in range(1500)]
    place.record_scan(scan(), [*found, finding("i-none", None)])
    return place


@pytest.mark.parametrize("order", list(Order))
def test_a_minimum_keeps_what_is_known_and_large_enough_whatever_comes_first(
    workspace: Workspace, order: Order
) -> None:
    wanted = replace(Wanted(order=order), minimum=Decimal(200))
    page = listed(workspace, wanted, limit=50)
    # 200 + 201 + ... + 1499 over more rows than are read at first.
    assert (page.total, page.amounts[0].saving) == (1300, Decimal((200 + 1499) * 1300 // 2))
    assert page.rows[0].saving_expected == 1499
    assert listed(workspace, replace(wanted, page=26), limit=50).rows[-1].saving_expected == 200
    assert listed(workspace, replace(wanted, page=27), limit=50).rows == ()
    assert len(matching(workspace, wanted, most=10)) == 10


def test_a_minimum_of_nothing_leaves_out_only_what_has_no_price(workspace: Workspace) -> None:
    assert listed(workspace, Wanted(minimum=Decimal(0)), limit=1).total == 1500
    assert listed(workspace, Wanted(), limit=1).total == 1501


def test_with_a_minimum_the_order_is_kept(workspace: Workspace) -> None:
    known = {row.resource_id: row.id for row in workspace.recommendations.list(limit=2000).rows}
    workspace.recommendations.edit([Choice(known["i-1498"], None)], Edit(due=date(2026, 12, 1), priority=1))
    for order in (Order.DUE, Order.PRIORITY):
        rows = listed(workspace, Wanted(order=order, minimum=Decimal(1490)), limit=2).rows
        assert [row.resource_id for row in rows] == ["i-1498", "i-1499"]


def test_sums_keep_every_digit_and_currencies_apart(settings: Settings) -> None:
    workspace = Workspace(settings, user="anna")
    odd = [finding("a", "0.1"), finding("b", "0.2"), finding("c", "1.1234567890123456", currency="EUR")]
    workspace.record_scan(scan(), [*odd, finding("d", None)])
    rows = workspace.recommendations.list().rows
    assert added_up(rows) == workspace.recommendations.list().amounts
    table = full_table(rows)
    assert table.num_rows == 4
    assert set(table["saving_expected"].to_pylist()) == {
        Decimal("0.1"), Decimal("0.2"), Decimal("1.123456789012"), None,
    }  # fmt: skip
    assert table["updated_at"][0].as_py().tzinfo is None


def test_the_address_is_read_with_its_defaults() -> None:
    assert read_wanted({}) == Wanted()
    assert not read_wanted({}).narrowed
    assert not read_wanted({"order": ["due"], "page": ["2"]}).narrowed
    wanted = read_wanted({"state": ["applied", "applied"], "who": [NOBODY], "tag": ["env=dev"], "q": [" web "]})
    assert wanted.states == (State.APPLIED,)
    assert not wanted.waiting
    assert (wanted.filter.assignee, wanted.filter.text, wanted.filter.tag) == ("", "web", ("env", "dev"))
    assert wanted.in_words() == (
        "state = applied", "words = web", "assignee = nobody", "tag = env=dev", "without what is intentional",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["much", "-1", "NaN", "Infinity", "1e999999999"])
def test_a_minimum_that_is_no_amount_matches_nothing(text: str) -> None:
    assert read_wanted({"min": [text]}).impossible
    assert not read_wanted({"min": ["12.50"]}).impossible


@pytest.mark.parametrize(
    ("text", "tag"),
    [("env=dev", ("env", "dev")), ("env=", ("env", "")), ("path=a=b", ("path", "a=b")), ("env", None), ("=dev", None)],
)
def test_a_tag_is_a_key_and_a_value(text: str, tag: tuple[str, str] | None) -> None:
    wanted = read_wanted({"tag": [text]})
    assert (wanted.tag, wanted.impossible, bool(wanted.notices)) == (tag, tag is None, tag is None)


@pytest.mark.parametrize("text", ["0", "-1", "x", "١", "99999999999"])
def test_a_page_that_is_none_is_the_first_and_is_said(text: str) -> None:
    wanted = read_wanted({"page": [text]})
    assert wanted.page == 1
    assert text in wanted.notices[0]


@pytest.mark.parametrize("odd", [{}, {"evidence": 1, "savings": "x", "doubts": {"a": 1}, "remedy": 5, "rule": []}])
def test_what_a_payload_lacks_is_nothing(odd: dict[str, object]) -> None:
    found = (figures(odd, None), money_rows(odd, {}), doubts(odd), steps(odd), filled(odd, "rule"))
    assert found == ([], [], [], [], "")


def test_figures_are_shown_in_the_digits_they_deserve() -> None:
    check = next(one for one in load_checks() if one.id == "lambda_graviton")
    evidence = {"x86_gb_seconds": "1269.7970999999998", "x86_cost": "12.022877553410", "last_day": "2026-11-20"}
    rows = figures({"evidence": evidence | {"owner": "350718404594"}}, check, "EUR")
    assert [(row["Value"], row["Unit"]) for row in rows] == [
        ("1,270", "GB-s"), ("€12.02", None), ("2026-11-20", None), ("350718404594", None),
    ]  # fmt: skip
    whole = figures({"evidence": {"x86_gb_seconds": "14.0", "x86_cost": "1.5"}}, check)
    assert [(row["Value"], row["Unit"]) for row in whole] == [("14", "GB-s"), ("1.50", "currency")]
    assert figures({"evidence": evidence}, None)[1]["Value"] == "12.022877553410"


def test_thresholds_are_filled_into_the_words() -> None:
    payload = {"formula": "{share} % of {what}, {other}", "parameters": {"share": 20, "what": "{share}"}}
    assert filled(payload, "formula") == "20 % of {share}, {other}"
