"""Column types and the base class of every table of the workspace.

The same declarations serve SQLite and PostgreSQL (there in the schema ``workspace``, found through the search path).
Migrations use these types too, so what a type means must never change; add another one instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Dialect, Integer, Numeric, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import DateTime, TypeDecorator, TypeEngine

from workbench.json_text import json_text

__all__ = ["TEXT", "Base", "BigId", "ExactDecimal", "JsonText", "UtcDateTime", "storable"]

# SQLite counts up by itself only in a column called INTEGER, which there holds 64 bits anyway.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def storable(text: str) -> str:
    """``text`` as every engine can hold it: NUL and lone surrogates become the replacement character."""
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class AnyText(TypeDecorator[str]):
    """Any text a person or a bill can hold, sorted by code point on both engines."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL would sort by the rules of a language."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """What cannot be stored is replaced."""
        return None if value is None else storable(value)


TEXT = AnyText()


class ExactDecimal(TypeDecorator[Decimal]):
    """Money with all its digits: NUMERIC in PostgreSQL, text in SQLite, which would round it through a float."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC without a scale keeps the digits as written."""
        return dialect.type_descriptor(Numeric() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Plain notation, never an exponent."""
        if value is None or dialect.name == "postgresql":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """The same digits again."""
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, stored without zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Convert to UTC and drop the zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """Say that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class JsonText(TypeDecorator[Any]):
    """A JSON document as text; numbers with a fraction come back as ``Decimal``, nothing is rounded."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - fixed by SQLAlchemy
        """JSON text of dataclasses, mappings, money, dates and the rest; None stays SQL NULL."""
        return None if value is None else storable(json_text(value))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:  # noqa: ARG002 - fixed by SQLAlchemy
        """The document."""
        return None if value is None else json.loads(value, parse_float=Decimal)


class Base(DeclarativeBase):
    """Metadata of the workspace."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: TEXT,
        datetime: UtcDateTime,
        Decimal: ExactDecimal,
        Mapping[str, Any]: JsonText,
    }
