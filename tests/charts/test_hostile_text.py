"""Names on a bill are shown letter by letter: Plotly's own markup never applies to them."""

from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import pytest

from workbench.ui.charts import LIGHT, Series, Step, TimeSeries, area, bars, lines, waterfall
from workbench.ui.charts.text import safe, shortened

HOSTILE = [
    "<b>bold</b>",
    '<a href="javascript:alert(1)">click</a>',
    '<a href="https://example.invalid">invoice</a>',
    "<img src=x onerror=alert(1)>",
    "two<br>lines",
    "&lt;b&gt;",
    "%{fullData.name}",
    "line\nbreak\ttab",
    "\u202egnp.exe",
    "<span style='font-size:99px'>big</span>",
]


def figures(name: str) -> list[go.Figure]:
    data = TimeSeries((date(2026, 11, 1), date(2026, 11, 2)), (Series(name, (Decimal(1), Decimal(-2))),), "USD")
    step = waterfall(Step(name, Decimal(1)), [Step(name, Decimal(1))], Step(name, Decimal(2)), LIGHT, currency="USD")
    return [bars(data, LIGHT), lines(data, LIGHT), area(data, LIGHT), step]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_reaches_a_figure_as_markup(name: str) -> None:
    for chart in figures(name):
        texts = [trace.name or "" for trace in chart.data]
        texts += [
            str(part) for trace in chart.data for part in (trace.customdata if trace.customdata is not None else [])
        ]
        texts += list(chart.layout.yaxis.ticktext or [])
        assert any(text for text in texts)
        assert not [text for text in texts if "<" in text or ">" in text or "\n" in text or "\u202e" in text]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_part_of_a_template(name: str) -> None:
    plain = [trace.hovertemplate for chart in figures("plain") for trace in chart.data]
    assert [trace.hovertemplate for chart in figures(name) for trace in chart.data] == plain


def test_text_that_looks_escaped_is_escaped_again() -> None:
    assert safe("&lt;b&gt;") == "&amp;lt;b&amp;gt;"


def test_long_names_keep_both_ends() -> None:
    short = shortened("arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0", 32)
    assert len(short) <= 32
    assert short.startswith("arn:aws:ec2")
    assert short.endswith("9abcdef0")
    assert shortened("short", 32) == "short"
