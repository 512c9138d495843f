"""Charts over time draw exactly the amounts they are given, stacked the right way round and marked where partial."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa
import pytest

from workbench.costs import results
from workbench.costs.results import MONEY
from workbench.ui.charts import (
    DARK,
    LIGHT,
    Comparison,
    Note,
    Series,
    TimeSeries,
    area,
    bars,
    cumulative,
    lines,
    sparkline,
    time_series,
)

DAYS = tuple(date(2026, 11, 1) + timedelta(days=n) for n in range(3))


def amounts(*values: str | None) -> tuple[Decimal | None, ...]:
    return tuple(None if value is None else Decimal(value) for value in values)


DATA = TimeSeries(
    periods=DAYS,
    series=(
        Series("Compute", amounts("10", "20", "30")),
        Series("Credits", amounts("0", "-15", "-5")),
        Series("Other", amounts("1", "2", "3"), other=True),
    ),
    currency="USD",
)
STACKED = pytest.mark.parametrize("draw", [bars, area, cumulative])


def traces(chart: go.Figure, kind: str) -> list[Any]:
    return [trace for trace in chart.data if trace.type == kind]


def test_bars_draw_each_amount_and_stack_credits_downward() -> None:
    chart = bars(DATA, LIGHT)
    assert chart.layout.barmode == "relative"
    assert [list(trace.y) for trace in traces(chart, "bar")] == [[10, 20, 30], [0, -15, -5], [1, 2, 3]]


@pytest.mark.parametrize(("draw", "net"), [(bars, [11, 7, 28]), (area, [11, 7, 28]), (cumulative, [11, 18, 46])])
def test_with_credits_the_net_is_drawn_too(draw: Any, net: list[float]) -> None:
    chart = draw(DATA, LIGHT)
    assert [list(trace.y) for trace in chart.data if trace.name == "Net"] == [net]
    positive = replace(DATA, series=DATA.series[::2])
    assert "Net" not in [trace.name for trace in draw(positive, LIGHT).data]


def test_areas_stack_positive_and_negative_parts_apart() -> None:
    groups = {trace.stackgroup: list(trace.y) for trace in area(DATA, LIGHT).data if trace.name == "Credits"}
    assert groups == {"down": [0, -15, -5]}
    mixed = TimeSeries(DAYS, (Series("Mixed", amounts("5", "-2", None)),), "USD")
    parts = {trace.stackgroup: list(trace.y) for trace in area(mixed, LIGHT).data if trace.name == "Mixed"}
    assert parts == {"up": [5, 0, None], "down": [0, -2, None]}


def test_running_totals_add_up_and_keep_gaps() -> None:
    summed = TimeSeries(DAYS, (Series("A", amounts("1.1", None, "2.2")),), "USD").cumulated()
    assert summed.series[0].values == amounts("1.1", None, "3.3")


@STACKED
def test_the_axis_holds_zero_and_everything_drawn(draw: Any) -> None:
    tall = replace(DATA, comparison=Comparison("Before", DAYS, amounts("100", "200", "300")))
    chart = draw(tall, LIGHT)
    low, high = chart.layout.yaxis.range
    drawn = [value for trace in chart.data for value in trace.y if value is not None]
    assert low <= min(drawn)
    assert low <= 0
    assert high >= max(drawn)
    assert 0 in chart.layout.yaxis.tickvals


def test_axis_ticks_read_like_the_tables() -> None:
    data = TimeSeries(DAYS, (Series("A", amounts("-2500", "4000", "0")),), "USD")
    assert list(bars(data, LIGHT).layout.yaxis.ticktext) == ["−$4K", "−$2K", "$0", "$2K", "$4K"]


def test_hover_states_amounts_in_full() -> None:
    data = TimeSeries(DAYS, (Series("A", amounts("1234567.891", "0.004", None)),), "USD")
    assert list(bars(data, LIGHT).data[0].customdata) == ["$1,234,568", "&lt;$1", "–"]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_other_is_grey_whatever_its_position(palette: Any) -> None:
    chart = bars(replace(DATA, series=DATA.series[::-1]), palette)
    assert chart.data[0].marker.color == palette.other
    assert chart.data[1].marker.color == palette.series[1]


def test_partial_periods_are_hatched_and_named() -> None:
    chart = bars(replace(DATA, partial=((DAYS[2], "partial week"),)), LIGHT)
    assert list(chart.data[0].marker.pattern.shape) == ["", "", "/"]
    assert "partial week" in [note.text for note in chart.layout.annotations]


def test_lines_and_areas_shade_partial_periods() -> None:
    chart = lines(replace(DATA, partial=((DAYS[2], "partial week"),)), LIGHT)
    (band,) = chart.layout.shapes
    assert (band.x0, band.x1) == (DAYS[1], DAYS[2])


def test_a_comparison_is_dotted_and_its_hover_names_its_own_day() -> None:
    earlier = tuple(day - timedelta(days=7) for day in DAYS)
    compared = replace(DATA, comparison=Comparison("A week earlier", earlier, amounts("1", "2", "3")))
    line = bars(compared, LIGHT).data[-1]
    assert line.line.dash == "dot"
    assert list(line.x) == list(DAYS)
    assert line.customdata[0] == "$1.00 (Sun 25 Oct 2026)"


def test_a_total_is_not_drawn_beside_several_separate_lines() -> None:
    compared = replace(DATA, comparison=Comparison("Before", DAYS, amounts("1", "2", "3")))
    assert "Before" not in [trace.name for trace in lines(compared, LIGHT).data]
    alone = replace(compared, series=compared.series[:1])
    assert "Before" in [trace.name for trace in lines(alone, LIGHT).data]


def test_a_click_on_a_bar_is_about_one_series() -> None:
    chart = bars(DATA, LIGHT)
    assert chart.layout.hovermode == "closest"
    assert [trace.legendgroup for trace in traces(chart, "bar")] == ["0", "1", "2"]


def test_notes_are_ruled_lines_with_their_number() -> None:
    chart = bars(replace(DATA, notes=(Note(DAYS[1], 3),)), LIGHT)
    assert chart.layout.shapes[0].x0 == DAYS[1]
    assert "3" in [note.text for note in chart.layout.annotations]


def test_a_sixth_named_series_is_refused() -> None:
    six = tuple(Series(str(n), amounts("1", "1", "1")) for n in range(6))
    with pytest.raises(ValueError, match="cannot be told apart"):
        TimeSeries(DAYS, six, "USD")
    assert TimeSeries(DAYS, (*six[:5], Series("Other", amounts("1", "1", "1"), other=True)), "USD").total == 18


def test_nothing_known_is_empty_and_zero_is_not() -> None:
    assert TimeSeries(DAYS, (Series("A", amounts(None, None, None)),), "USD").empty
    assert TimeSeries(DAYS, (), "USD").empty
    assert not TimeSeries(DAYS, (Series("A", amounts("0", None, None)),), "USD").empty


def test_an_answer_becomes_series_in_its_order() -> None:
    groups = ((None, "No team", False), ("Other", "Other", False), (None, "Other", True))
    rows = [
        {"bucket": day, "key": key, "label": label, "other": other, "cost": Decimal(cost)}
        for (key, label, other), cost in zip(groups, (5, 3, 1), strict=True)
        for day in DAYS[:2]
    ]
    schema = pa.schema(
        [("bucket", pa.date32()), ("key", pa.string()), ("label", pa.string()), ("other", pa.bool_()), ("cost", MONEY)]
    )
    earlier = [
        {"bucket": DAYS[0], "compared": date(2026, 10, 1), "cost": Decimal(7)},
        {"bucket": None, "compared": DAYS[0], "cost": None},
    ]
    answer = results.Series(
        table=pa.Table.from_pylist(rows, schema=schema),
        groups=groups,
        previous=pa.Table.from_pylist(
            earlier,
            schema=pa.schema([("bucket", pa.date32()), ("compared", pa.date32()), ("cost", MONEY)]),
        ),
        partial_buckets=(DAYS[1],),
        total=Decimal(18),
        queries=(),
    )
    data = time_series(answer, currency="USD", grain="week", compared="October")
    assert [(one.name, one.other) for one in data.series] == [
        ("No team", False),
        ("Other", False),
        ("All others", True),
    ]
    assert data.total == answer.total
    assert data.comparison == Comparison("October", (date(2026, 10, 1),), (Decimal(7),))
    assert data.partial == ((DAYS[1], "partial week"),)


def test_a_sparkline_starts_at_zero_and_marks_its_last_point() -> None:
    chart = sparkline(amounts("3", "5", None), LIGHT)
    assert chart.layout.yaxis.rangemode == "tozero"
    assert (list(chart.data[1].x), list(chart.data[1].y)) == ([1], [5])
