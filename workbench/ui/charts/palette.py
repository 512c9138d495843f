"""The one palette: five series colours, Other, and the colours of change, for the light and the dark theme.

The colours were computed for a contrast of at least 3:1 against the background (WCAG 2.2, 1.4.11) and for distance
under the three common colour-vision deficiencies; ``tests/charts/test_palette.py`` computes both again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DARK", "LIGHT", "MAX_SERIES", "Palette", "Theme", "contrast", "ink_on", "palette_for", "rgba"]

Theme = Literal["light", "dark"]

MAX_SERIES = 5
"""Series drawn in a colour of their own; everything else is Other."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme as ``#rrggbb``; ``alert`` is for what is wrong, never for a cost that rose."""

    theme: Theme
    background: str
    ink: str
    muted: str
    grid: str
    series: tuple[str, ...]
    other: str
    increase: str
    decrease: str
    total: str
    alert: str

    def colour(self, position: int) -> str:
        """Colour of the series at ``position`` (0-based); beyond the fifth it is Other's grey."""
        return self.series[position] if 0 <= position < len(self.series) else self.other


LIGHT = Palette(
    theme="light",
    background="#ffffff",
    ink="#1f1e1b",
    muted="#66625a",
    grid="#e6e3dc",
    series=("#283773", "#d96a21", "#a024f2", "#59240d", "#28a497"),
    other="#5d5b57",
    increase="#b35900",
    decrease="#0072b2",
    total="#33312c",
    alert="#b3261e",
)

DARK = Palette(
    theme="dark",
    background="#171614",
    ink="#f2efe8",
    muted="#a8a398",
    grid="#35322d",
    series=("#267dff", "#cc411f", "#b26292", "#e6e622", "#26ffa8"),
    other="#aeaca8",
    increase="#e08a2c",
    decrease="#3d9fdb",
    total="#dedad0",
    alert="#ff8a80",
)


def palette_for(theme: str | None) -> Palette:
    """The palette of a theme name; anything but ``dark`` is light."""
    return DARK if theme == "dark" else LIGHT


def rgba(colour: str, alpha: float) -> str:
    """``#rrggbb`` with an opacity of 0 to 1, in CSS notation."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{alpha:g})"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(fill: str) -> str:
    """Black or white, whichever reads better as text on ``fill``."""
    return max("#ffffff", "#000000", key=lambda ink: contrast(ink, fill))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
