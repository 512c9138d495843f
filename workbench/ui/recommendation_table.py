"""Recommendations as tables: of the screen, and with every field for files."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from workbench import formats
from workbench.ui.recommendation_words import PRIORITIES, amount_of, name_of, until_words
from workbench.ui.text import visible
from workbench.workspace import Recommendation

__all__ = ["frame_of", "full_table", "money_cells"]

_MONEY = pa.decimal128(38, 12)
_DIGITS, _WIDE = Decimal(1).scaleb(-12), Context(prec=60)
_TYPES: Mapping[str, pa.DataType] = {
    **dict.fromkeys(("id", "version", "confidence", "duplicate_of", "priority", "hidden_by"), pa.int64()),
    **dict.fromkeys(("saving_low", "saving_expected", "saving_high"), _MONEY),
    **dict.fromkeys(("first_seen", "last_seen", "gone_since", "state_since", "snoozed_until", "due"), pa.date32()),
    "updated_at": pa.timestamp("us"),
}


def full_table(rows: Iterable[Recommendation]) -> pa.Table:
    """Every field of every row, amounts exact."""
    names = [field.name for field in dataclasses.fields(Recommendation)]
    schema = pa.schema([(name, _TYPES.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist([{name: _plain(getattr(row, name)) for name in names} for row in rows], schema=schema)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value.quantize(_DIGITS, context=_WIDE)
    return value.replace(tzinfo=None) if getattr(value, "tzinfo", None) is not None else value


def frame_of(rows: Sequence[Recommendation], accounts: Mapping[str, str]) -> pd.DataFrame:
    """What a list shows; cells keep numbers and days, so that it sorts by value."""
    return pd.DataFrame(
        {
            "Number": pd.Series([row.id for row in rows], dtype="Int64"),
            "Saving a month": pd.Series(
                [None if row.saving_expected is None else float(row.saving_expected) for row in rows], dtype="float64"
            ),
            "Finding": [visible(row.title or row.check_id, limit=200) for row in rows],
            "Resource": [visible(name_of(row), limit=200) for row in rows],
            "Account": [visible(_account(row.account_id, accounts), limit=120) for row in rows],
            "State": [until_words(row) for row in rows],
            "Confidence": pd.Series([row.confidence for row in rows], dtype="Int64"),
            "Risk": [visible(row.risk) or None for row in rows],
            "Assignee": [visible(row.assignee) or None for row in rows],
            "Due": pd.Series([row.due for row in rows], dtype="object"),
            "Priority": [PRIORITIES.get(row.priority, "") for row in rows],
            "Found": pd.Series([row.first_seen for row in rows], dtype="object"),
        }
    )


def _account(number: str, accounts: Mapping[str, str]) -> str:
    """The name alone, which is short; the number is in the file and in the detail."""
    return accounts.get(number, number).removesuffix(f" ({number})")


def money_cells(frame: pd.DataFrame, rows: Sequence[Recommendation]) -> Any:
    """The frame with savings written in the currency of their own row."""
    styled = frame.style.format(_text)
    for currency in {row.currency for row in rows}:
        own = [index for index, row in enumerate(rows) if row.currency == currency]
        styled = styled.format(_writer(currency), subset=pd.IndexSlice[own, ["Saving a month"]])
    return styled


def _text(value: Any) -> str:
    return formats.MISSING if pd.isna(value) else str(value)


def _writer(currency: str) -> Callable[[Any], str]:
    return lambda value: amount_of(None if pd.isna(value) else Decimal(str(value)), currency)
