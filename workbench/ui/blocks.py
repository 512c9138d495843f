"""A block: one titled answer on a page, with its four states and its toolbar.

``block`` asks (``load``), then draws (``draw``). Between the two it shows a skeleton; an error becomes one calm message
and the rest of the page goes on; an empty answer says which filter removes everything and offers to clear it.
The toolbar gives the link, the exports and the query behind the answer.

    block(
        ctx, "Cost by service", key="by-service",
        load=lambda: explore.breakdown(ctx.engine, ctx.resolved),
        draw=lambda result: st.plotly_chart(bars(result)),
        exports=lambda result: export_choices(ctx, result),
    )
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st

from workbench.engines import Query
from workbench.errors import WorkbenchError
from workbench.ui.context import PageContext
from workbench.ui.errors import Message, calm, message_of, show_error
from workbench.ui.text import plain
from workbench.ui.words import filter_label

__all__ = ["ExportChoice", "block", "show_query"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """One line of the export menu.

    Attributes:
        label: what is exported and how.
        file_name: of the download.
        mime: type of the file.
        make: the file; runs only when the line is clicked, and may raise ``WorkbenchError``.
        unavailable: why it cannot be made here (our own words); the line is then shown but cannot be clicked.
    """

    label: str
    file_name: str
    mime: str
    make: Callable[[], bytes]
    unavailable: str = ""


def _queries_of(result: Any) -> Sequence[Query]:
    return tuple(getattr(result, "queries", ()))


def _is_empty(result: Any) -> bool:
    table = getattr(result, "table", None)
    return table is not None and table.num_rows == 0


def block(
    ctx: PageContext,
    title: str,
    *,
    key: str,
    load: Callable[[], T],
    draw: Callable[[T], None],
    empty: Callable[[T], bool] = _is_empty,
    queries: Callable[[T], Sequence[Query]] = _queries_of,
    exports: Callable[[T], Sequence[ExportChoice]] | None = None,
    note: str = "",
    height: int = 240,
) -> T | None:
    """Ask and draw one answer.

    Args:
        ctx: the page's context.
        title: heading, sentence case; our own words only (it is Markdown).
        key: unique on the page; names the block in tests and in the log.
        load: asks the question; runs first, under a skeleton.
        draw: draws the answer inside the block.
        empty: whether the answer has nothing to show; default: its ``table`` has no rows.
        queries: the queries behind the answer; default: its ``queries``.
        exports: lines of the export menu; None: no menu.
        note: a short caption under the heading, our own words only.
        height: of the skeleton, in pixels, near the height of the drawn block so that nothing jumps.

    Returns:
        The answer, or None when it failed or is empty.
    """
    with st.container(border=True, gap="xsmall", key=f"wb-block-{key}"):
        head = st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"wb-head-{key}")
        head.markdown(f"**{title}**", width="stretch")
        if note:
            st.caption(note)
        body = st.empty()
        body.skeleton(height=height)
        try:
            result = load()
        except Exception as error:
            _show_failure(body, message_of(error, where=title))
            return None
        with body.container(gap="xsmall"):
            if empty(result):
                _show_empty(ctx, key)
                _toolbar(ctx, head, key, queries(result), ())
                return None
            with calm(title):
                draw(result)
        _toolbar(ctx, head, key, queries(result), exports(result) if exports else ())
        return result


def _show_failure(body: Any, message: Message) -> None:
    with body.container():
        show_error(message)


def _show_empty(ctx: PageContext, key: str) -> None:
    """Say what leaves nothing to show; a button for each filter, and one for all."""
    resolution = ctx.resolution
    if resolution is not None and resolution.matches_nothing:
        st.text(f"Nothing is shown: {resolution.matches_nothing}.")
    filters = ctx.view.filters
    if not filters:
        st.caption("No charges in this period. Choose another period above.")
        return
    st.caption("No charges match. Remove a filter to see more:")
    with st.container(horizontal=True, gap="xsmall"):
        for index, item in enumerate(filters):
            st.button(
                plain(filter_label(item)),
                icon=":material/close:",
                key=f"{key}-drop-{index}",
                on_click=ctx.update,
                args=(ctx.view.without_filter(item),),
            )
        if len(filters) > 1:
            st.button(
                "Clear all filters", key=f"{key}-clear", on_click=ctx.update, args=(replace(ctx.view, filters=()),)
            )


def _toolbar(ctx: PageContext, head: Any, key: str, queries: Sequence[Query], exports: Sequence[ExportChoice]) -> None:
    with head:
        with st.popover("Link", type="tertiary", key=f"{key}-link"):
            st.caption("Opens this view, with its filters:")
            st.code(ctx.link(), language=None, wrap_lines=True)
        if exports:
            with st.popover("Export", type="tertiary", key=f"{key}-export"):
                for index, choice in enumerate(exports):
                    _export_button(choice, f"{key}-export-{index}")
        if queries:
            with st.popover("Query", type="tertiary", key=f"{key}-query"):
                for query in queries:
                    show_query(query)


def _export_button(choice: ExportChoice, key: str) -> None:
    def make() -> bytes:
        try:
            return choice.make()
        except WorkbenchError as error:
            # A deferred download has no page to draw on: the error becomes the log line and Streamlit's own notice.
            message_of(error, where=f"Export {choice.file_name}")
            raise

    st.download_button(
        choice.label,
        data=make,
        file_name=choice.file_name,
        mime=choice.mime,
        key=key,
        on_click="ignore",
        type="tertiary",
        width="stretch",
        disabled=bool(choice.unavailable),
        help=choice.unavailable or None,
    )


def show_query(query: Query) -> None:
    """One statement with its parameters, ready to copy."""
    st.caption(query.title)
    st.code(query.sql, language="sql", wrap_lines=True)
    if query.params:
        st.code("\n".join(f"${name} = {value!r}" for name, value in query.params), language=None)
