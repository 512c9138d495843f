"""Tables of commands as files, of the kind their ending says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.export import Provenance

__all__ = ["check_output", "write_table"]


def check_output(output: Path | None, *, force: bool) -> None:
    """Refuse a file that could not be written, before the work whose result it is for.

    Raises:
        BadParameter: its ending is of no kind that is written.
        InputError: it is there and ``force`` is not given, or it is a folder.
    """
    from workbench.export import refuse_file

    if output is not None:
        _kind(output)
        refuse_file(output, force=force)


def write_table(output: Path, table: pa.Table, provenance: Provenance, *, force: bool) -> None:
    """Write a table; raises ``BadParameter`` for another ending, and what ``write_file`` raises."""
    from workbench.export import to_table, write_file

    write_file(output, to_table(_kind(output), table, provenance, stem=output.stem), force=force)


def _kind(output: Path) -> str:
    from workbench.export import TABLE_KINDS

    kind = output.suffix.lower().removeprefix(".")
    if kind not in TABLE_KINDS:
        raise typer.BadParameter(
            f"the ending must be {', '.join(TABLE_KINDS[:-1])} or {TABLE_KINDS[-1]}", param_hint="--output"
        )
    return kind
