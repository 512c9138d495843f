"""Charts as files: self-contained, without network, with provenance, and inert whatever the names are."""

import json
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import plotly.graph_objects as go
import pytest

from workbench.errors import ExportUnavailable
from workbench.export import ImageFormat, Provenance, find_browser, to_html, to_image

CHART = go.Figure(go.Bar(x=["a", "</script><img src=x onerror=alert(1)>"], y=[1, -2]))
needs_browser = pytest.mark.skipif(find_browser() is None, reason="no Chromium is installed")


@pytest.fixture
def page(provenance: Provenance) -> str:
    return to_html(CHART, provenance, background="#ffffff", ink="#000000", config={"displaylogo": False}).decode()


def test_html_carries_plotly_and_asks_nobody(page: str) -> None:
    outside = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)
    assert len(page) > 1_000_000
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//""", outside)
    assert "<script src" not in page
    assert "default-src 'none'" in outside


def test_html_shows_text_as_text(page: str) -> None:
    assert "<script>alert(1)" not in page
    assert "onerror=alert(1)>" not in page
    assert "Cost by service &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_html_ends_with_its_provenance(page: str) -> None:
    for text in (
        "1–20 Nov 2026, 20 of 30 days",
        "20261120T090000Z-ab12cd",
        "SELECT 1 WHERE $p1 &lt;&gt; &#x27;&lt;b&gt;",
    ):
        assert text in page


@needs_browser
@pytest.mark.slow
def test_png_has_a_picture_and_its_provenance(provenance: Provenance) -> None:
    picture = to_image(CHART, "png", provenance, background="#ffffff", muted="#666666")
    chunks = dict(_chunks(picture))
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, _height = struct.unpack(">II", chunks["IHDR"][:8])
    assert width == 2400
    texts = dict(part.split(b"\0\0\0\0\0", 1) for name, part in _chunks(picture) if name == "iTXt")
    assert json.loads(texts[b"workbench.provenance"]) == provenance.document()


@needs_browser
@pytest.mark.slow
def test_svg_is_well_formed_with_metadata_and_no_script(provenance: Provenance) -> None:
    picture = to_image(CHART, "svg", provenance, background="#ffffff", muted="#666666")
    root = ET.fromstring(picture)
    space = "{http://www.w3.org/2000/svg}"
    assert json.loads(root.findtext(f"{space}metadata") or "") == provenance.document()
    assert root.find(f".//{space}script") is None
    assert all(not name.startswith("on") for element in root.iter() for name in element.attrib)


@needs_browser
@pytest.mark.slow
def test_pdf_is_a_pdf(provenance: Provenance) -> None:
    assert to_image(CHART, "pdf", provenance, background="#ffffff", muted="#666666").startswith(b"%PDF-")


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_without_a_browser_the_message_says_what_to_install(
    kind: ImageFormat, provenance: Provenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    with pytest.raises(ExportUnavailable) as caught:
        to_image(CHART, kind, provenance, background="#ffffff", muted="#666666")
    assert "Install Chromium" in caught.value.hint
    assert kind.upper() in caught.value.title


def test_a_browser_that_fails_is_named(provenance: Provenance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    with pytest.raises(ExportUnavailable, match="did not draw"):
        to_image(CHART, "png", provenance, background="#ffffff", muted="#666666", timeout=5)


def _chunks(picture: bytes) -> list[tuple[str, bytes]]:
    found, position = [], 8
    while position < len(picture):
        (length,) = struct.unpack(">I", picture[position : position + 4])
        kind, body = picture[position + 4 : position + 8], picture[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack(">I", picture[position + 8 + length : position + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        found.append((kind.decode(), body))
        position += 12 + length
    return found
