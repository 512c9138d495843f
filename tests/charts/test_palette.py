"""The palette is readable, also for people who see colours differently; contrast is computed here independently."""

import math
from itertools import combinations

import pytest

from workbench.ui.charts.palette import DARK, LIGHT, MAX_SERIES, Palette, contrast, ink_on, palette_for, rgba

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.theme)


def linear(colour: str) -> list[float]:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def ratio(one: str, other: str) -> float:
    weights = (0.2126, 0.7152, 0.0722)
    first, second = (sum(w * v for w, v in zip(weights, linear(c), strict=True)) + 0.05 for c in (one, other))
    return max(first, second) / min(first, second)


def oklab(rgb: list[float]) -> tuple[float, ...]:
    red, green, blue = rgb
    cone_l = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    cone_m = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    cone_s = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * cone_l + 0.793617785 * cone_m - 0.0040720468 * cone_s,
        1.9779984951 * cone_l - 2.428592205 * cone_m + 0.4505937099 * cone_s,
        0.0259040371 * cone_l + 0.7827717662 * cone_m - 0.808675766 * cone_s,
    )


def distance(one: str, other: str, matrix: tuple[tuple[float, ...], ...]) -> float:
    """Distance in OKLab times 100 as seen through a deficiency; about 2 is just noticeable."""

    def seen(colour: str) -> tuple[float, ...]:
        source = linear(colour)
        return oklab([min(1, max(0, sum(m * v for m, v in zip(row, source, strict=True)))) for row in matrix])

    return 100 * math.dist(seen(one), seen(other))


@THEMES
def test_every_mark_has_contrast_of_at_least_three_to_one(palette: Palette) -> None:
    marks = [*palette.series, palette.other, palette.increase, palette.decrease, palette.total, palette.alert]
    assert {
        mark: round(ratio(mark, palette.background), 2) for mark in marks if ratio(mark, palette.background) < 3
    } == {}


@THEMES
def test_text_has_contrast_of_at_least_four_and_a_half_to_one(palette: Palette) -> None:
    for text in (palette.ink, palette.muted, palette.increase, palette.decrease):
        assert ratio(text, palette.background) >= 4.5


@THEMES
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_series_stay_apart_for_every_kind_of_colour_vision(palette: Palette, deficiency: str) -> None:
    pairs = combinations([*palette.series, palette.other], 2)
    closest = min(pairs, key=lambda pair: distance(*pair, DEFICIENCIES[deficiency]))
    assert distance(*closest, DEFICIENCIES[deficiency]) >= 8, closest


@THEMES
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_increase_and_decrease_stay_apart_for_every_kind_of_colour_vision(palette: Palette, deficiency: str) -> None:
    assert distance(palette.increase, palette.decrease, DEFICIENCIES[deficiency]) >= 8


def test_the_agreed_colours_of_change_are_used_on_light() -> None:
    assert (LIGHT.increase, LIGHT.decrease) == ("#b35900", "#0072b2")


@THEMES
def test_five_series_then_other_in_neutral_grey(palette: Palette) -> None:
    assert len(palette.series) == MAX_SERIES == 5
    assert palette.colour(4) == palette.series[4]
    assert palette.colour(5) == palette.other
    channels = [int(palette.other[i : i + 2], 16) for i in (1, 3, 5)]
    assert max(channels) - min(channels) <= 16


def test_contrast_agrees_with_the_independent_formula() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#d96a21", "#ffffff") == pytest.approx(ratio("#d96a21", "#ffffff"))


@pytest.mark.parametrize("fill", [*LIGHT.series, *DARK.series, LIGHT.other, DARK.other])
def test_text_on_a_tile_is_the_readable_one_of_black_and_white(fill: str) -> None:
    assert ratio(ink_on(fill), fill) >= 4.5


def test_unknown_theme_is_light_and_opacity_is_css() -> None:
    assert palette_for(None) is LIGHT
    assert palette_for("dark") is DARK
    assert rgba("#0072b2", 0.25) == "rgba(0,114,178,0.25)"
