"""Addresses made by an attacker or by accident: never an error page, never more rows than asked for."""

from __future__ import annotations

import pytest

from tests.support.server import AppServer, elements, texts

pytestmark = pytest.mark.server

ADDRESSES: list[dict[str, str | list[str]]] = [
    {"f": "service:' OR 1=1 --"},
    {"f": "service:'; DROP TABLE charges; --"},
    {"f": "service:\" UNION SELECT * FROM read_csv('/etc/passwd') --"},
    {"f": "service:$now_first"},
    {"f": "tag.x' OR '1'='1:y"},
    {"f": "no_such_dimension:x"},
    {"f": "service"},
    {"f": ["service:<script>alert(1)</script>", "service:[x](javascript:alert(1))"]},
    {"from": "2026-10-05", "to": "2026-10-01"},
    {"from": "0000-00-00", "to": "9999-99-99"},
    {"range": "forever"},
    {"ccy": "XXX"},
    {"ccy": "USD' OR '1'='1", "f": "service:x"},
]


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_an_unusable_address_shows_no_cost_and_says_so(app: AppServer, address: dict[str, str | list[str]]) -> None:
    shown = app.open("overview", address)
    assert shown["status"] == "ready"
    assert not any(str(element.get("key")).startswith("wb-error") for element in elements(shown)), texts(shown)
    assert "$100" not in texts(shown).replace("\\", ""), "20 days at 5 USD: the cost of the whole bill"


@pytest.mark.parametrize(
    "address",
    [{"basis": "free"}, {"cmp": "x..y"}, {"by": "no_such"}, {"grain": "eon"}, {"chart": "pie"}, {"zz": "1"}],
    ids=str,
)
def test_what_does_not_choose_rows_falls_back_with_a_notice(app: AppServer, address: dict[str, str]) -> None:
    shown = app.open("overview", address)
    assert shown["status"] == "ready"
    assert "$100" in texts(shown).replace("\\", "")
    (key, value), *_ = address.items()
    notices = [element["props"]["body"] for element in elements(shown) if element["type"] == "info"]
    assert any(value in notice.replace("\\", "") or f"“{key}”" in notice for notice in notices)
