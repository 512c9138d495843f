"""Tables as CSV, XLSX, Parquet and JSON. Amounts keep every digit except in XLSX, whose numbers have about fifteen."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
import xlsxwriter

from workbench.errors import ExportUnavailable
from workbench.export.neutral import is_text, neutral_column, neutralise
from workbench.export.provenance import Provenance
from workbench.json_text import json_text

__all__ = ["MAX_XLSX_ROWS", "TABLE_KINDS", "to_csv", "to_csv_zip", "to_json", "to_parquet", "to_table", "to_xlsx"]

MAX_XLSX_ROWS = 1_048_575
"""Rows of an Excel sheet below its heading."""

TABLE_KINDS = ("csv", "zip", "xlsx", "parquet", "json")
"""Kinds of file a table can be written to; also their endings. A zip holds the CSV and its provenance."""

_MAX_XLSX_TEXT = 32_767
_METADATA_KEY = b"workbench.provenance"


def to_table(kind: str, table: pa.Table, provenance: Provenance, *, stem: str = "data") -> bytes:
    """A table as a file of one of ``TABLE_KINDS``.

    Args:
        kind: csv, zip, xlsx, parquet or json.
        table: the rows.
        provenance: where they come from; CSV alone has no place for it.
        stem: name of the files in a zip, without ending.

    Raises:
        KeyError: another kind.
        ExportUnavailable: more rows than an Excel sheet holds.
    """
    if kind == "csv":
        return to_csv(table)
    if kind == "zip":
        return to_csv_zip(table, provenance, stem=stem)
    return {"xlsx": to_xlsx, "parquet": to_parquet, "json": to_json}[kind](table, provenance)


def to_csv(table: pa.Table) -> bytes:
    """UTF-8, comma, one heading, text cells quoted and neutralised, numbers bare in full precision, null empty.

    A comment line would break parsers, so the file holds the table alone; :func:`to_csv_zip` adds the provenance.
    Dates are ISO, times ISO in UTC. A list becomes its JSON text.
    """
    heading = ",".join(_quoted(neutralise(name)) for name in table.column_names)
    cells = [_csv_cells(column) for column in table.columns]
    rows = pc.binary_join_element_wise(*cells, ",").to_pylist() if cells else []
    return "\n".join([heading, *rows, ""]).encode()


def to_csv_zip(table: pa.Table, provenance: Provenance, *, stem: str) -> bytes:
    """A zip with ``<stem>.csv`` and ``<stem>.provenance.json``."""
    moment = provenance.created_at.astimezone(UTC).timetuple()[:6]
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            (f"{stem}.csv", to_csv(table)),
            (f"{stem}.provenance.json", provenance.json().encode()),
        ):
            archive.writestr(zipfile.ZipInfo(name, date_time=moment), content, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def to_json(table: pa.Table, provenance: Provenance) -> bytes:
    """``{"provenance": ..., "columns": [...], "rows": [{...}]}``; amounts are numbers with
    all their digits: parse them as decimals to lose none."""
    document = {
        "provenance": provenance.document(),
        "columns": [{"name": field.name, "type": str(field.type)} for field in table.schema],
        "rows": table.to_pylist(),
    }
    return json_text(document).encode()


def to_parquet(table: pa.Table, provenance: Provenance) -> bytes:
    """Parquet with exact decimals; the provenance is the metadata value ``workbench.provenance`` (JSON)."""
    metadata = {**(table.schema.metadata or {}), _METADATA_KEY: provenance.json().encode()}
    sink = io.BytesIO()
    pa.parquet.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
    return sink.getvalue()


def to_xlsx(table: pa.Table, provenance: Provenance) -> bytes:
    """A workbook with the sheets ``Data`` and ``About``; text is written as text and never read as formula or link.

    Raises:
        ExportUnavailable: the table has more rows than a sheet.
    """
    if table.num_rows > MAX_XLSX_ROWS:
        raise ExportUnavailable(
            f"An Excel sheet holds {MAX_XLSX_ROWS:,} rows, this table has {table.num_rows:,}",
            hint="Export CSV or Parquet, or add a filter",
        )
    sink = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(sink, options) as book:
        book.set_properties(
            {"title": provenance.title[:255], "created": provenance.created_at.astimezone(UTC).replace(tzinfo=None)}
        )
        shortened = _data_sheet(book, table)
        _about_sheet(book, provenance, shortened)
    return sink.getvalue()


def _csv_cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells of a column as they stand in the file; null is empty, so that it differs from an empty text."""
    column = _decoded(column)
    kind = column.type
    if pa.types.is_nested(kind):
        column = pa.chunked_array([_json_texts(column)], pa.string())
        kind = column.type
    if is_text(kind):
        escaped = pc.replace_substring(neutral_column(column), '"', '""')
        cells = pc.binary_join_element_wise('"', escaped, '"', "")
    elif pa.types.is_floating(kind):
        cells = pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind)).cast(pa.string())
    elif pa.types.is_timestamp(kind):
        cells = pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
    elif pa.types.is_decimal(kind):
        cells = _without_exponents(column)
    else:
        cells = column.cast(pa.string())
    return pc.fill_null(cells, "")


