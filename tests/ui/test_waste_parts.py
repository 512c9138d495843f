"""The parts of the page Waste that need no page: the address, the filters, the sums, weeks, rows that are picked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.scans import scan
from workbench.checks.ground import BASES
from workbench.checks.header import Kind
from workbench.checks.price import Price
from workbench.checks.registry import CHECKS, Check, read_check
from workbench.checks.scan import Found
from workbench.ui.charts import left_out
from workbench.ui.waste.choice import Wanted, given_params, read_choice, read_wanted
from workbench.ui.waste.history import weekly
from workbench.ui.waste.rows import columns, in_words, range_text, select, table_of
from workbench.ui.waste.sums import counted_less, money_keys, tree_of
from workbench.workspace import Followed, SavedScan, ScanTotal

CHECK = read_check((CHECKS / "ec2_idle.sql").read_text(), "ec2_idle")


def amounts(value: str | None, **other: str | None) -> dict[Any, Decimal | None]:
    given = {**dict.fromkeys(BASES, value), **other}
    return {basis: None if amount is None else Decimal(amount) for basis, amount in given.items()}


def found(
    name: str = "i-1", saving: str | None = "10", *, counted: str | None = None, kind: Kind = "saving", **more: Any
) -> Found:
    """An idle machine that costs what it saves; ``rank`` and ``check`` may be given."""
    check: Check = more.pop("check", CHECK)
    facts = replace(check.facts, kind=kind, conflict=("machine", more.pop("rank", 1)))
    price = more.pop("price", None) or Price(
        "USD", amounts(saving), amounts(saving), amounts(saving), amounts(saving), {(name, "1"): amounts(saving)}
    )
    own = counted if counted is not None else saving
    values: dict[str, Any] = {
        "check": replace(check, facts=facts),
        "subject": name,
        "resource_id": name,
        "name": name,
        "resource_type": "instances",
        "account": "1",
        "account_name": "Team A",
        "region": "us-east-1",
        "env": "dev",
        "service": "Amazon EC2",
        "tags": {"team": "web"},
        "evidence": {},
        "values": {},
        "price": price,
        "counted": {} if own is None or kind != "saving" else dict.fromkeys(BASES, Decimal(own)),
        "confidence": 70,
    }
    return Found(**{**values, **more})


def test_the_address_is_read_and_what_cannot_be_used_is_said() -> None:
    choice = read_choice(
        {"preset": ["wild"], "asof": ["soon"], "account": ["2", "1", "2"], "set": ["ec2_idle.max_cpu=3", "x.y=1"]},
        [CHECK],
    )
    assert (choice.preset, choice.as_of, choice.accounts) == ("default", None, ("1", "2"))
    assert choice.thresholds == {"ec2_idle": {"max_cpu": "3"}}
    assert given_params(choice.given) == ["ec2_idle.max_cpu=3"]
    assert len(choice.notices) == 3


@pytest.mark.parametrize(
    ("params", "minimum"),
    [({}, "1"), ({"only.min": ["0"]}, "0"), ({"only.min": ["x"]}, "1"), ({"only.min": ["NaN"]}, "1")],
)
def test_a_minimum_that_is_no_number_is_the_usual_one(params: dict[str, list[str]], minimum: str) -> None:
    assert read_wanted(params).minimum == Decimal(minimum)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(), ["i-1", "i-2"]),
        (Wanted(search="I-2"), ["i-2"]),
        (Wanted(search="team=web"), ["i-1"]),
        (Wanted(tag="team=web"), ["i-1"]),
        (Wanted(tag="team"), ["i-1", "i-2"]),
        (Wanted(tag="owner"), []),
        (Wanted(service="Amazon EC2", risk="medium", check="ec2_idle", account="1"), ["i-1", "i-2"]),
        (Wanted(risk="safe"), []),
        (Wanted(kind="review"), []),
        (Wanted(account="2"), []),
    ],
)
def test_filters_leave_what_matches_all_of_them(wanted: Wanted, left: list[str]) -> None:
    some = (found("i-1"), found("i-2", tags={"team": "data"}))
    assert [one.name for one in select(some, (), wanted, "effective").found] == left


def test_the_largest_on_the_basis_shown_comes_first() -> None:
    dear = found("i-2", counted="1")
    some = (replace(found(), counted=amounts("9", list="1")), replace(dear, counted=amounts("1", list="9")))
    assert [one.name for one in select(some, (), Wanted(), "effective").found] == ["i-1", "i-2"]
    assert [one.name for one in select(some, (), Wanted(), "list").found] == ["i-2", "i-1"]


def test_the_minimum_hides_small_amounts_and_never_unknown_ones() -> None:
    some = (found("small", "0.99"), found("unknown", None), found("clean", "0", kind="hygiene"), found("just", "1"))
    shown = select(some, (), Wanted(), "effective")
    assert [one.name for one in shown.found] == ["just", "unknown", "clean"]
    assert shown.below == 1
    assert len(select(some, (), Wanted(minimum=Decimal(0)), "effective").found) == 4


def test_what_is_never_added_stands_in_a_column_of_their_own() -> None:
    listed = amounts(None, list="5")
    only_list = Price("USD", listed, listed, listed, listed, {})
    euro = Price("EUR", amounts("7"), amounts("7"), amounts("7"), amounts("7"), {})
    review = found("i-4", kind="review")
    some = (found(), found("i-2", None, price=only_list), found("i-3", price=euro), review)
    table = table_of(some, "effective", "USD").to_pylist()
    assert [row["saving"] for row in table] == [Decimal(10), None, None, None]
    assert [row["elsewhere"] for row in table] == [None, "$5.00 at list price", "€7.00", "$10.00 to review"]
    assert "elsewhere" in [column.name for column in columns("effective", "USD", some)]
    assert "elsewhere" not in [column.name for column in columns("effective", "USD", some[:1])]


def test_a_sure_outcome_is_one_amount_and_an_unsure_one_a_range() -> None:
    unsure = Price("USD", amounts("9"), amounts("2"), amounts("4"), amounts("120"), {})
    assert range_text(found(), "effective") == "$10.00"
    assert range_text(found(price=unsure), "effective") == "$2 to $120"


def test_filters_are_written_into_exports() -> None:
    assert in_words(Wanted(search="web", risk="safe")) == (
        "search = web", "risk = safe", "saving a month at least 1",
    )  # fmt: skip


def test_the_tree_adds_up_to_what_is_counted_and_says_what_it_cannot_draw() -> None:
    some = (
        found("i-1", "10"),
        found("i-2", "30", counted="5"),
        found("b", "-2", service="Amazon S3"),
        found("r", "99", kind="review"),
        found("n", "4", service=None),
    )
    tree = tree_of(some, "USD", "effective")
    assert tree.total == Decimal(17)
    rows = tree.table.to_pylist()
    assert {row["label"]: row["cost"] for row in rows if row["level"] == 1} == {
        "Amazon EC2": 15, "Compute": 4, "Amazon S3": -2,
    }  # fmt: skip
    assert sum(row["cost"] for row in rows if row["level"] == 2) == tree.total
    assert left_out(tree) == (1, Decimal(-2))


def test_who_was_counted_first_on_the_same_money() -> None:
    first, second = found(rank=1), found(rank=5, counted="0", check=replace(CHECK, id="other"))
    money = dict.fromkeys(money_keys(first), (first, second))
    less, rivals = counted_less(second, "effective", money)
    assert less == Decimal(10)
    assert [(one.found.check.id, one.counted) for one in rivals] == [("ec2_idle", Decimal(10))]
    assert counted_less(first, "effective", money) == (Decimal(0), ())
    assert counted_less(found(kind="review"), "effective", money) == (None, ())


def test_a_commitment_has_one_name_for_bill_and_inventory() -> None:
    facts = replace(CHECK.facts, conflict=("commitment", 2))
    names = [
        money_keys(replace(found(name), check=replace(CHECK, facts=facts)))
        for name in ("arn:aws:ec2:eu-west-1:1:reserved-instances/r-1", "r-1")
    ]
    assert names[0] == names[1]


def test_a_week_has_the_last_of_its_scans() -> None:
    def saved(number: int, day: int, amount: str) -> SavedScan:
        total = ScanTotal("USD", "effective", Decimal(99), Decimal(amount))
        started = datetime(2026, 11, day, 9, tzinfo=UTC)
        return SavedScan(number, scan(started_at=started, totals=(total,)), 1, "ann", Followed())

    # 2 November 2026 is a Monday.
    scans = [saved(3, 9, "3"), saved(2, 8, "2"), saved(1, 2, "1")]
    assert weekly(scans, "effective") == {
        date(2026, 11, 2): {"USD": Decimal(2)},
        date(2026, 11, 9): {"USD": Decimal(3)},
    }
    assert weekly(scans, "billed") == {date(2026, 11, 2): {}, date(2026, 11, 9): {}}


def _page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from workbench.ui.context import raw_params
    from workbench.ui.picking import close, picked, table_key

    ctx: Any = SimpleNamespace(own_params=raw_params)
    key = table_key("rows", "all")
    position = st.session_state.get("row") if key.endswith("-0") else None
    st.text(f"opened {picked(ctx, 'finding', key, position, ['a', 'b']) or 'nothing'}")
    st.button("Close", on_click=close("rows", "finding"))


def test_a_picked_row_opens_goes_into_the_address_and_can_be_closed() -> None:
    app = AppTest.from_function(_page).run()
    assert app.text[0].value == "opened nothing"
    app.session_state["row"] = 1
    assert app.run().text[0].value == "opened b"
    assert app.query_params["finding"] == "b"
    app.session_state["row"] = None
    assert app.run().text[0].value == "opened nothing"
    assert "finding" not in app.query_params
    app.session_state["row"] = 0
    assert app.run().text[0].value == "opened a"
    assert app.button[0].click().run().text[0].value == "opened nothing"


def test_what_the_address_opens_stays_while_no_row_is_picked() -> None:
    app = AppTest.from_function(_page)
    app.query_params["finding"] = "b"
    assert app.run().text[0].value == "opened b"
    app.session_state["row"] = 0
    assert app.run().text[0].value == "opened a"
