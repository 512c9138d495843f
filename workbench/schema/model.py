"""What a table declaration is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

__all__ = ["MONEY_SCALE", "Column", "Kind", "Table", "View", "literal", "quote", "snake"]

# Twelve decimals keep every published unit price times quantity; 38 digits leave 26 before the point.
MONEY_SCALE = 12


class Kind(Enum):
    """Logical type of a column; ``ddl.py`` knows each engine's spelling."""

    TEXT = "text"
    MONEY = "money"  # DECIMAL(38, 12), in the currency its unit names
    NUMBER = "number"  # double
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"  # UTC charge day
    TIMESTAMP = "timestamp"  # UTC, no zone stored
    JSON = "json"  # a JSON document as text


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``unit`` is a currency (its code, or the column that holds it), a physical unit, or empty."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    source: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its grain in words."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    source: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called ``name``; raises ``KeyError`` when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class View(Table):
    """A table computed when it is read; ``sql`` is one SELECT in canonical SQL with the declared columns in order."""

    sql: str = ""


def quote(name: str) -> str:
    """An SQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL text literal, for names of columns, paths and fixed word lists; data always goes in as a parameter."""
    return "'" + text.replace("'", "''") + "'"


def snake(name: str) -> str:
    """A FOCUS column name in snake case: ``SkuPriceId`` → ``sku_price_id``, ``x_ServiceCode`` → ``x_service_code``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
