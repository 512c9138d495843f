"""Exports of the page: what is written into the files about where their figures come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import pyarrow as pa

from workbench.export import Answer, Provenance
from workbench.rightsizing import Rightsizing
from workbench.ui.blocks import ExportChoice
from workbench.ui.charts import Palette
from workbench.ui.context import PageContext
from workbench.ui.export_menu import answer_exports, picture_exports
from workbench.ui.rightsizing.words import preset_text

__all__ = ["run_exports"]


def run_exports(
    ctx: PageContext,
    result: Rightsizing,
    stem: str,
    title: str,
    make: Callable[[], pa.Table],
    *,
    filters: Sequence[str] = (),
    draw: Callable[[Palette], go.Figure] | None = None,
) -> tuple[ExportChoice, ...]:
    """A table made from a run, in four formats; its chart in four more, where there is one."""
    manifest, options = ctx.snapshot.manifest, result.options

    def provenance(found: Answer) -> Provenance:
        return Provenance(
            title=found.title,
            period=f"{result.first} to {result.as_of}",
            basis="effective for costs; savings as named by the columns (today: bill before minus bill after)",
            currency=", ".join(one.currency for one in result.totals),
            view=ctx.link().partition("?")[2],
            filters=(
                *(f"account = {one}" for one in options.accounts),
                *(f"kind = {one}" for one in options.kinds),
                *filters,
            ),
            queries=found.queries,
            snapshot_id=manifest.id,
            snapshot_sha256=manifest.sha256,
            as_of=result.as_of,
            created_at=Provenance.now(),
            notes=(
                "A saving is an estimate a month of 730 hours; rows do not add up to the total of the fleet",
                f"Asked for: {preset_text(options)}",
                *result.notes,
            ),
        )

    name = f"{stem}-{result.as_of}-{options.preset}"

    def ask() -> Answer:
        return Answer(title, make(), result.queries)

    pictures = picture_exports(name, draw, ask, provenance) if draw is not None else ()
    return (*pictures, *answer_exports(name, ask, provenance))
