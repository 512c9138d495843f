"""What the web server adds to Streamlit: security headers on every response, and two probes.

======================  ==============================================================================
``GET /healthz``        200 while the process answers
``GET /readyz``         200 when a snapshot can be opened; else 503 with the reason, both as JSON
every response          Content-Security-Policy and the other headers of :func:`security_headers`
======================  ==============================================================================
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import streamlit
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench import __version__
from workbench.errors import WorkbenchError
from workbench.log import configure_logging
from workbench.settings import load_settings
from workbench.ui.warm import start_warming

__all__ = ["SecurityHeaders", "lifespan", "middleware", "routes", "security_headers"]

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

# The strictest policy under which Streamlit 1.67, its tables and Plotly work without a violation (tests/browser):
# scripts from this server only, no eval; protobuf.js probes for WebAssembly; components write their styles at run time
# and embed small pictures and fonts. No other host is ever needed.
_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}

_PERMISSIONS = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)


@cache
def inline_script_hashes() -> tuple[str, ...]:
    """CSP sources of the inline scripts in Streamlit's own start page, read from the installed file."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


@cache
def security_headers() -> tuple[tuple[bytes, bytes], ...]:
    """Headers set on every response, replacing any of the same name."""
    policy = dict(_POLICY)
    policy["script-src"] = " ".join((policy["script-src"], *inline_script_hashes()))
    headers = {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # The address holds filters (account and tag names): it is not told to any other site.
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{name}=()" for name in _PERMISSIONS),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


class SecurityHeaders:
    """ASGI middleware that sets :func:`security_headers` on every HTTP response, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = security_headers()
        names = {name for name, _ in ours}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in names]
                message = {**message, "headers": [*kept, *ours]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def healthz(_: Request) -> JSONResponse:
    """The process is alive."""
    return JSONResponse({"status": "alive", "version": __version__})


def readyz(_: Request) -> JSONResponse:
    """A snapshot can be opened; otherwise 503 with what is wrong and what to do."""
    from workbench.ui.source import source_for

    try:
        opened = source_for(load_settings()).get()
    except WorkbenchError as error:
        return JSONResponse(
            {"status": "not ready", "code": error.code, "reason": error.title, "hint": error.hint}, status_code=503
        )
    return JSONResponse({"status": "ready", "snapshot": opened.manifest.id, "notice": opened.notice})


def routes() -> list[BaseRoute]:
    """The probes."""
    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def middleware() -> list[Middleware]:
    """What wraps every request."""
    return [Middleware(SecurityHeaders)]


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Start the log with the server, and prepare the first page in the background."""
    configure_logging(load_settings())
    start_warming()
    yield {}
