"""The page *Activity*: the audit log with filters, whether its chain holds, and the search for annotations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import streamlit as st

from workbench import formats
from workbench.export import Answer
from workbench.json_text import json_text
from workbench.ui import acting, note_search
from workbench.ui.blocks import block
from workbench.ui.context import PageContext, raw_params
from workbench.ui.errors import calm
from workbench.ui.export_menu import data_exports
from workbench.ui.health.grids import arrow_rows, show_rows
from workbench.ui.picking import put
from workbench.ui.text import plain
from workbench.workspace import Entry, EntryFilter, Permission, Workspace, why

__all__ = ["changed_fields", "draw"]

_KINDS = (
    "recommendation", "intentional_rule", "scan", "budget", "check", "annotation", "saved_view",
    "expected_invoice", "workspace",
)  # fmt: skip
_SHOWN = 200

TABS = {"changes": "Changes", "annotations": "Annotations"}


def draw(ctx: PageContext) -> None:
    """The page."""
    parts: dict[str, Callable[[PageContext], None]] = {"changes": _changes, "annotations": note_search.draw}
    for part, tab in zip(parts.values(), _tabs(ctx), strict=True):
        if tab.open:
            with tab, calm("Activity"):
                part(ctx)


def _tabs(ctx: PageContext) -> Sequence[Any]:
    asked = (ctx.own_params().get("part") or ["changes"])[-1]

    def changed() -> None:
        chosen = next(name for name, label in TABS.items() if label == st.session_state["activity-part"])
        put(part=[] if chosen == "changes" else [chosen])

    return st.tabs(
        list(TABS.values()), default=TABS.get(asked, TABS["changes"]), on_change=changed, key="activity-part"
    )  # fmt: skip


def _changes(ctx: PageContext) -> None:
    workspace = acting.workspace(ctx)
    verdict = why(workspace.principal, Permission.READ_AUDIT)
    if not verdict.allowed:
        st.info(plain(f"The activity is not shown: {verdict.reason}", limit=300))
        return
    wanted = _filters(ctx)
    entries: list[Entry] = []
    block(
        ctx,
        "Changes",
        key="activity",
        note="Newest first; nothing is ever taken out of this list.",
        load=lambda: _load(workspace, wanted, entries),
        draw=lambda rows: show_rows(ctx, rows, alt="Changes", key="activity-table", widths={"What changed": 520}),
        empty=lambda rows: _say_empty(rows, wanted),
        exports=lambda rows: data_exports(
            ctx, "activity", lambda: Answer("Activity", arrow_rows(rows), ()), basis="none"
        ),
    )
    with calm("One change"):
        _one(entries)
    with calm("The chain"):
        _chain(workspace)


def changed_fields(entry: Entry) -> tuple[tuple[str, str, str], ...]:
    """Field, before and after of an entry, of what differs; a thing that is new or gone shows all its fields."""
    before = entry.before if isinstance(entry.before, dict) else {"": entry.before}
    after = entry.after if isinstance(entry.after, dict) else {"": entry.after}
    names = list(dict.fromkeys([*before, *after]))
    return tuple(
        (name, _text(before.get(name)), _text(after.get(name))) for name in names if before.get(name) != after.get(name)
    )


def _filters(ctx: PageContext) -> EntryFilter:
    params = {key: values[-1] for key, values in raw_params().items() if values}

    def chosen(name: str) -> None:
        ctx.choose(**{name: str(st.session_state[f"activity-{name}"] or "") or None})

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name, label in (("who", "Who"), ("what", "What, such as budget.change"), ("text", "Text in the values")):
            st.text_input(
                label, value=params.get(name, ""), key=f"activity-{name}", on_change=chosen, args=(name,), width=190
            )
        kind = params.get("kind", "")
        st.selectbox(
            "Kind",
            ["", *_KINDS],
            index=_KINDS.index(kind) + 1 if kind in _KINDS else 0,
            format_func=lambda one: one.replace("_", " ") or "All",
            key="activity-kind",
            on_change=chosen,
            args=("kind",),
            width=170,
        )
        st.date_input(
            "Since", value=_day(params.get("since")), key="activity-since", on_change=chosen, args=("since",), width=160
        )
    since = _day(params.get("since"))
    return EntryFilter(
        actor=params.get("who") or None,
        action=params.get("what") or None,
        object_kind=kind if kind in _KINDS else None,
        since=datetime.combine(since, time()) if since else None,
        text=params.get("text", ""),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _load(workspace: Workspace, wanted: EntryFilter, entries: list[Entry]) -> list[dict[str, Any]]:
    entries += workspace.activity(wanted, limit=_SHOWN)
    return [
        {
            "Number": entry.id,
            "UTC": formats.timestamp(entry.at),
            "Who": entry.actor,
            "What": entry.action,
            "Of": f"{entry.object_kind} {entry.object_id}",
            "What changed": "; ".join(
                f"{name}: {old or formats.MISSING} → {new or formats.MISSING}".removeprefix(": ")
                for name, old, new in changed_fields(entry)
            ),
            "Request": entry.request_id,
        }
        for entry in entries
    ]


def _say_empty(rows: Sequence[Any], wanted: EntryFilter) -> bool:
    if not rows:
        st.caption("Nothing was changed yet." if wanted == EntryFilter() else "No change matches the filters.")
    return False


def _one(entries: Sequence[Entry]) -> None:
    if not entries:
        return
    with st.expander("One change, whole"):
        known = {entry.id: entry for entry in entries}
        number = st.selectbox(
            "Change",
            list(known),
            format_func=lambda one: f"{one} · {known[one].action} · {formats.timestamp(known[one].at)}",
            key="activity-one",
            width=420,
        )
        entry = known[number]
        left, right = st.columns(2)
        for column, label, value in ((left, "Before", entry.before), (right, "After", entry.after)):
            column.caption(label)
            column.code(json_text(value) if value is not None else formats.MISSING, language="json", wrap_lines=True)
        st.caption("Hash of this entry and all before it: noted down, it proves later that nothing was altered.")
        st.code(entry.hash, language=None)


def _chain(workspace: Workspace) -> None:
    with st.expander("Whether the record is whole"):
        st.caption("Every entry holds the hash of the one before: a changed or missing entry breaks the chain.")
        if not st.button("Check now", key="activity-check"):
            return
        with st.spinner("Checking every entry"):
            report = workspace.check()
        if report.problems:
            st.error("The record does not hold:", icon=":material/error:")
            for problem in report.problems[:20]:
                st.text(plain(f"{problem.area}: {problem.message}", limit=300))
        else:
            st.success(
                f"{formats.plural(report.entries, 'entry', 'entries')} checked; the chain holds and every state follows"
                " from its history.",
                icon=":material/check:",
            )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value).replace("\n", " ")
