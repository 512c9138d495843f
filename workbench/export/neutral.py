"""Text that a spreadsheet must not run as a formula.

Which cells are text is decided by the type of their column, never by their content: a negative number is a number and
stays one. Rules of the OWASP page on CSV injection: a text that begins with ``=``, ``+``, ``-``, ``@``, tab, carriage
return, line feed or a full-width twin of these gets an apostrophe in front, and text cells are always quoted.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["is_text", "neutral_column", "neutralise", "restore"]

# Apostrophes already there count too: "'=1" must come back as "'=1", so it goes out as "''=1".
_RISKY = "'*[=+\\-@\t\r\n\x00＝＋－＠]"
_PATTERN = re.compile(_RISKY)


def neutralise(text: str) -> str:
    """The text as it is written to a CSV cell.

    >>> neutralise("=1+1"), neutralise("-team-a"), neutralise("web")
    ("'=1+1", "'-team-a", 'web')
    """
    return "'" + text if _PATTERN.match(text) else text


def restore(text: str) -> str:
    """The text that :func:`neutralise` was given; for programs that read an export back."""
    return text[1:] if text.startswith("'") and _PATTERN.match(text[1:]) else text


def neutral_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """:func:`neutralise` for a whole text column; nulls stay null."""
    risky = pc.match_substring_regex(column, "^(?:" + _RISKY + ")")
    return pc.if_else(pc.fill_null(risky, False), pc.binary_join_element_wise("'", column, ""), column)


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
