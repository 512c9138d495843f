"""The frame of the command line: exit codes, what goes to which stream, how errors read."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer

from workbench import __version__
from workbench.cli import main as cli
from workbench.errors import BadFile, BadPeriod, SnapshotMissing


def workbench(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workbench.cli.main", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def only_command(monkeypatch, settings):
    """Make the command line consist of one command that does what is given."""

    def build(action):
        app = typer.Typer(callback=cli._start, pretty_exceptions_enable=False)
        app.command("act")(action)
        monkeypatch.setattr(cli, "build_app", lambda: app)

    return build


def raises(error):
    def action() -> None:
        raise error

    return action


def test_help_names_every_command_and_the_exit_codes():
    result = workbench("--help")
    assert result.returncode == 0
    assert result.stderr == ""
    for word in ("run", "ingest", "snapshots", "tieout", "export", "demo", "doctor"):
        assert f"\n  {word} " in result.stdout
    assert "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done, 4 nothing to do." in result.stdout


def test_starting_imports_nothing_heavy():
    """``workbench --help`` stays quick because engines, tables, charts and settings load only when used."""
    heavy = ("duckdb", "pandas", "numpy", "pyarrow", "plotly", "streamlit", "pydantic", "sqlalchemy", "structlog")
    script = (
        "import sys, workbench.cli.main as cli; cli.build_app();"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() == "[]"


def test_version():
    result = workbench("--version")
    assert (result.returncode, result.stdout) == (0, f"workbench {__version__}\n")


@pytest.mark.parametrize("arguments", [["frobnicate"], ["doctor", "--frobnicate"], ["run", "--port", "many"]])
def test_wrong_usage_is_2_and_leaves_stdout_empty(arguments):
    result = workbench(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SnapshotMissing("No data has been loaded yet", hint="Load a bill"), 1),
        (BadFile("july.csv is empty"), 1),
        (BadPeriod("The period is reversed"), 2),
    ],
)
def test_expected_errors_exit_with_the_code_of_their_class(only_command, capsys, error, code):
    only_command(raises(error))
    assert cli.main(["act"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"Error: {error.title}\n")


def test_an_error_says_what_why_what_to_do_and_its_reference(only_command, capsys, settings):
    only_command(raises(BadFile("july.csv cannot be loaded", detail="line 3: no cost", hint="Export it again")))
    cli.main(["act"])
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == [
        "Error: july.csv cannot be loaded",
        "  Why:       line 3: no cost",
        "  Do:        Export it again",
    ]
    reference = lines[3].removeprefix("  Reference: ")
    logged = [json.loads(line) for line in (settings.logs_dir / "workbench.log").read_text().splitlines()]
    (entry,) = [line for line in logged if line.get("reference") == reference]
    assert "Traceback" in entry["exception"]
    assert len(lines) == 4


def test_an_unexpected_error_is_calm_and_names_the_log(only_command, capsys, settings):
    only_command(raises(ZeroDivisionError("division by zero")))
    assert cli.main(["act"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert str(settings.logs_dir / "workbench.log") in shown
    assert "ZeroDivisionError: division by zero" in (settings.logs_dir / "workbench.log").read_text()


def test_debug_shows_the_traceback(only_command, capsys):
    only_command(raises(ZeroDivisionError("division by zero")))
    assert cli.main(["--debug", "act"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_bad_setting_is_one_message_and_exit_2(monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_PORT", "many")
    assert cli.main(["tieout"]) == 2
    assert "Setting port has an unusable value" in capsys.readouterr().err


def test_interrupting_says_that_nothing_changed(only_command, capsys):
    only_command(raises(KeyboardInterrupt()))
    assert cli.main(["act"]) == 130
    assert capsys.readouterr().err.strip() == "Interrupted; nothing was changed"


def test_codes_chosen_by_a_command_pass_through(only_command):
    only_command(raises(typer.Exit(3)))
    assert cli.main(["act"]) == 3


def test_control_characters_of_a_file_name_do_not_reach_the_terminal(only_command, capsys):
    only_command(raises(BadFile("\x1b[31mred\x1b[0m.csv is empty")))
    cli.main(["act"])
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", ["--help", "doctor --json"])
def test_a_reader_that_stops_early_gets_no_complaint(arguments, settings):
    command = f"{sys.executable} -m workbench.cli.main {arguments} | head -c 1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert len(result.stdout) == 1
    assert result.stderr == ""
