"""Lists that people type, as CSV: forgiving about headers, order and delimiter, strict about values.

What invoice and budget lists share: reading lines, finding columns, amounts, and the error of one value.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbench.errors import BadFile

__all__ = ["MAX_BYTES", "RowError", "field_names", "find_columns", "parse_amount", "read_lines"]

MAX_BYTES = 5_000_000

_AMOUNT = re.compile(r"[-−]?\d{1,20}(\.\d{1,12})?")


@dataclass(frozen=True, slots=True)
class RowError:
    """One value that cannot be used; ``row`` counts lines of the file, the header is 1."""

    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        shown = self.value if len(self.value) <= 40 else self.value[:39] + "…"
        return f"row {self.row}, {self.column}: {shown!r} {self.reason}"


def field_names(aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Header, without case, spaces and signs → the field it means."""
    return {name: field for field, others in aliases.items() for name in (field.replace("_", ""), *others)}


def parse_amount(text: str) -> Decimal | str:
    """An amount such as 1234.56, or the reason why the text is none."""
    if _AMOUNT.fullmatch(text):
        return Decimal(text.replace("−", "-"))
    if "," in text or "'" in text or " " in text or "\u00a0" in text:
        return "has a separator: write 1234.56, a point for the decimals and nothing between thousands"
    if re.search(r"[^\d.+\-−eE]", text):
        return "is not a plain number: write 1234.56, without currency sign or text"
    return "is not an amount: write digits with a point and at most 12 decimals, such as 1234.56"


def read_lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Rows of the file with their line numbers, the header first.

    Raises:
        BadFile: it is too large, not UTF-8 text, empty, or no CSV.
    """
    if len(content) > MAX_BYTES:
        raise BadFile("The file is too large for a typed list", detail=f"{len(content):,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadFile(
            "The file is not UTF-8 text",
            detail=f"byte {exc.start}",
            hint="Save it as CSV UTF-8 (in Excel: Save as, CSV UTF-8)",
        ) from exc
    if "\0" in text:
        raise BadFile("The file is not text", hint="Save it as CSV UTF-8")
    header = next((line for line in text.splitlines() if line.strip()), "")
    if not header:
        raise BadFile("The file is empty", hint="Start from the template")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as exc:
        raise BadFile("The file is not valid CSV", detail=f"row {reader.line_num}: {exc}") from exc


def find_columns(
    header: Sequence[str], fields: Mapping[str, str], required: Sequence[str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Field → position, and the headers that mean nothing here.

    Args:
        header: as in the file.
        fields: of :func:`field_names`.
        required: fields that must be there.

    Raises:
        BadFile: two columns mean the same, or a required one is missing.
    """
    columns: dict[str, int] = {}
    ignored = []
    for index, name in enumerate(header):
        field = fields.get(re.sub(r"[^a-z0-9]", "", name.lower()))
        if field is None:
            if name.strip():
                ignored.append(name.strip())
        elif field in columns:
            raise BadFile(
                f"Two columns mean {field}", detail=f"{header[columns[field]]!r} and {name!r}", hint="Keep one of them"
            )
        else:
            columns[field] = index
    missing = [field for field in required if field not in columns]
    if missing:
        raise BadFile(
            f"The file has no column {' and no column '.join(missing)}",
            detail="It has: " + ", ".join(repr(name) for name in header[:12]),
            hint="Start from the template",
        )
    return columns, tuple(ignored)
