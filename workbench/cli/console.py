"""What command modules use to speak: one JSON document or a table on stdout, progress and remarks on stderr.

Start with :func:`emit_json`, :func:`print_table`, :func:`watch` and :func:`remark`. rich is imported only when
something is drawn.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.json_text import json_text
from workbench.progress import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

__all__ = ["emit_json", "json_text", "print_table", "printable", "remark", "watch"]


def printable(text: str) -> str:
    """``text`` without control characters, so that a file or tag name cannot drive the terminal."""
    # Python calls a no-break space unprintable; money has one between currency and amount.
    return "".join(
        char if char.isprintable() or unicodedata.category(char) == "Zs" else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


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
    Console(width=None if sys.stdout.isatty() else 1000).print(table)


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
