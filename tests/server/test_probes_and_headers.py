"""What every answer of the web server carries, and the two probes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.server.conftest import CLOCK
from tests.support.bills import charge, snapshot_of
from tests.support.server import AppServer, running_app, texts
from workbench.settings import Settings

pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    "path", ["/", "/overview", "/healthz", "/readyz", "/_stcore/health", "/favicon.png", "/no/such/page", "/media/none"]
)
def test_every_answer_has_the_security_headers(app: AppServer, path: str) -> None:
    headers = app.get(path).headers
    parts = (part.split() for part in headers["content-security-policy"].split(";"))
    policy = {name: sources for name, *sources in parts}
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert not any("://" in source or source.startswith(("*", "http")) for part in policy.values() for source in part)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_another_site_gets_no_cross_origin_permission(app: AppServer) -> None:
    reply = app.get("/_stcore/health", {"Origin": "https://elsewhere.example"})
    assert reply.headers.get("access-control-allow-origin") in (None, "http://localhost:3000")


def test_probes_with_data(app: AppServer, tiny_home: Path) -> None:
    assert app.get("/healthz").json()["status"] == "alive"
    ready = app.get("/readyz")
    assert ready.status == 200
    assert (tiny_home / "snapshots" / f"{ready.json()['snapshot']}.duckdb").exists()


def test_without_data_the_app_is_alive_but_not_ready_and_says_what_to_type(tmp_path: Path) -> None:
    with running_app(tmp_path / "empty") as server:
        assert server.get("/healthz").status == 200
        ready = server.get("/readyz")
        assert ready.status == 503
        assert ready.json()["code"] == "snapshot_missing"
        finished = server.open("overview")
        assert finished["status"] == "ready"
        assert "workbench ingest path/to/bills" in texts(finished)


def test_a_new_snapshot_shows_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Settings(home=tmp_path)
    with running_app(tmp_path, environment=CLOCK) as server:
        assert server.get("/readyz").status == 503
        monkeypatch.setenv("WORKBENCH_NOW", "2026-10-20T09:00:00Z")
        snapshot_of(home, [charge(1, charge_period_start=datetime(2026, 10, 1))]).close()
        first = server.open("overview")
        assert "1 Oct 2026" in texts(first) or "1 of 31 days" in texts(first)
        monkeypatch.setenv("WORKBENCH_NOW", "2026-10-21T08:00:00Z")
        snapshot_of(home, [charge(1, charge_period_start=datetime(2026, 10, day)) for day in (1, 2, 3)]).close()
        again = server.interact(session_id=first["session_id"])
        assert "3 of 31 days" in texts(again)


def test_a_damaged_snapshot_falls_back_to_the_one_before_with_a_banner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Settings(home=tmp_path)
    for moment, days in (("2026-10-20T09:00:00Z", (1, 2)), ("2026-10-21T08:00:00Z", (1, 2, 3))):
        monkeypatch.setenv("WORKBENCH_NOW", moment)
        snapshot_of(home, [charge(1, charge_period_start=datetime(2026, 10, day)) for day in days]).close()
    newest = max((tmp_path / "snapshots").glob("*.duckdb"))
    with newest.open("r+b") as file:
        file.seek(-100, 2)
        file.write(b"\xff" * 50)
    with running_app(tmp_path, environment=CLOCK) as server:
        ready = server.get("/readyz").json()
        shown = texts(server.open("overview"))
    assert ready["status"] == "ready"
    assert ready["notice"]
    assert ready["snapshot"] != newest.stem
    assert "2 of 31 days" in shown
    assert newest.stem.replace("-", r"\-") in shown


def test_an_old_snapshot_is_marked_stale(tiny_home: Path) -> None:
    with running_app(tiny_home, environment={"WORKBENCH_NOW": "2026-10-25T09:00:00Z"}) as server:
        shown = texts(server.open("overview"))
    assert "The data is 4 days old" in shown


def test_a_pinned_snapshot_that_is_gone_is_said_and_left_with_one_click(app: AppServer) -> None:
    gone = app.open("overview", {"snap": "20200101T000000Z-000000"})
    assert "The snapshot of this link is not here any more" in texts(gone)
