"""Exports of the page: what is written into the files about where their figures come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa

from workbench.export import Answer, Provenance
from workbench.rightsizing import Rightsizing
from workbench.ui.blocks import ExportChoice
from workbench.ui.context import PageContext
from workbench.ui.export_menu import answer_exports
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
) -> tuple[ExportChoice, ...]:
    """A table made from a run, in four formats."""
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
    return answer_exports(name, lambda: Answer(title, make(), result.queries), provenance)