def _without_exponents(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals as plain digits: Arrow writes zero and tiny amounts as ``0E-12``."""
    texts = column.cast(pa.string())
    scientific = pc.fill_null(pc.match_substring(texts, "E"), False)
    plain = [format(value.as_py(), "f") for value in column.filter(scientific)]
    return pc.replace_with_mask(texts.combine_chunks(), scientific.combine_chunks(), pa.array(plain, pa.string()))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _json_texts(column: pa.ChunkedArray) -> pa.Array:
    texts = [None if value is None else json_text(value) for value in column.to_pylist()]
    return pa.array(texts, pa.string())


def _data_sheet(book: xlsxwriter.Workbook, table: pa.Table) -> int:
    """Write the table; returns how many texts were longer than a cell and were cut."""
    sheet = book.add_worksheet("Data")
    heading = book.add_format({"bold": True, "bottom": 1})
    formats = {
        "money": book.add_format({"num_format": "#,##0.00######"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    cut = 0
    for position, field in enumerate(table.schema):
        column = _decoded(table.column(position))
        values = _json_texts(column).to_pylist() if pa.types.is_nested(column.type) else column.to_pylist()
        sheet.write_string(0, position, field.name[:_MAX_XLSX_TEXT], heading)
        sheet.set_column(position, position, _width(field.name, values))
        for row, value in enumerate(values, start=1):
            cut += _cell(sheet, row, position, value, formats)
    sheet.freeze_panes(1, 0)
    if table.num_rows and table.num_columns:
        sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)
    return cut


def _cell(sheet: Any, row: int, position: int, value: Any, formats: dict[str, Any]) -> int:
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, position, value)
        case Decimal():
            sheet.write_number(row, position, float(value), formats["money"])
        case float() if not math.isfinite(value):
            pass
        case int() | float():
            sheet.write_number(row, position, value)
        case datetime():
            sheet.write_datetime(row, position, value, formats["time"])
        case date():
            sheet.write_datetime(row, position, value, formats["date"])
        case _:
            text = str(value)
            sheet.write_string(row, position, text[:_MAX_XLSX_TEXT])
            return int(len(text) > _MAX_XLSX_TEXT)
    return 0


def _width(name: str, values: list[Any]) -> int:
    longest = max((len(str(value)) for value in values[:200] if value is not None), default=0)
    return min(max(len(name), min(longest, 18) if values and isinstance(values[0], Decimal) else longest) + 2, 60)


def _about_sheet(book: xlsxwriter.Workbook, provenance: Provenance, shortened: int) -> None:
    sheet = book.add_worksheet("About")
    label = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    rows = list(provenance.facts)
    rows.append(("Note", "Excel keeps about fifteen digits of a number; Parquet, CSV and JSON keep all of them"))
    if shortened:
        rows.append(("Note", f"{shortened:,} texts longer than {_MAX_XLSX_TEXT:,} characters were cut"))
    for query in provenance.queries:
        rows.append((f"Query: {query.title}", query.sql))
        rows.extend((f"${name}", str(value)) for name, value in query.params)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    for row, (name, text) in enumerate(rows):
        sheet.write_string(row, 0, name[:_MAX_XLSX_TEXT], label)
        sheet.write_string(row, 1, text[:_MAX_XLSX_TEXT], wrapped)
