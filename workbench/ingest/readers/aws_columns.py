"""Columns of AWS bills under all their spellings, and how a file's columns fall into groups.

The same column is ``lineItem/UnblendedCost`` in CSV, ``line_item_unblended_cost`` in Parquet and Athena, and
``lineitem_unblendedcost`` in Redshift. ``reservation/ReservationARN`` becomes ``reservation_reservation_a_r_n``.
Names are therefore compared without case and punctuation, and written here as in CSV.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.ingest.readers.base import Probe, SourceColumn
from workbench.ingest.readers.source import Source
from workbench.schema.model import snake

__all__ = ["MAP_COLUMNS", "CurSource", "Member", "plain_name", "style", "tag_key"]

_GROUPS = {
    "splitlineitem": "split_line_item",
    "resourcetags": "resource_tags",
    "costcategory": "cost_category",
    "savingsplan": "savings_plan",
    "reservation": "reservation",
    "identity": "identity",
    "lineitem": "line_item",
    "discount": "discount",
    "product": "product",
    "pricing": "pricing",
    "bill": "bill",
}

MAP_COLUMNS = ("product", "resource_tags", "cost_category", "discount", "tags")
"""Columns of CUR 2.0 that hold many values: a MAP in Parquet, a JSON object in CSV."""

_SECOND = "#2"


def plain_name(name: str) -> str:
    """A column name without case and punctuation.

    >>> plain_name("reservation/ReservationARN") == plain_name("reservation_reservation_a_r_n")
    True
    """
    return re.sub(r"[^a-z0-9#]", "", name.lower())


def style(columns: Sequence[str]) -> Literal["slash", "underscore"]:
    """How the file writes its names: ``lineItem/UnblendedCost`` or ``line_item_unblended_cost``."""
    return "slash" if any(name.startswith("lineItem/") for name in columns) else "underscore"


def tag_key(name: str) -> str:
    """A tag key as people know it: user tags lose their prefix, tags AWS sets keep ``aws:``.

    Parquet and Athena write keys in lower case with underscores; the original spelling cannot be recovered from them.

    >>> [tag_key(name) for name in ("user:CostCenter", "user_cost_center", "aws:createdBy", "aws_created_by")]
    ['CostCenter', 'cost_center', 'aws:createdBy', 'aws:created_by']
    """
    if name.startswith(("user:", "user_")):
        return name[5:]
    return f"aws:{name[4:]}" if name.startswith("aws_") else name


@dataclass(frozen=True, slots=True)
class Member:
    """One column of a group: ``product/instanceType`` is member ``instanceType`` of group ``product``."""

    group: str
    name: str
    column: SourceColumn

    @property
    def attribute(self) -> str:
        """Key in ``x_attributes``: the Athena spelling, whichever way the file writes it."""
        return f"{self.group}_{snake(self.name)}" if self.group else self.column.name


class CurSource(Source):
    """The columns of one AWS bill.

    AWS writes empty text for null in Parquet and in some exports ``None``, so null spellings are no finding. A column
    that occurs in two spellings (``reservation_reservation_arn`` and ``..._a_r_n`` after a change of table) is read
    from both.
    """

    def __init__(self, probe: Probe) -> None:
        super().__init__(probe, key=_keys(probe.names), report_null_texts=False)

    def text(self, name: str) -> str:
        """See :meth:`Source.text`; the first spelling that has a value."""
        first = super().text(name)
        if not self.has(name + _SECOND):
            return first
        return f"coalesce({first}, {super().text(name + _SECOND)})"

    def cell(self, column: SourceColumn) -> str:
        """One column as text, marked as used, null spellings as null."""
        self._used.add(column.ref)
        return self._text(column)

    def raw(self, column: SourceColumn) -> str:
        """One column as text, marked as used; only empty text is null, since ``None`` may be what somebody typed."""
        self._used.add(column.ref)
        return f"nullif({column.sql if column.type == 'VARCHAR' else f'CAST({column.sql} AS VARCHAR)'}, '')"

    def members(self, *, used: bool = True) -> tuple[Member, ...]:
        """Every column with its group; ``group`` is empty for columns that are no part of the bill format."""
        columns = self.probe.columns if used else self.unused()
        return tuple(_member(column) for column in columns)

    def mapping(self, name: str) -> str:
        """A map column as ``MAP(VARCHAR, VARCHAR)``; ``NULL`` when the file lacks it."""
        column = next((column for column in self.probe.columns if column.name.lower() == name), None)
        if column is None:
            return "NULL"
        self._used.add(column.ref)
        if column.type.startswith("MAP"):
            return f"TRY_CAST({column.sql} AS MAP(VARCHAR, VARCHAR))"
        text = column.sql if column.type == "VARCHAR" else f"to_json({column.sql})"
        return f"TRY_CAST(TRY_CAST({text} AS JSON) AS MAP(VARCHAR, VARCHAR))"

    def _text(self, column: SourceColumn) -> str:
        if column.type != "VARCHAR":
            return f"CAST({column.sql} AS VARCHAR)"
        if column.clean:
            return column.sql
        # Over a hundred columns are read this way: one call and a short list are six times faster than all spellings.
        return f"CASE WHEN lower({column.sql}) NOT IN ('', 'none', 'null', '\\n') THEN {column.sql} END"


def _keys(names: Sequence[str]) -> Callable[[str], str]:
    known: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        key = plain_name(name)
        if key in taken and name not in known:
            key += _SECOND
        taken.add(key)
        known.setdefault(name, key)
    return lambda name: known.get(name) or plain_name(name)


def _member(column: SourceColumn) -> Member:
    group, slash, name = column.name.partition("/")
    if slash and plain_name(group) in _GROUPS:
        return Member(_GROUPS[plain_name(group)], name, column)
    if not slash:
        lower = column.name.lower()
        for plain, prefix in _GROUPS.items():
            for spelled in (f"{prefix}_", f"{plain}_"):
                if lower.startswith(spelled) and len(lower) > len(spelled):
                    return Member(prefix, lower[len(spelled) :], column)
    return Member("", column.name, column)
