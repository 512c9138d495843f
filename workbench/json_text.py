"""Any answer as JSON text: what ``--json`` prints and what a JSON export holds."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

__all__ = ["json_text"]


def json_text(value: Any) -> str:
    """``value`` as JSON text.

    Money (``Decimal``) becomes a JSON number with all its digits, so nothing is lost to a reader that parses numbers
    as decimals. Dates and times are ISO text (UTC), paths are text, dataclasses are objects, numbers that are not
    finite are null.
    """
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(value.value if isinstance(value, Enum) else value, ensure_ascii=False)
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, float):
        return json.dumps(value) if math.isfinite(value) else "null"
    if isinstance(value, datetime):
        return json.dumps(value.isoformat().removesuffix("+00:00") + "Z" if _is_utc(value) else value.isoformat())
    if isinstance(value, date):
        return json.dumps(value.isoformat())
    if isinstance(value, Enum):
        return json_text(value.value)
    if isinstance(value, Path):
        return json.dumps(str(value), ensure_ascii=False)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return json_text({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json_text(str(key))}: {json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence | set | frozenset):
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        return "null"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_utc(value: datetime) -> bool:
    offset = value.utcoffset()
    return offset is None or not offset
