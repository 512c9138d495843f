"""Exports of the page: what is written into the files about where their figures come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa

from workbench.checks.ground import Basis
from workbench.checks.scan import ScanResult
from workbench.engines import Query
from workbench.export import Answer, Provenance
from workbench.ui.blocks import ExportChoice
from workbench.ui.context import PageContext
from workbench.ui.export_menu import answer_exports, data_exports
from workbench.ui.waste.choice import Given

__all__ = ["kept_exports", "queries_of", "scan_exports"]


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
) -> tuple[ExportChoice, ...]:
    """A table made from a scan, in four formats."""
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
    return answer_exports(name, lambda: Answer(title, make(), tuple(queries())), provenance)


def kept_exports(
    ctx: PageContext, stem: str, title: str, make: Callable[[], pa.Table], *, queries: Sequence[Query] = ()
) -> tuple[ExportChoice, ...]:
    """A table that is not about one scan of this page, such as scans kept earlier."""
    return data_exports(ctx, stem, lambda: Answer(title, make(), tuple(queries)), basis="as named by the columns")


def queries_of(result: ScanResult) -> tuple[Query, ...]:
    """The statements of all checks of a scan."""
    return tuple(one.judged.query for one in result.results if one.judged.query is not None)
