"""The checks of ``workbench doctor``: each looks at one thing and says what to do when it is not in order.

Nothing here raises: a check that cannot be made is itself a finding.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from workbench import clock, formats
from workbench.errors import WorkbenchError
from workbench.settings import PROJECT_ROOT, SettingInUse, Settings, explain_settings, load_settings
from workbench.snapshot import SnapshotStore

__all__ = ["Check", "DoctorReport", "port_is_free", "run_checks"]

Status = Literal["ok", "warn", "fail"]

_LEAST_PYTHON = (3, 11)
_LEAST_FREE_BYTES = 2 * 10**9
_DISTRIBUTION = "finops-workbench"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; ``remedy`` is empty when nothing needs to be done."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """All findings; ``status`` is the worst of them. No settings when they cannot be read."""

    status: Status
    checks: tuple[Check, ...]
    settings: tuple[SettingInUse, ...]


def run_checks() -> DoctorReport:
    """Look at everything."""
    found = [_python(), _packages(), _launcher()]
    settings: Settings | None = None
    try:
        settings = load_settings()
        found.append(Check("settings", "ok", "All settings have usable values"))
    except WorkbenchError as error:
        found.append(Check("settings", "fail", f"{error.title}: {error.detail}", error.hint))
    if settings is not None:
        found += [_home(settings), _disk(settings), *_snapshot(settings), _port(settings)]
        if settings.source == "postgres":
            found.append(_database(settings))
    found.append(_browser())
    worst: Status = "ok"
    for status in ("warn", "fail"):
        if any(check.status == status for check in found):
            worst = status
    return DoctorReport(worst, tuple(found), explain_settings(settings) if settings else ())


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _LEAST_PYTHON:
        return Check("python", "fail", version, "Install Python 3.11 or newer, remove .venv and run: make setup")
    return Check("python", "ok", f"{version} at {sys.executable}")


def _packages() -> Check:
    """Every declared dependency is installed in its declared range of major versions."""
    try:
        declared = importlib.metadata.requires(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return Check("packages", "fail", f"{_DISTRIBUTION} is not installed", "Run: make setup")
    installed, missing = [], []
    for requirement in declared:
        if "extra ==" in requirement:
            continue
        name = re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]
        try:
            installed.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", "fail", f"Not installed: {', '.join(missing)}", "Run: make setup")
    return Check("packages", "ok", ", ".join(sorted(installed)))


def _launcher() -> Check:
    if not (PROJECT_ROOT / "app.py").is_file():
        return Check("app", "fail", f"{PROJECT_ROOT / 'app.py'} is missing", "Install from a clone: make setup")
    return Check("app", "ok", str(PROJECT_ROOT / "app.py"))


def _home(settings: Settings) -> Check:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.home, prefix=".doctor-"):
            pass
    except OSError as error:
        return Check(
            "home",
            "fail",
            f"{settings.home} cannot be written: {error.strerror or error}",
            "Check its permissions, or choose another folder with WORKBENCH_HOME",
        )
    return Check("home", "ok", str(settings.home))


def _disk(settings: Settings) -> Check:
    try:
        free = shutil.disk_usage(settings.home).free
    except OSError as error:
        return Check("disk", "warn", f"Free space is unknown: {error.strerror or error}")
    detail = f"{formats.file_size(free)} free"
    if free < _LEAST_FREE_BYTES:
        return Check(
            "disk", "warn", detail, "A load needs room for a second snapshot; workbench snapshots prune frees some"
        )
    return Check("disk", "ok", detail)


def _snapshot(settings: Settings) -> Iterator[Check]:
    store = SnapshotStore(settings)
    try:
        manifest = store.current()
    except WorkbenchError as error:
        yield Check("snapshot", "fail", str(error), "Run: workbench snapshots rollback")
        return
    if manifest is None:
        yield Check("snapshot", "warn", "No bill is loaded", "Run: workbench ingest PATH, or workbench demo")
        return
    report = store.verify(manifest.id)
    if not report.ok:
        yield Check("snapshot", "fail", report.problem or "Damaged", "Run: workbench snapshots rollback")
        return
    lines = formats.plural(manifest.rows.get("charges", 0), "charge line")
    yield Check(
        "snapshot",
        "ok",
        f"{manifest.id}: {lines} from {manifest.first_day} to {manifest.last_day}, verified",
    )
    age = clock.now() - manifest.created_at
    if age > timedelta(hours=settings.stale_after_hours):
        yield Check(
            "freshness",
            "warn",
            f"The snapshot is {formats.age(age)} old",
            "Load the newest bill: workbench ingest PATH",
        )


def _database(settings: Settings) -> Check:
    from workbench.engines import server_label
    from workbench.postgres import postgres_url, served_load

    try:
        url = postgres_url(settings)
        load = served_load(url)
    except WorkbenchError as error:
        return Check("database", "fail", f"{error.title}. {error.detail}".rstrip(". "), error.hint)
    return Check("database", "ok", f"{server_label(url)} serves snapshot {load.manifest.id} (load {load.number})")


def _port(settings: Settings) -> Check:
    if port_is_free(settings.port):
        return Check("port", "ok", f"{settings.port} is free")
    return Check(
        "port", "warn", f"{settings.port} is in use", "The app may be running already; else set WORKBENCH_PORT"
    )


def port_is_free(port: int) -> bool:
    """Whether a server can listen on ``port`` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _browser() -> Check:
    try:
        from workbench.export import find_browser
    except ImportError as error:
        return Check("pictures", "warn", f"Chart export cannot be loaded: {error}", "Run: make setup")
    path = find_browser()
    if path is None:
        return Check(
            "pictures",
            "warn",
            "No Chromium: PNG, SVG and PDF exports are unavailable, HTML and tables work",
            "Install chromium, or set BROWSER_PATH",
        )
    return Check("pictures", "ok", path)
