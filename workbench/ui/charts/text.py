"""Text from the bill made safe for Plotly.

Plotly reads a subset of HTML (``<b>``, ``<a href>``, ``<br>``, entities) in every label, so a tag value could put a
link or a forged line into a chart. Names are shown as they are on the bill, never as markup.
"""

from __future__ import annotations

from workbench.ui.text import visible

__all__ = ["NAME_LENGTH", "safe", "shortened"]

NAME_LENGTH = 32
"""Characters of a name in a legend or on an axis; hover and the table show more of it."""


def shortened(text: str, limit: int) -> str:
    """``text`` with its middle replaced by an ellipsis: ids differ at the end as often as at the start."""
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 1].rstrip()}…{text[-tail:].lstrip()}"


def safe(text: str, limit: int = 120) -> str:
    """One visible line of at most ``limit`` characters , ``&``, ``<`` and ``>`` escaped for Plotly."""
    line = shortened(visible(text, limit=1000), limit)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
