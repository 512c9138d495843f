"""Text of a bill in a Markdown label stays text; what could hide or reorder it is made visible."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.ui.text import plain, visible

MARKDOWN = "\\`*_{}[]()<>#+-.!|~$:&=\"'@/^"


@given(st.text())
def test_every_markdown_character_is_escaped(text: str) -> None:
    unescaped = re.sub(r"\\.", "", plain(text, limit=10_000))
    assert not set(unescaped) & set(MARKDOWN)


@given(st.text())
def test_without_escapes_the_text_is_what_is_visible(text: str) -> None:
    read = re.sub(r"\\(.)", r"\1", plain(text, limit=10_000)).replace("\u2060", "")
    assert read == visible(text, limit=10_000)


@pytest.mark.parametrize(
    "trap",
    [":red[x]", ":material/home:", ":smile:", "https://a.example", "www.a.example", "WWW.a.example", "me@a.example"],
)
def test_directives_and_automatic_links_are_cut_by_a_word_joiner(trap: str) -> None:
    assert "\u2060" in plain(trap)


@pytest.mark.parametrize("hidden", ["a\u202eb", "a\u200bb", "a\u2066b", "a\x00b", "a\x1bb", "a\u2028b", "a\ufeffb"])
def test_invisible_and_reordering_characters_are_shown(hidden: str) -> None:
    assert visible(hidden) == "a�b"


def test_text_is_one_line_and_cut() -> None:
    assert visible("a\r\nb\tc\nd") == "a b c d"
    assert visible("x" * 500, limit=10) == "xxxxxxxxx…"
