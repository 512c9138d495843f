"""The real app on a free port, as ``streamlit run app.py`` starts it, and its agent interface for tests.

The agent interface drives the app without a browser: widget values in, the tree of elements out. It is off in the
product and switched on here by a flag.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.settings import PROJECT_ROOT

__all__ = ["AppServer", "Reply", "elements", "running_app", "texts"]

_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class AppServer:
    """A running app: its address, its process and where it writes."""

    url: str
    pid: int
    log: Path

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """One GET; an error status is an answer like any other."""
        return self._send(urllib.request.Request(f"{self.url}{path}", headers=dict(headers or {})))

    def open(self, page: str, query_params: Mapping[str, str | list[str]] | None = None, **more: Any) -> dict[str, Any]:
        """Open a page in a new session and give the finished app."""
        params = {key: [value] if isinstance(value, str) else value for key, value in (query_params or {}).items()}
        return self.interact(page=page, query_params=params, **more)

    def interact(self, **body: Any) -> dict[str, Any]:
        """One interaction; see the agent interface of Streamlit."""
        request = urllib.request.Request(
            f"{self.url}/_stcore/agent/interact",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        reply = self._send(request)
        assert reply.status == 200, reply.body[:2000]
        snapshot: dict[str, Any] = reply.json()
        return snapshot

    @staticmethod
    def _send(request: urllib.request.Request) -> Reply:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Reply(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())


@contextmanager
def running_app(home: Path, *, environment: Mapping[str, str] | None = None) -> Iterator[AppServer]:
    """Start the app on ``home`` in a process of its own and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server-under-test.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.enableAgentApi", "true"]
    settings = {**os.environ, "WORKBENCH_HOME": str(home), **(environment or {})}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=settings, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    try:
        server = AppServer(f"http://127.0.0.1:{port}", process.pid, log)
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: AppServer, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers; any answer will do, so that no page has been asked for."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, f"the app stopped:\n{server.log.read_text()}"
        try:
            if server.get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the app did not answer within {_START_SECONDS:g} s:\n{server.log.read_text()}")


def elements(snapshot: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """All elements of the finished app, depth first."""
    stack = [snapshot["tree"]]
    while stack:
        element = stack.pop()
        yield element
        stack.extend(reversed(element.get("children", [])))


def texts(snapshot: Mapping[str, Any]) -> str:
    """Everything that is written on the page, one element a line."""
    words = []
    for element in elements(snapshot):
        props = element.get("props", {})
        words.extend(str(props[name]) for name in ("body", "label", "value", "delta") if name in props)
    return "\n".join(words)
