"""Columns written one a line, for tables with many plain columns."""

from __future__ import annotations

from workbench.schema.model import Column, Kind

__all__ = ["columns"]

_KINDS = {
    "text": Kind.TEXT,
    "money": Kind.MONEY,
    "number": Kind.NUMBER,
    "int": Kind.INTEGER,
    "bool": Kind.BOOLEAN,
    "date": Kind.DATE,
    "time": Kind.TIMESTAMP,
    "json": Kind.JSON,
}


def columns(*parts: str, source: str = "") -> tuple[Column, ...]:
    """Columns from lines ``name kind[!] unit description``.

    ``!`` marks a column that is never null; a unit of ``-`` is none. A part may hold several lines.
    """
    declared = []
    for line in "\n".join(parts).splitlines():
        name, kind, unit, description = line.split(maxsplit=3)
        required = kind.endswith("!")
        declared.append(
            Column(name, _KINDS[kind.rstrip("!")], description, "" if unit == "-" else unit, source, required)
        )
    return tuple(declared)
