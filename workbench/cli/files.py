"""Tables of commands as files, of the kind their ending says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import pyarrow as pa

    from workbench.export import Provenance

__all__ = ["write_table"]


def write_table(output: Path, table: pa.Table, provenance: Provenance, *, force: bool) -> None:
    """Write a table; raises ``BadParameter`` for another ending, and what ``write_file`` raises."""
    from workbench.export import TABLE_KINDS, to_table, write_file

    kind = output.suffix.lower().removeprefix(".")
    if kind not in TABLE_KINDS:
        raise typer.BadParameter(
            f"the ending must be {', '.join(TABLE_KINDS[:-1])} or {TABLE_KINDS[-1]}", param_hint="--output"
        )
    write_file(output, to_table(kind, table, provenance, stem=output.stem), force=force)
