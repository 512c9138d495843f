"""Exports of the page: what is written into the files about where their figures come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import plotly.graph_objects as go
import pyarrow as pa

from workbench.checks.ground import Basis
from workbench.checks.scan import ScanResult
from workbench.engines import Query
from workbench.export import Answer, Provenance
from workbench.ui.blocks import ExportChoice
from workbench.ui.charts import Palette
from workbench.ui.context import PageContext
from workbench.ui.export_menu import answer_exports, data_exports, picture_exports, whole_provenance, whole_stem
from workbench.ui.waste.choice import Given

__all__ = ["Draw", "kept_exports", "queries_of", "scan_exports"]

Draw = Callable[[Palette], go.Figure]


def scan_exports(
    ctx: PageContext,
    result: ScanResult,
    basis: Basis,
    stem: str,
    title: str,
    make: Callable[[], pa.Table],
    *,
    queries: Callable[[], Sequence[Query]],
    filters: Sequence[str] = (),
    given: Given = (),
    draw: Draw | None = None,
) -> tuple[ExportChoice, ...]:
    """A table made from a scan, in four formats; its chart in four more, where there is one."""
    manifest = ctx.snapshot.manifest
    notes = ["A saving is an estimate a month of 730 hours; counted columns hold each dollar once"]
    notes += [f"{check}.{name} = {text} instead of the preset's" for check, name, text in given]

    def provenance(found: Answer) -> Provenance:
        return Provenance(
            title=found.title,
            period=f"up to {result.as_of}",
            basis=basis,
            currency=", ".join(sorted({one.currency for one in result.totals})),
            view=ctx.link().partition("?")[2],
            filters=(*(f"account = {one}" for one in result.accounts), *filters),
            queries=found.queries,
            snapshot_id=manifest.id,
            snapshot_sha256=manifest.sha256,
            as_of=result.as_of,
            created_at=Provenance.now(),
            notes=tuple(notes),
        )

    name = f"{stem}-{result.as_of}-{result.preset}"

    def ask() -> Answer:
        return Answer(title, make(), tuple(queries()))

    pictures = picture_exports(name, draw, ask, provenance) if draw is not None else ()
    return (*pictures, *answer_exports(name, ask, provenance))


def kept_exports(
    ctx: PageContext,
    stem: str,
    title: str,
    make: Callable[[], pa.Table],
    *,
    queries: Sequence[Query] = (),
    draw: Mapping[str, Draw] | None = None,
) -> tuple[ExportChoice, ...]:
    """A table that is not about one scan of this page, such as scans kept earlier; its charts by their names."""
    basis = "as named by the columns"

    def ask() -> Answer:
        return Answer(title, make(), tuple(queries))

    pictures = [
        choice
        for label, picture in (draw or {}).items()
        for choice in picture_exports(
            whole_stem(ctx, stem if label == "Chart" else f"{stem}-{label}"),
            picture,
            ask,
            whole_provenance(ctx, basis),
            label=label,
        )
    ]
    return (*pictures, *data_exports(ctx, stem, ask, basis=basis))


def queries_of(result: ScanResult) -> tuple[Query, ...]:
    """The statements of all checks of a scan."""
    return tuple(one.judged.query for one in result.results if one.judged.query is not None)
