"""What goes out comes back: CSV, XLSX, Parquet and JSON are read with other programs and compared."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.errors import ExportUnavailable
from workbench.export import Provenance, tables, to_csv, to_csv_zip, to_json, to_parquet, to_xlsx

MONEY = pa.decimal128(38, 12)
TABLE = pa.table(
    {
        "service": pa.array(["Compute", 'say "hi", team', "", None]),
        "cost": pa.array([Decimal("1234567.000000000001"), Decimal("-12.5"), Decimal(0), None], MONEY),
        "quantity": pa.array([0.1, -2.0, float("nan"), None], pa.float64()),
        "lines": pa.array([3, -4, 0, None], pa.int64()),
        "day": pa.array([date(2026, 11, 1), date(2026, 11, 2), None, None]),
        "at": pa.array([datetime(2026, 11, 1, 9, 30), None, None, None], pa.timestamp("us")),
        "new": pa.array([True, False, None, None]),
        "spark": pa.array([[1.0, 2.5], [], None, None], pa.list_(pa.float64())),
        "state": pa.array(["new", "gone", "new", None]).dictionary_encode(),
    }
)


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_csv_keeps_every_digit_and_bare_numbers() -> None:
    heading, first, second, third, fourth = read_csv(to_csv(TABLE))
    assert heading == TABLE.column_names
    assert first == [
        "Compute", "1234567.000000000001", "0.1", "3", "2026-11-01", "2026-11-01T09:30:00Z", "true", "[1.0, 2.5]",
        "new",
    ]  # fmt: skip
    assert second[:4] == ['say "hi", team', "-12.500000000000", "-2", "-4"]
    assert third[:2] == ["", "0.000000000000"]
    assert third[2] == ""
    assert fourth == [""] * 9


def test_csv_tells_an_empty_text_from_a_missing_one() -> None:
    lines = to_csv(TABLE.select(["service", "lines"])).decode().splitlines()
    assert lines[3:] == ['"",0', ","]


def test_csv_writes_the_smallest_amount_without_an_exponent() -> None:
    table = pa.table({"cost": pa.array([Decimal("-0.000000000001"), Decimal("0.000000123")], MONEY)})
    assert to_csv(table).decode().splitlines()[1:] == ["-0.000000000001", "0.000000123000"]


def test_csv_of_a_table_without_rows_is_its_heading() -> None:
    assert read_csv(to_csv(TABLE.slice(0, 0))) == [TABLE.column_names]


def test_zip_holds_the_table_and_its_provenance(provenance: Provenance) -> None:
    with zipfile.ZipFile(io.BytesIO(to_csv_zip(TABLE, provenance, stem="cost"))) as archive:
        assert archive.namelist() == ["cost.csv", "cost.provenance.json"]
        assert archive.read("cost.csv") == to_csv(TABLE)
        assert json.loads(archive.read("cost.provenance.json")) == provenance.document()


def test_the_same_table_makes_the_same_zip(provenance: Provenance) -> None:
    assert to_csv_zip(TABLE, provenance, stem="cost") == to_csv_zip(TABLE, provenance, stem="cost")


def test_parquet_comes_back_exactly_with_its_provenance(provenance: Provenance) -> None:
    back = pq.read_table(io.BytesIO(to_parquet(TABLE, provenance)))
    assert back.schema.field("cost").type == MONEY
    assert back.drop(["quantity"]).to_pylist() == TABLE.drop(["quantity"]).to_pylist()
    assert json.loads(back.schema.metadata[b"workbench.provenance"]) == provenance.document()


def test_json_keeps_every_digit_and_names_the_types(provenance: Provenance) -> None:
    document = json.loads(to_json(TABLE.drop(["quantity"]), provenance), parse_float=Decimal)
    assert document["rows"][0]["cost"] == Decimal("1234567.000000000001")
    assert document["rows"][3]["cost"] is None
    assert {"name": "cost", "type": "decimal128(38, 12)"} in document["columns"]
    assert document["provenance"]["snapshot_id"] == "20261120T090000Z-ab12cd"


def test_json_has_no_number_that_json_does_not_know(provenance: Provenance) -> None:
    document = json.loads(to_json(TABLE, provenance), parse_constant=lambda name: pytest.fail(name))
    assert document["rows"][2]["quantity"] is None


def test_xlsx_has_typed_cells(provenance: Provenance) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(TABLE, provenance)))
    rows = list(book["Data"].iter_rows(values_only=True))
    assert rows[0] == tuple(TABLE.column_names)
    assert rows[1][:4] == ("Compute", 1234567, 0.1, 3)
    assert rows[1][4:7] == (datetime(2026, 11, 1), datetime(2026, 11, 1, 9, 30), True)
    assert rows[2][:4] == ('say "hi", team', -12.5, -2, -4)
    assert rows[3][2] is None
    assert book["Data"].cell(2, 2).number_format == "#,##0.00######"
    assert book["Data"].cell(2, 5).number_format == "yyyy-mm-dd"


def test_xlsx_says_where_its_numbers_come_from(provenance: Provenance) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(TABLE, provenance)))
    about = [(row[0], row[1]) for row in book["About"].iter_rows(values_only=True)]
    assert ("Snapshot", "20261120T090000Z-ab12cd") in about
    assert ("Cost basis", "effective") in about
    assert ("Query: By service", "SELECT 1 WHERE $p1 <> '<b>'") in about
    assert ("$p2", "=1+1") in about
    assert all(cell.data_type != "f" for row in book["About"].iter_rows() for cell in row)


def test_xlsx_cuts_a_text_longer_than_a_cell_and_says_so(provenance: Provenance) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(pa.table({"tags": ["x" * 40_000]}), provenance)))
    assert len(book["Data"].cell(2, 1).value) == 32_767
    assert ("Note", "1 texts longer than 32,767 characters were cut") in book["About"].iter_rows(values_only=True)


def test_xlsx_refuses_more_rows_than_a_sheet(provenance: Provenance) -> None:
    table = pa.table({"n": pa.nulls(tables.MAX_XLSX_ROWS + 1, pa.int8())})
    with pytest.raises(ExportUnavailable, match="1,048,575 rows"):
        to_xlsx(table, provenance)
