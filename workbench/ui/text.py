"""Text from the bill (tags, names, file names) made safe for Streamlit labels, which always read Markdown.

Prefer ``st.text``, ``st.dataframe`` and Plotly data, which show text as it is. Only labels of buttons, chips and
messages need :func:`plain`.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["plain", "visible"]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=\"'@/^])")
# Escaped colon before a letter or slash, dot after www, at sign.
_TRIGGERS = re.compile(r"\\:(?=\S)|www(?=\\\.)|(?=\\@)", re.IGNORECASE)
# Characters that reorder or hide what follows: bidirectional controls, zero-width characters, other format characters.
_KEPT_FORMAT = {"\u200d"}  # joins parts of an emoji


def visible(text: str, *, limit: int = 120) -> str:
    """The text on one line: control and direction-changing characters become ``�``, cut at ``limit`` characters."""
    shown = "".join(
        "�" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in _KEPT_FORMAT else char
        for char in text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    )
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def plain(text: str, *, limit: int = 120) -> str:
    """``text`` for a Markdown label, shown letter by letter: no emphasis, link, image, formula, icon or colour.

    Every character with a meaning in Markdown is escaped. A word joiner (no width) inside ``:red[``, ``https://``,
    ``www.`` and before ``@`` keeps Streamlit's directives and automatic links from matching, which escapes do not.
    """
    escaped = _MARKDOWN.sub(r"\\\1", visible(text, limit=limit))
    return _TRIGGERS.sub("\\g<0>\u2060", escaped)
