"""The published snapshots: what each holds, verify, roll back."""

from __future__ import annotations

import streamlit as st

from workbench import formats
from workbench.errors import WorkbenchError
from workbench.snapshot import Manifest, SnapshotStore
from workbench.ui.context import PageContext
from workbench.ui.errors import message_of, show_error
from workbench.ui.health.grids import show_rows
from workbench.ui.text import plain

__all__ = ["draw"]

_FAILED = "_health_rollback_failed"


def draw(ctx: PageContext) -> None:
    """The list, and what can be done with one of them."""
    store = SnapshotStore(ctx.settings)
    manifests = store.list()
    served = store.served_id()
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Snapshots**")
        st.caption("Each load publishes a new one and changes no older one. The app shows the one being served.")
        show_rows(
            ctx,
            [
                {
                    "State": "● served" if one.id == served else "○ kept",
                    "Published": formats.timestamp(one.created_at),
                    "Charge days": formats.period(one.first_day, one.last_day),
                    "Charge lines": one.rows.get("charges"),
                    "Files": one.sources,
                    "Size": formats.file_size(one.bytes),
                    "Note": one.note,
                    "Id": one.id,
                }
                for one in manifests
            ],
            alt="Snapshots",
            key="snapshots-table",
        )
        if manifests:
            _actions(store, manifests, served)


def _actions(store: SnapshotStore, manifests: list[Manifest], served: str | None) -> None:
    chosen = st.selectbox("Snapshot", manifests, format_func=_name, key="snapshot-choice", width=420)
    with st.container(horizontal=True, gap="small"):
        verify = st.button("Verify", key="snapshot-verify", help="Read the whole file again and compare its checksum")
        if st.button("Roll back to it", key="snapshot-rollback", disabled=chosen.id == served):
            _confirm(store, chosen)
    if _FAILED in st.session_state:
        show_error(st.session_state.pop(_FAILED))
    if verify:
        with st.spinner("Reading the whole file"):
            report = store.verify(chosen.id)
        if report.problem is None:
            st.success(f"Intact, read in {formats.duration(report.seconds)}", icon=":material/check_circle:")
        else:
            st.error(plain(report.problem, limit=400), icon=":material/error:")


@st.dialog("Roll back?")
def _confirm(store: SnapshotStore, chosen: Manifest) -> None:
    st.markdown(
        f"Everyone will see the data as of {formats.timestamp(chosen.created_at)}. Later loads stay on the disk;"
        " the next load builds on this snapshot. You can roll forward again from this list."
    )
    if st.button(
        "Roll back", type="primary", key="snapshot-rollback-yes", on_click=_roll_back, args=(store, chosen.id)
    ):
        st.rerun()


def _roll_back(store: SnapshotStore, snapshot_id: str) -> None:
    """Runs before the page is drawn, so that it already shows the other data; an error waits to be shown there."""
    try:
        store.rollback(snapshot_id)
    except WorkbenchError as error:
        st.session_state[_FAILED] = message_of(error, where="Roll back")


def _name(manifest: Manifest) -> str:
    return f"{formats.timestamp(manifest.created_at)} · {formats.period(manifest.first_day, manifest.last_day)}"
