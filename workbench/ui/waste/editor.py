"""Custom checks: a copy of a check as text, tried on its examples and on the data, kept as a new version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from workbench import formats
from workbench.checks.custom import CustomChecks, Validation, validate
from workbench.checks.registry import CHECKS, Check
from workbench.ui.acting import principal
from workbench.ui.context import PageContext
from workbench.ui.errors import calm
from workbench.ui.health.grids import show_rows
from workbench.ui.picking import put
from workbench.ui.text import plain
from workbench.ui.waste.kept import Scanned
from workbench.workspace import Permission
from workbench.workspace import why as why_allowed

__all__ = ["draw", "draw_retired", "refusal"]

_DRAFT, _FOUND = "wb-waste-draft", "wb-waste-editor-found"
_PARTS = ("id", "sql", "cases")


def refusal(ctx: PageContext) -> str:
    """Why there is no editor here; empty when there is one."""
    if not ctx.settings.free_sql:
        return "SQL of one's own is switched off here (WORKBENCH_FREE_SQL)"
    verdict = why_allowed(principal(), Permission.EDIT_CHECKS)
    return "" if verdict.allowed else verdict.reason


def draw(ctx: PageContext, scanned: Scanned, check: Check) -> None:
    """The button that copies ``check``, and the editor once something was copied."""
    reason = refusal(ctx)
    if reason:
        st.caption(plain(f"No custom checks. {reason}", limit=300))
        return
    custom = CustomChecks(ctx.settings, principal())
    with calm("Custom checks"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            label = f"Edit version {check.version}" if check.version else "Copy to a custom check"
            st.button(label, icon=":material/edit:", key="wb-waste-copy", on_click=_open, args=(custom, check))
            if check.version and st.button("Retire", icon=":material/archive:", key="wb-waste-retire"):
                custom.retire(check.id)
                put(check=[])
                st.rerun()
        if check.version:
            _versions(custom, check)
        if _edited() == check.id:
            _edit(ctx, custom, scanned)


def draw_retired(ctx: PageContext, scanned: Scanned) -> None:
    """Custom checks that are not used any more; their last text can be opened and saved again."""
    folder = ctx.settings.home / "checks"
    if refusal(ctx) or not folder.is_dir():
        return
    with calm("Retired checks"):
        custom = CustomChecks(ctx.settings, principal())
        retired = {
            path.name: versions
            for path in sorted(folder.iterdir())
            if (versions := custom.versions(path.name)) and not versions[-1].sql.strip()
        }
        if not retired:
            return
        with st.expander(formats.plural(len(retired), "retired check")):
            for name, versions in retired.items():
                last = next((one for one in reversed(versions) if one.sql.strip()), None)
                if last is not None:
                    st.button(
                        f"Open {name}, version {last.number}",
                        key=f"wb-waste-retired-{name}",
                        on_click=_fill,
                        args=("", name, last.sql, last.cases),
                        type="tertiary",
                    )
        if _edited() == "":
            _edit(ctx, custom, scanned)


def _open(custom: CustomChecks, check: Check) -> None:
    """Fill the editor with the newest text of a check; a stored one gets another id."""
    if check.version:
        newest = custom.versions(check.id)[-1]
        sql, cases, name = newest.sql, newest.cases, check.id
    else:
        examples = CHECKS / f"{check.id}.toml"
        sql = (CHECKS / f"{check.id}.sql").read_text(encoding="utf-8")
        cases = examples.read_text(encoding="utf-8") if examples.exists() else _example(check)
        name = f"{check.id}_own"
    _fill(check.id, name, sql, cases)


def _example(check: Check) -> str:
    """The frame of an example, where a check comes without."""
    table = "charges" if check.facts.resource in ("bill", "group") else check.facts.resource
    row = 'resource_id = "{}"' if table == "charges" else 'id = "{}"'
    rows = "\n\n".join(f"[[case.{table}]]\n{row.format(name)}" for name in ("x-1", "x-2"))
    return f'[[case]]\nname = "what it is about"\nexpect = {{ x-1 = "flagged", x-2 = "passed" }}\n\n{rows}\n'


def _fill(of: str, name: str, sql: str, cases: str) -> None:
    """Begin a draft; it outlives its widgets, whose state is dropped while another tab is open."""
    draft = dict(zip(_PARTS, (name, sql, cases), strict=True))
    st.session_state[_DRAFT] = {"of": of, **draft}
    for part in _PARTS:
        st.session_state[f"{_DRAFT}-{part}"] = draft[part]
    st.session_state.pop(_FOUND, None)


def _edited() -> str | None:
    """The check whose draft is open; empty for a retired one, None for no draft."""
    draft = st.session_state.get(_DRAFT)
    return None if draft is None else str(draft["of"])


def _forget() -> None:
    st.session_state.pop(_DRAFT, None)


def _typed(part: str, widget: Callable[..., str], label: str, **more: Any) -> str:
    """A field of the draft."""
    key, draft = f"{_DRAFT}-{part}", st.session_state[_DRAFT]
    st.session_state.setdefault(key, draft[part])
    draft[part] = widget(label, key=key, **more)
    return str(draft[part])


def _versions(custom: CustomChecks, check: Check) -> None:
    versions = custom.versions(check.id)
    with st.expander(formats.plural(len(versions), "version")):
        for one in reversed(versions):
            if not one.sql.strip():
                st.caption(f"Version {one.number}: retired")
                continue
            st.button(
                f"Open version {one.number}",
                key=f"wb-waste-version-{one.number}",
                on_click=_fill,
                args=(check.id, check.id, one.sql, one.cases),
                type="tertiary",
            )


def _edit(ctx: PageContext, custom: CustomChecks, scanned: Scanned) -> None:
    with st.container(border=True, key="wb-waste-editor"):
        st.markdown("**Custom check**")
        help_text = "Small letters, digits and _; not that of a stored check"
        name = _typed("id", st.text_input, "Id", help=help_text, width=320).strip()
        sql = _typed("sql", st.text_area, "Header and SQL", height=420)
        label = "Examples (TOML): at least one row that must be flagged, and one that must not"
        cases = _typed("cases", st.text_area, label, height=300)
        with st.container(horizontal=True, gap="small"):
            tried = st.button("Validate", icon=":material/rule:", key="wb-waste-validate")
            saved = st.button("Save as a new version", type="primary", key="wb-waste-save")
            st.button("Close", key="wb-waste-editor-close", on_click=_forget)
        if tried or saved:
            with st.spinner("Trying the examples and the data"):
                st.session_state[_FOUND] = (name, sql, cases), validate(name, sql, cases, scanned.ground)
        (texts, found) = st.session_state.get(_FOUND, (None, None))
        if found is None:
            return
        if texts != (name, sql, cases):
            st.caption("Changed since it was validated.")
        _result(ctx, found)
        if saved and not found.problems:
            with calm("Custom checks"):
                check = custom.save(name, sql, cases, scanned.ground)
                _forget()
                st.toast(plain(f"{check.id} is kept as version {check.version}"))
                put(check=[check.id])
                st.rerun()


def _result(ctx: PageContext, found: Validation) -> None:
    """What validation said: problems, each example, and the counts on the data."""
    if found.problems:
        st.error(f"It cannot be kept yet: {formats.plural(len(found.problems), 'problem')}", icon=":material/error:")
        for problem in found.problems:
            st.text(problem)
    else:
        st.success("It can be kept.", icon=":material/check:")
    if found.tried:
        rows: list[dict[str, Any]] = [
            {"Example": one.case.name, "Result": "; ".join(one.problems) or "as expected"} for one in found.tried
        ]
        show_rows(ctx, rows, alt="Examples", key="wb-waste-examples")
    judged = found.judged
    if judged is not None:
        counts = ", ".join(f"{formats.count(number)} {verdict}" for verdict, number in sorted(judged.counts.items()))
        words = [f"On the data at hand: {judged.outcome}", counts, judged.why]
        st.text(". ".join(word for word in words if word))
