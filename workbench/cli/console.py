"""What command modules use to speak: one JSON document or a table on stdout, progress and remarks on stderr.

Start with :func:`emit_json`, :func:`print_table`, :func:`watch` and :func:`remark`. rich is imported only when
something is drawn.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.progress import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

__all__ = ["emit_json", "json_text", "print_table", "printable", "remark", "watch"]


def printable(text: str) -> str:
    """``text`` without control characters, so that a file or tag name cannot drive the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


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


def emit_json(value: Any) -> None:
    """Write the one JSON document of a ``--json`` command to stdout."""
    sys.stdout.write(json_text(value) + "\n")


def remark(text: str) -> None:
    """One line for a person, on stderr."""
    print(printable(text), file=sys.stderr)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Print a table on stdout.

    Args:
        columns: headings.
        rows: cells in the order of ``columns``; None shows as an en dash.
        right: headings of the columns aligned to the right (numbers).
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in columns:
        table.add_column(Text(heading), justify="right" if heading in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("–" if cell is None else printable(str(cell))) for cell in row))
    # A pipe has no width: wide enough that no line is folded there.
    Console(width=None if sys.stdout.isatty() else 240).print(table)


@contextmanager
def watch(*, quiet: bool = False) -> Iterator[Progress]:
    """Progress bars on stderr while the block runs; silent with ``quiet`` (``--json``) or without a terminal.

    Without a terminal the messages (refused files and the like) are still written, one a line.
    """
    if quiet:
        yield Silent()
        return
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    with bars:
        yield _Bars(bars)


class _Lines(Silent):
    def message(self, text: str) -> None:
        remark(text)


class _Bars:
    """One bar a step; a step that ends is kept on the screen with its duration."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: Any = None
        self._title = ""
        self._began = 0.0

    def step(self, title: str, *, total: float | None = None) -> None:
        self._finish()
        self._title, self._began = title, time.monotonic()
        self._task = self._bars.add_task(printable(title), total=total, detail="")

    def advance(self, amount: float = 1.0, *, detail: str = "") -> None:
        if self._task is not None:
            self._bars.update(self._task, advance=amount, detail=printable(detail))

    def message(self, text: str) -> None:
        self._bars.console.print(printable(text), markup=False, highlight=False)

    def _finish(self) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
            self.message(f"{self._title}: {time.monotonic() - self._began:.1f} s")
