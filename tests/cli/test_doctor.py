"""``workbench doctor`` finds what is wrong and says what to do."""

from __future__ import annotations

import json
import socket

import pytest

from tests.support.bills import charge
from workbench.cli.main import main
from workbench.settings import explain_settings, load_settings


@pytest.fixture
def ask(capsys):
    """Run ``doctor --json``: (exit code, check by name, the document)."""

    def run():
        capsys.readouterr()
        code = main(["doctor", "--json"])
        document = json.loads(capsys.readouterr().out)
        return code, {check["name"]: check for check in document["checks"]}, document

    return run


def test_an_empty_home_is_a_warning_with_a_remedy(settings, ask):
    code, checks, document = ask()
    assert code == 0
    assert document["status"] == "warn"
    assert checks["snapshot"]["status"] == "warn"
    assert "workbench ingest" in checks["snapshot"]["remedy"]
    for name in ("python", "packages", "app", "settings", "home", "disk"):
        assert checks[name]["status"] == "ok", checks[name]


def test_a_good_snapshot_is_verified(publish_bill, ask):
    publish_bill([charge(3), charge(4)])
    code, checks, _ = ask()
    assert code == 0
    assert checks["snapshot"]["status"] == "ok"
    assert "2 charge lines from 2026-10-01 to 2026-10-01" in checks["snapshot"]["detail"]


def test_a_damaged_snapshot_fails(publish_bill, settings, ask):
    snapshot = publish_bill([charge(3)])
    snapshot.close()
    file = settings.home / snapshot.manifest.file
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    code, checks, document = ask()
    assert (code, document["status"], checks["snapshot"]["status"]) == (1, "fail", "fail")
    assert "rollback" in checks["snapshot"]["remedy"]


def test_an_old_snapshot_is_a_warning(publish_bill, monkeypatch, ask):
    monkeypatch.setenv("WORKBENCH_NOW", "2026-10-02T00:00:00Z")
    publish_bill([charge(3)])
    monkeypatch.setenv("WORKBENCH_NOW", "2026-10-09T00:00:00Z")
    _, checks, _ = ask()
    assert checks["freshness"]["detail"] == "The snapshot is 7 days old"


def test_a_home_that_cannot_be_written_fails(tmp_path, monkeypatch, ask):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "file" / "home"))
    code, checks, _ = ask()
    assert (code, checks["home"]["status"]) == (1, "fail")
    assert "WORKBENCH_HOME" in checks["home"]["remedy"]


def test_a_bad_setting_fails_and_the_rest_is_still_checked(settings, monkeypatch, ask):
    monkeypatch.setenv("WORKBENCH_THREADS", "none")
    code, checks, document = ask()
    assert (code, checks["settings"]["status"]) == (1, "fail")
    assert "WORKBENCH_THREADS" in checks["settings"]["remedy"]
    assert checks["python"]["status"] == "ok"
    assert document["settings"] == []


def test_a_port_in_use_is_a_warning(settings, monkeypatch, ask):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setenv("WORKBENCH_PORT", str(server.getsockname()[1]))
        _, checks, _ = ask()
    assert checks["port"]["status"] == "warn"


def test_without_chromium_pictures_are_a_warning(settings, monkeypatch, ask):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    _, checks, _ = ask()
    assert checks["pictures"]["status"] == "warn"
    assert "HTML and tables work" in checks["pictures"]["detail"]


def test_every_setting_says_where_it_comes_from(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").write_text("threads = 4\ntable_rows = 100\n")
    monkeypatch.setenv("WORKBENCH_CONFIG", str(tmp_path / "workbench.toml"))
    monkeypatch.setenv("WORKBENCH_TABLE_ROWS", "50")
    found = {each.name: (each.value, each.origin) for each in explain_settings(load_settings())}
    assert found["threads"] == ("4", "file")
    assert found["table_rows"] == ("50", "environment")
    assert found["basis"] == ("effective", "default")


def test_a_database_that_does_not_answer_is_said_without_its_password(settings, monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_SOURCE", "postgres")
    monkeypatch.setenv("WORKBENCH_POSTGRES_URL", "postgresql://me:hunter2@127.0.0.1:1/costs")
    main(["doctor", "--json"])
    out = capsys.readouterr().out
    [check] = [one for one in json.loads(out)["checks"] if one["name"] == "database"]
    assert check["status"] == "fail"
    assert "costs on 127.0.0.1" in check["detail"]
    assert "hunter2" not in out
