"""Choices kept in the address: widgets that write one parameter, and rows picked in a table.

A widget's key holds the value it shows, so that it follows the address wherever that was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from workbench.ui.context import PageContext, raw_params, write_params
from workbench.ui.text import visible

__all__ = ["choose_one", "close", "picked", "put", "table_key", "type_in"]


def put(**own: Sequence[str]) -> None:
    """Write these parameters into the address beside the others; an empty list takes one out. Dots are ``__``."""
    named = {key.replace("__", "."): list(values) for key, values in own.items()}
    write_params({**{key: values for key, values in raw_params().items() if key not in named}, **named})


def choose_one(
    ctx: PageContext, param: str, label: str, options: Mapping[str, str], *, everything: str = "", **more: Any
) -> None:
    """A list of which one value goes into the address.

    Args:
        ctx: the page's context.
        param: of the address.
        label: our own words.
        options: value → name; a value of the address that is not among them is shown as it is.
        everything: name of no choice at all; empty: there is always one, and the first stands for none in the address.
        more: for ``st.selectbox``.
    """
    current = (ctx.own_params().get(param) or [""])[-1]
    names = {"": everything} if everything else {}
    names |= {value: name for value, name in options.items() if value}
    if current and current not in names:
        names[current] = current
    values = list(names)
    key = f"wb-{param}-{current}"

    def changed() -> None:
        value = st.session_state[key]
        put(**{param.replace(".", "__"): [value] if value and (everything or value != values[0]) else []})

    st.selectbox(
        label,
        values,
        values.index(current) if current in values else 0,
        format_func=lambda value: visible(names[value], limit=80),
        key=key,
        on_change=changed,
        **more,
    )


def type_in(ctx: PageContext, param: str, label: str, **more: Any) -> str:
    """A line of text that goes into the address; the text of the address."""
    current = (ctx.own_params().get(param) or [""])[-1]
    key = f"wb-{param}-{current}"

    def changed() -> None:
        text = st.session_state[key].strip()
        put(**{param.replace(".", "__"): [text] if text else []})

    st.text_input(label, current, key=key, on_change=changed, **more)
    return current


def table_key(name: str, stamp: object) -> str:
    """Key of a table whose rows can be picked: another when its rows change, or after :func:`close`."""
    return f"wb-{name}-{hash(stamp) & 0xFFFFFFFF:x}-{st.session_state.get(f'wb-{name}-closed', 0)}"


def picked(ctx: PageContext, param: str, key: str, position: int | None, names: Sequence[str]) -> str:
    """What the address opens, after the row picked in the table ``key`` was written into it.

    Args:
        ctx: the page's context.
        param: of the address.
        key: of the table.
        position: row picked; None: none.
        names: what the address calls the rows.
    """
    current = (ctx.own_params().get(param) or [""])[-1]
    chosen = names[position] if position is not None and position < len(names) else None
    seen = f"{key}-seen"
    if chosen == st.session_state.get(seen):
        return current
    before = st.session_state.get(seen)
    st.session_state[seen] = chosen
    if chosen is None and current != before:
        return current
    put(**{param: [chosen] if chosen else []})
    return chosen or ""


def close(name: str, param: str) -> Callable[[], None]:
    """A callback that closes what the table ``name`` opened."""

    def closed() -> None:
        st.session_state[f"wb-{name}-closed"] = st.session_state.get(f"wb-{name}-closed", 0) + 1
        put(**{param: []})

    return closed
