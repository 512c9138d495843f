"""``workbench export``: an answer of the app as a file, from the same view string as the app's address."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.costs.resolve import ResolvedView
    from workbench.costs.view import ViewSpec
    from workbench.engines import Engine
    from workbench.export import Answer, ImageFormat, Provenance
    from workbench.settings import Settings
    from workbench.workspace.budgets import Budget

__all__ = ["register"]


class Format(StrEnum):
    """What kind of file is written."""

    CSV = "csv"
    ZIP = "zip"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON = "json"
    HTML = "html"
    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


class Question(StrEnum):
    """What is asked."""

    BREAKDOWN = "breakdown"
    SERIES = "series"
    DRIVERS = "drivers"
    LINES = "lines"
    RESOURCES = "resources"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.", show_default=False)],
    what: Annotated[
        Question,
        typer.Option(
            help="breakdown: cost by group; series: over time; drivers: the change in parts;"
            " lines: charge lines; resources: cost by resource."
        ),
    ] = Question.BREAKDOWN,
    view: Annotated[
        str,
        typer.Option(
            help="The view, as after the ? of the app's address: 'range=last_month&by=service&f=region:us-east-1'."
        ),
    ] = "",
    kind: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="Default: the ending of FILE. zip is CSV with its provenance; html, png, svg and pdf are charts.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it is there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write one answer with its provenance to a file: a table, or a chart.

    Tables hold all rows. Text that a spreadsheet would run as a formula is neutralised in CSV; numbers stay numbers.
    PNG, SVG and PDF need an installed Chromium.
    """
    import hashlib

    from workbench.cli.console import emit_json, remark
    from workbench.costs.resolve import resolve
    from workbench.export import What, answer, provenance_of, write_file
    from workbench.formats import file_size, plural
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    settings = load_settings()
    written = kind or _format_of(output)
    spec, notices = _view(view, settings.basis)
    with open_data(settings, spec.snapshot) as snapshot:
        resolved = resolve(snapshot.engine, spec, budgets=_budgets(settings, spec))
        for notice in (*([snapshot.notice] if snapshot.notice else []), *notices, *resolved.notices):
            remark(notice)
        _refuse_unusable(resolved)
        found = answer(snapshot.engine, resolved, What(what.value))
        provenance = provenance_of(snapshot.manifest, resolved, found)
        content = _content(written, what, snapshot.engine, resolved, found, provenance, stem=output.stem)
    write_file(output, content, force=force)
    if json:
        emit_json(
            {
                "file": str(output.resolve()),
                "format": written.value,
                "what": what.value,
                "rows": found.table.num_rows,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "notices": [*notices, *resolved.notices],
                "provenance": provenance.document(),
            }
        )
    else:
        print(f"{output}: {found.title}, {plural(found.table.num_rows, 'row')}, {file_size(len(content))}")


def _format_of(output: Path) -> Format:
    ending = output.suffix.lower().removeprefix(".")
    if ending not in [known.value for known in Format]:
        raise typer.BadParameter(f"the ending of {output.name} names no format; add --format", param_hint="--output")
    return Format(ending)


def _view(text: str, basis: str) -> tuple[ViewSpec, tuple[str, ...]]:
    from urllib.parse import parse_qs

    from workbench.costs.url import parse
    from workbench.costs.view import Basis

    return parse(parse_qs(text.lstrip("?"), keep_blank_values=True), default_basis=Basis(basis))


def _budgets(settings: Settings, spec: ViewSpec) -> tuple[Budget, ...]:
    """All budgets, where the view is compared with its own."""
    from workbench.costs.view import CompareMode
    from workbench.workspace import Workspace

    if spec.compare.mode is not CompareMode.BUDGET:
        return ()
    return tuple(one.budget for one in Workspace(settings).budgets.list())


def _refuse_unusable(view: ResolvedView) -> None:
    """A page shows an empty block with the reason; a file without rows would be taken for an answer."""
    from workbench.errors import BadFilter

    if view.matches_nothing:
        raise BadFilter(
            f"The view matches nothing: {view.matches_nothing}", hint="Copy the address of the view from the app"
        )


def _content(
    kind: Format,
    what: Question,
    engine: Engine,
    view: ResolvedView,
    found: Answer,
    provenance: Provenance,
    *,
    stem: str,
) -> bytes:
    from workbench.export import TABLE_KINDS, to_html, to_image, to_table

    if kind.value in TABLE_KINDS:
        return to_table(kind.value, found.table, provenance, stem=stem)
    from workbench.ui.charts import CONFIG, LIGHT

    chart = _chart(what, engine, view)
    if kind is Format.HTML:
        return to_html(chart, provenance, background=LIGHT.background, ink=LIGHT.ink, config=CONFIG)
    image: ImageFormat = "png" if kind is Format.PNG else "svg" if kind is Format.SVG else "pdf"
    return to_image(chart, image, provenance, background=LIGHT.background, muted=LIGHT.muted)


def _chart(what: Question, engine: Engine, view: ResolvedView) -> go.Figure:
    from workbench.costs import explore
    from workbench.costs.drivers import drivers
    from workbench.errors import CannotRun
    from workbench.ui.charts import LIGHT
    from workbench.ui.charts.pictures import drivers_picture, series_picture, to_draw, tree_picture

    match what:
        case Question.LINES:
            raise typer.BadParameter("charge lines have no chart; choose csv, xlsx, parquet or json")
        case Question.DRIVERS:
            return drivers_picture(drivers(engine, view), view, LIGHT)
        case Question.SERIES:
            series = explore.series(engine, view)
            if to_draw(series, view).empty:
                raise CannotRun("There is nothing to draw", hint="Choose a wider period or remove a filter")
            return series_picture(series, view, LIGHT)
        case _:
            by = ("resource",) if what is Question.RESOURCES else view.spec.by
            return tree_picture(explore.tree(engine, view.with_spec(by=by)), view, LIGHT)
