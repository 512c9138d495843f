"""Lines of a block's export menu: the table behind it in four formats, its chart in four more.

Nothing is asked or drawn until a line is clicked; a file then holds all rows, not just those on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import plotly.graph_objects as go

from workbench import formats
from workbench.export import (
    Answer,
    ImageFormat,
    Provenance,
    find_browser,
    provenance_of,
    to_html,
    to_image,
    to_table,
)
from workbench.ui.blocks import ExportChoice
from workbench.ui.charts import CONFIG, LIGHT, Palette
from workbench.ui.context import PageContext

__all__ = [
    "answer_exports", "chart_exports", "data_exports", "picture_exports", "table_exports", "whole_provenance",
    "whole_stem",
]  # fmt: skip

_MIME = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "html": "text/html",
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}


def table_exports(ctx: PageContext, stem: str, ask: Callable[[], Answer]) -> tuple[ExportChoice, ...]:
    """CSV (zipped with its provenance), XLSX, Parquet and JSON of what ``ask`` answers."""
    return answer_exports(
        file_stem(ctx, stem), ask, lambda found: provenance_of(ctx.snapshot.manifest, ctx.resolved, found)
    )


def data_exports(ctx: PageContext, stem: str, ask: Callable[[], Answer], *, basis: str) -> tuple[ExportChoice, ...]:
    """The same for an answer about the whole snapshot, which has no period, filter or single currency."""
    return answer_exports(whole_stem(ctx, stem), ask, whole_provenance(ctx, basis))


def whole_stem(ctx: PageContext, stem: str) -> str:
    """Name of a file about the whole snapshot."""
    return _file_name(stem, ctx.snapshot.manifest.first_day, ctx.snapshot.manifest.last_day)


def whole_provenance(ctx: PageContext, basis: str) -> Callable[[Answer], Provenance]:
    """What is written into a file about the whole snapshot."""
    manifest = ctx.snapshot.manifest

    def provenance(found: Answer) -> Provenance:
        return Provenance(
            title=found.title,
            period=f"All data, {formats.period(manifest.first_day, manifest.last_day)}",
            basis=basis,
            currency=", ".join(manifest.currencies),
            view="",
            filters=(),
            queries=found.queries,
            snapshot_id=manifest.id,
            snapshot_sha256=manifest.sha256,
            as_of=manifest.last_day,
            created_at=Provenance.now(),
            notes=found.notes,
        )

    return provenance


def answer_exports(
    name: str, ask: Callable[[], Answer], provenance_for: Callable[[Answer], Provenance]
) -> tuple[ExportChoice, ...]:
    """CSV (zipped with its provenance), XLSX, Parquet and JSON of an answer, in files called ``name``."""

    def make(kind: str) -> Callable[[], bytes]:
        def write() -> bytes:
            found = ask()
            return to_table(kind, found.table, provenance_for(found), stem=name)

        return write

    labels = {"zip": "Table: CSV (zip)", "xlsx": "Table: XLSX", "parquet": "Table: Parquet", "json": "Table: JSON"}
    return tuple(ExportChoice(label, f"{name}.{kind}", _MIME[kind], make(kind)) for kind, label in labels.items())


def chart_exports(
    ctx: PageContext, stem: str, draw: Callable[[Palette], go.Figure], describe: Callable[[], Answer]
) -> tuple[ExportChoice, ...]:
    """HTML, PNG, SVG and PDF of a chart, on white whatever the theme; ``describe`` gives its title and queries."""

    return picture_exports(
        file_stem(ctx, stem), draw, describe, lambda found: provenance_of(ctx.snapshot.manifest, ctx.resolved, found)
    )


def picture_exports(
    name: str,
    draw: Callable[[Palette], go.Figure],
    describe: Callable[[], Answer],
    provenance_for: Callable[[Answer], Provenance],
    *,
    label: str = "Chart",
) -> tuple[ExportChoice, ...]:
    """The same in files called ``name``; ``label`` tells several charts of one block apart."""

    def make(kind: str) -> Callable[[], bytes]:
        def write() -> bytes:
            provenance = provenance_for(describe())
            chart = draw(LIGHT)
            if kind == "html":
                return to_html(chart, provenance, background=LIGHT.background, ink=LIGHT.ink, config=CONFIG)
            image: ImageFormat = "png" if kind == "png" else "svg" if kind == "svg" else "pdf"
            return to_image(chart, image, provenance, background=LIGHT.background, muted=LIGHT.muted)

        return write

    missing = "" if find_browser() else "Needs Chromium or Chrome, which is not installed on the server"
    return tuple(
        ExportChoice(
            f"{label}: {kind.upper()}",
            f"{name}.{kind}",
            _MIME[kind],
            make(kind),
            unavailable="" if kind == "html" else missing,
        )
        for kind in ("html", "png", "svg", "pdf")
    )


def file_stem(ctx: PageContext, stem: str) -> str:
    """``cost-by-service-2026-11-01-2026-11-20-usd``: letters a file name may hold anywhere."""
    period = ctx.resolved.period
    return _file_name(stem, period.first, period.last, ctx.resolved.currency)


def _file_name(*parts: object) -> str:
    name = "-".join(str(part) for part in parts if part is not None)
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:120]
