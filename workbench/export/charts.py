"""Charts as files: self-contained HTML, and PNG, SVG and PDF drawn by an installed Chromium through kaleido.

Nothing is fetched from the network: plotly.js is inside the HTML file, MathJax is off.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import kaleido
import plotly.graph_objects as go
import plotly.io

from workbench.errors import ExportUnavailable
from workbench.export.provenance import Provenance

__all__ = ["ImageFormat", "find_browser", "to_html", "to_image"]

ImageFormat = Literal["png", "svg", "pdf"]

_WIDTH = 1200
_FOOT = 56
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
# The page may run its own inline script and nothing else; no address can be contacted.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"


def to_html(chart: go.Figure, provenance: Provenance, *, background: str, ink: str, config: Mapping[str, Any]) -> bytes:
    """One HTML file that needs no network: title, chart, provenance with the queries.

    Args:
        chart: the figure.
        provenance: printed below the chart.
        background: page colour, ``#rrggbb``.
        ink: text colour.
        config: Plotly.js settings.
    """
    drawing = plotly.io.to_html(
        chart, config=dict(config), include_plotlyjs=True, include_mathjax=False, full_html=False, div_id="chart"
    )
    facts = "\n".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in provenance.facts)
    queries = "\n".join(
        f"<h3>{html.escape(query.title)}</h3><pre>{html.escape(query.sql)}</pre>"
        + "".join(f"<pre>${html.escape(name)} = {html.escape(repr(value))}</pre>" for name, value in query.params)
        for query in provenance.queries
    )
    title = html.escape(provenance.title)
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 "Source Sans", "Helvetica Neue", Arial, sans-serif; margin: 2rem auto; max-width: 76rem;
  padding: 0 1rem; background: {background}; color: {ink} }}
h1 {{ font-size: 1.3rem }} h3 {{ font-size: 1rem }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .85rem }}
dd {{ margin: 0; overflow-wrap: anywhere }} pre {{ white-space: pre-wrap; font-size: .8rem; margin: .2rem 0 }}
</style>
</head>
<body>
<h1>{title}</h1>
{drawing}
<footer>
<dl>
{facts}
</dl>
<details><summary>Queries</summary>
{queries}
</details>
</footer>
</body>
</html>
"""
    return page.encode()


def find_browser() -> str | None:
    """Path of the Chromium that draws pictures, ``BROWSER_PATH`` first; None when there is none."""
    chosen = os.environ.get("BROWSER_PATH")
    if chosen:
        return chosen if Path(chosen).is_file() else None
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def to_image(
    chart: go.Figure, kind: ImageFormat, provenance: Provenance, *, background: str, muted: str, timeout: float = 60.0
) -> bytes:
    """The chart with its title above and a line of provenance below; PNG and SVG also carry all of it as metadata.

    Raises:
        ExportUnavailable: no Chromium is installed, or it did not draw the chart.
    """
    browser = find_browser()
    if browser is None:
        raise ExportUnavailable(
            f"A {kind.upper()} file needs Chromium, which is not installed",
            detail="looked for " + ", ".join(_BROWSERS),
            hint="Install Chromium or Chrome, set BROWSER_PATH to it if it has another name, or export HTML",
        )
    framed = _framed(chart, provenance, background=background, muted=muted)
    options = {"format": kind, "width": _WIDTH, "height": framed.layout.height, "scale": 2 if kind == "png" else 1}
    try:
        drawn: bytes = kaleido.calc_fig_sync(
            framed.to_dict(), opts=options, kopts={"mathjax": False, "path": browser, "timeout": timeout}
        )
    except Exception as exc:  # kaleido and the browser raise many unrelated types
        raise ExportUnavailable(
            f"Chromium at {browser} did not draw the {kind.upper()} file",
            detail=f"{type(exc).__name__}: {exc}".splitlines()[0][:300],
            hint="Try again, or export HTML",
        ) from exc
    if kind == "png":
        return _png_with_text(drawn, {"Title": provenance.title, "workbench.provenance": provenance.json()})
    if kind == "svg":
        return _svg_with_metadata(drawn, provenance)
    return drawn


def _framed(chart: go.Figure, provenance: Provenance, *, background: str, muted: str) -> go.Figure:
    """A copy with background, title and a line of provenance in its margins."""
    framed = go.Figure(chart)
    margin = framed.layout.margin
    top, bottom = (margin.t or 0) + 44, (margin.b or 0) + _FOOT
    framed.update_layout(
        paper_bgcolor=background,
        height=(framed.layout.height or 400) + 44 + _FOOT,
        margin={"t": top, "b": bottom, "l": max(margin.l or 0, 24), "r": max(margin.r or 0, 24)},
        title={
            "text": html.escape(provenance.title, quote=False),
            "x": 0.02,
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 14},
            "font": {"size": 18},
        },
    )
    framed.add_annotation(
        text=html.escape(provenance.summary, quote=False),
        x=0,
        xref="paper",
        xanchor="left",
        y=0,
        yref="paper",
        yanchor="bottom",
        yshift=-bottom + 8,
        showarrow=False,
        font={"size": 11, "color": muted},
    )
    return framed


def _png_with_text(picture: bytes, texts: Mapping[str, str]) -> bytes:
    """Insert iTXt chunks (UTF-8, uncompressed) behind the header of a PNG (PNG specification, 11.3.3.4)."""
    head = 8 + 25  # signature, IHDR
    chunks = b""
    for keyword, text in texts.items():
        body = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
        chunks += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:head] + chunks + picture[head:]


def _svg_with_metadata(picture: bytes, provenance: Provenance) -> bytes:
    """Insert a ``<metadata>`` element as the first child of the picture."""
    text = picture.decode()
    element = f"<metadata>{html.escape(provenance.json(), quote=False)}</metadata>"
    return re.sub(r"(<svg\b[^>]*>)", lambda found: found.group(1) + element, text, count=1).encode()
