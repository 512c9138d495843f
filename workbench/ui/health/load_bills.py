"""Loading bills from the page: a path on this machine, or uploaded files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from workbench import formats
from workbench.errors import WorkbenchError
from workbench.ingest import FileResult, LoadReport, ingest
from workbench.settings import Settings
from workbench.ui.errors import message_of, show_error
from workbench.ui.health.uploads import keep_upload
from workbench.ui.text import plain, visible

__all__ = ["draw"]

_REPORT = "_health_load_report"
_TURN = "_health_load_turn"

_OVERLAPS: dict[str, Literal["refuse", "replace", "add"]] = {
    "refuse it": "refuse",
    "replace what was loaded before": "replace",
    "load it besides, it is another part of the bill": "add",
}
_STATES = {"loaded": "✓ loaded", "unchanged": "○ unchanged", "refused": "✗ refused"}


def draw(settings: Settings) -> None:
    """The form, and what became of the files of the last run."""
    st.caption(
        "FOCUS 1.0 to 1.3, AWS Cost and Usage Reports and CUR 2.0; CSV, gz, zip or Parquet. The format is detected."
        " The same bill again changes nothing; a newer version of a month replaces the older one."
    )
    turn = st.session_state.get(_TURN, 0)
    with st.form("load-bills", border=False, enter_to_submit=False):
        typed = st.text_input(
            "Path on this machine", key=f"load-path-{turn}", placeholder="/data/bills or /data/bills/2026-10/*.parquet"
        )
        uploads = st.file_uploader(
            "Or files from this browser",
            accept_multiple_files=True,
            key=f"load-files-{turn}",
            help="Files of more than 50 MB are loaded faster by their path",
        )
        overlap = st.selectbox("When lines of a file are already loaded from another one", list(_OVERLAPS), width=420)
        submitted = st.form_submit_button("Load bills", type="primary", key="load-submit")
    if submitted:
        _load(settings, typed.strip(), uploads, _OVERLAPS[overlap or "refuse it"])
    report: LoadReport | None = st.session_state.get(_REPORT)
    if report is not None:
        _show(report)


def _load(settings: Settings, typed: str, uploads: Sequence[Any], overlap: Literal["refuse", "replace", "add"]) -> None:
    st.session_state.pop(_REPORT, None)
    if not typed and not uploads:
        st.warning("Type a path or choose files first.", icon=":material/edit:")
        return
    try:
        paths: list[str | Path] = [typed] if typed else []
        paths += [keep_upload(settings, one.name, one.getvalue()) for one in uploads]
        with st.status("Loading bills", expanded=True) as status:
            report = ingest(paths, settings, _StatusProgress(status), on_overlap=overlap)
    except WorkbenchError as error:
        show_error(message_of(error, where="Load bills"))
        return
    st.session_state[_REPORT] = report
    if report.snapshot_id is not None:
        # The new snapshot answers from the next run on; the form begins empty again.
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
        st.rerun()


def _show(report: LoadReport) -> None:
    words = {
        "done": (st.success, ":material/check_circle:", "Loaded"),
        "partial": (st.warning, ":material/error:", "Partly loaded"),
        "failed": (st.error, ":material/error:", "Nothing was loaded"),
        "unchanged": (st.info, ":material/info:", "Nothing new"),
    }
    show, icon, word = words[report.status]
    show(
        f"{word}: {formats.plural(report.count('loaded'), 'file')} loaded, {report.count('unchanged')} unchanged, "
        f"{report.count('refused')} refused; {formats.plural(report.rows_loaded, 'line')} "
        f"in {formats.duration(report.seconds)}",
        icon=icon,
    )
    st.dataframe(
        {
            "Status": [_STATES[file.status] for file in report.files],
            "File": [visible(file.path, limit=300) for file in report.files],
            "Format": [" ".join(part for part in (file.format, file.format_version) if part) for file in report.files],
            "Lines": [file.rows for file in report.files],
            "Remark": [visible(_remark(file), limit=1000) for file in report.files],
        },
        hide_index=True,
        alt="Files of the last run",
    )
    rejected = [(file.path, row) for file in report.files for row in file.rejected]
    if rejected:
        st.dataframe(
            {
                "File": [visible(path.rpartition("/")[2], limit=300) for path, _ in rejected],
                "Row": [row.row_number for _, row in rejected],
                "Column": [row.column for _, row in rejected],
                "Value": [visible(row.value or "", limit=200) for _, row in rejected],
                "What is wrong": [visible(row.reason, limit=500) for _, row in rejected],
            },
            hide_index=True,
            alt="Refused rows of the last run",
        )


def _remark(file: FileResult) -> str:
    findings = f"{formats.plural(file.findings, 'quality finding')}" if file.findings else ""
    return ". ".join(part.rstrip(".") for part in (file.reason, file.hint, *file.notes, findings) if part)


class _StatusProgress:
    """Progress into ``st.status``: the step is its label, kept lines are written below."""

    def __init__(self, status: Any) -> None:
        self._status = status
        self._title = ""

    def step(self, title: str, *, total: float | None = None) -> None:  # noqa: ARG002 - st.status has no bar
        self._title = title
        self._status.update(label=plain(title))

    def advance(self, amount: float = 1.0, *, detail: str = "") -> None:  # noqa: ARG002 - as above
        if detail:
            self._status.update(label=plain(f"{self._title}: {detail}"))

    def message(self, text: str) -> None:
        self._status.text(visible(text, limit=500))
