"""Which files were loaded, do their sums agree, what was refused, which columns changed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from workbench import formats
from workbench.costs.provenance import SourceFile, loads, rejected_rows, schema_changes, source_files
from workbench.export import Answer
from workbench.schema.charges import CONTROL_TOLERANCE
from workbench.ui.blocks import block
from workbench.ui.context import PageContext
from workbench.ui.export_menu import data_exports
from workbench.ui.health.grids import arrow_rows, current_palette, show_rows

__all__ = ["draw"]

_STATES = {"loaded": "✓ loaded", "replaced": "○ replaced", "refused": "✗ refused"}


def draw(ctx: PageContext) -> None:
    """Files, control totals, refused rows, changed columns, runs."""
    files = source_files(ctx.engine)
    if not files:
        st.info("This snapshot names no source file.", icon=":material/info:")
        return
    _files(ctx, files)
    _control_totals(ctx, files)
    refused = rejected_rows(ctx.engine)
    if refused.table.num_rows or any(file.status == "refused" for file in files):
        _quarantine(ctx, files)
    _changes(ctx, files)
    block(
        ctx,
        "Runs",
        key="runs",
        load=lambda: loads(ctx.engine),
        draw=lambda found: show_rows(
            ctx, [_run_row(row) for row in found.table.to_pylist()], alt="Runs", key="runs-table"
        ),
    )


def _files(ctx: PageContext, files: Sequence[SourceFile]) -> None:
    palette = current_palette()
    block(
        ctx,
        "Files",
        key="files",
        note="Every file version offered, newest first. A replaced one gave way to a newer version of its month.",
        load=lambda: files,
        draw=lambda found: show_rows(
            ctx,
            [_file_row(file) for file in found],
            alt="Files",
            key="files-table",
            colours=lambda row: palette.alert if "✗" in str(row["State"]) else "",
            coloured="State",
        ),
        exports=lambda found: data_exports(
            ctx, "files", lambda: Answer("Files", arrow_rows([_file_row(file) for file in found]), ()), basis="all"
        ),
    )


def _control_totals(ctx: PageContext, files: Sequence[SourceFile]) -> None:
    palette = current_palette()
    rows = [_total_rows(file) for file in files if file.status == "loaded"]
    block(
        ctx,
        "Control totals",
        key="control-totals",
        note="The sum of each cost in the file, and what was loaded of it. They must agree.",
        load=lambda: [row for of_file in rows for row in of_file],
        draw=lambda found: show_rows(
            ctx,
            found,
            alt="Control totals",
            key="control-totals-table",
            money=("In the file", "Loaded", "Difference"),
            signed=("Difference",),
            colours=lambda row: palette.alert if "✗" in str(row["State"]) else "",
            coloured="State",
        ),
        empty=lambda found: not found,
        exports=lambda found: data_exports(
            ctx, "control-totals", lambda: Answer("Control totals", arrow_rows(found), ()), basis="all"
        ),
    )


def _quarantine(ctx: PageContext, files: Sequence[SourceFile]) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Refused files**")
        st.caption("Nothing of these files was loaded. Correct them and load them again.")
        for file in files:
            if file.status == "refused":
                st.text(f"✗ {file.path}: {file.reason or 'no reason given'}")
    block(
        ctx,
        "Refused rows",
        key="refused-rows",
        load=lambda: rejected_rows(ctx.engine),
        draw=lambda found: show_rows(
            ctx,
            [
                {
                    "File": row["path"].rpartition("/")[2],
                    "Row": row["row_number"],
                    "Column": row["column_name"],
                    "Value": row["value"],
                    "What is wrong": row["reason"],
                }
                for row in found.table.to_pylist()
            ],
            alt="Refused rows",
            key="refused-rows-table",
        ),
        exports=lambda found: data_exports(
            ctx, "refused-rows", lambda: Answer("Refused rows", found.table, found.queries), basis="all"
        ),
    )


def _changes(ctx: PageContext, files: Sequence[SourceFile]) -> None:
    changes = schema_changes(files)
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Changed columns**")
        st.caption("Columns that came or went from one file of a dataset to the next.")
        if not changes:
            st.caption("None: files of one dataset have the same columns.")
            return
        show_rows(
            ctx,
            [
                {
                    "File": change.path.rpartition("/")[2],
                    "Before": change.previous_path.rpartition("/")[2],
                    "Appeared": ", ".join(change.appeared),
                    "Disappeared": ", ".join(change.disappeared),
                }
                for change in changes
            ],
            alt="Changed columns",
            key="changed-columns-table",
        )


def _file_row(file: SourceFile) -> dict[str, Any]:
    return {
        "State": _STATES.get(file.status, file.status),
        "File": file.path.rpartition("/")[2],
        "Billing month": f"{file.billing_month:%Y-%m}" if file.billing_month else None,
        "Format": " ".join(part for part in (file.format, file.format_version) if part) or None,
        "Rows in": file.rows_in,
        "Rows loaded": file.rows_loaded,
        "Extra columns": len(file.columns_kept),
        "Missing columns": len(file.columns_missing),
        "Size": formats.file_size(file.size),
        "Loaded at": formats.timestamp(file.loaded_at),
        "Took": formats.duration(file.seconds),
        "Path": file.path,
        "Reason": file.reason,
    }


def _total_rows(file: SourceFile) -> list[dict[str, Any]]:
    return [
        {
            "State": _agreement(total.difference),
            "File": file.path.rpartition("/")[2],
            "Cost": total.cost.removesuffix("_cost").capitalize(),
            "Currency": total.currency,
            "In the file": total.in_file,
            "Loaded": total.loaded,
            "Difference": total.difference,
        }
        for total in file.totals
        if total.in_file is not None or total.loaded is not None
    ]


def _agreement(difference: Decimal | None) -> str:
    if difference is None:
        return "! cannot tell"
    return "✓ agrees" if abs(difference) <= CONTROL_TOLERANCE else "✗ differs"


def _run_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "Run": row["load_id"],
        "Started": formats.timestamp(row["started_at"]),
        "Took": formats.duration(row["seconds"]),
        "Status": row["status"],
        "Files loaded": row["files_loaded"],
        "Unchanged": row["files_unchanged"],
        "Refused": row["files_refused"],
        "Rows loaded": row["rows_loaded"],
        "Rows replaced": row["rows_replaced"],
    }
