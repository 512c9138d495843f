"""Exports of the page: what people wrote and what scans found, with where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from workbench import clock
from workbench.export import Answer, Provenance
from workbench.ui.blocks import ExportChoice
from workbench.ui.context import PageContext
from workbench.ui.export_menu import answer_exports

__all__ = ["exports", "row_exports"]


def exports(
    ctx: PageContext,
    stem: str,
    title: str,
    make: Callable[[], pa.Table],
    *,
    filters: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> tuple[ExportChoice, ...]:
    """A table of the workspace in four formats; ``make`` runs when one is clicked."""
    manifest = ctx.snapshot.manifest

    def provenance(found: Answer) -> Provenance:
        return Provenance(
            title=found.title,
            period=f"as decided on {clock.today()}",
            basis="as named by the columns",
            currency="as named by the columns",
            view="",
            filters=tuple(filters),
            queries=(),
            snapshot_id=manifest.id,
            snapshot_sha256=manifest.sha256,
            as_of=manifest.last_day,
            created_at=Provenance.now(),
            notes=("From the workspace: what people decided, on findings of the scans that were kept", *notes),
        )

    return answer_exports(f"{stem}-{clock.today()}", lambda: Answer(title, make(), ()), provenance)


def row_exports(ctx: PageContext, stem: str, title: str, rows: Sequence[Mapping[str, Any]]) -> tuple[ExportChoice, ...]:
    """The same for the rows a table shows; none for an empty one."""
    if not rows:
        return ()
    return exports(ctx, stem, title, lambda: pa.Table.from_pylist([dict(row) for row in rows]))
