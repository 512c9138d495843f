"""What may import what, proved by running as well as by reading."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workbench.settings import PROJECT_ROOT

HEADLESS = (
    "workbench.cli.main",
    "workbench.cli.checks",
    "workbench.export",
    "workbench.ingest",
    "workbench.simulate",
    "workbench.costs",
    "workbench.snapshot",
    "workbench.workspace",
    "workbench.engines",
    "workbench.schema",
    "models",
)


def test_the_import_contracts_hold():
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("module", HEADLESS)
def test_headless_rooms_load_without_streamlit(module):
    """With Streamlit made impossible to import, the room and everything it needs still loads."""
    script = (
        "import importlib, pkgutil, sys\n"
        "sys.modules['streamlit'] = None\n"
        f"room = importlib.import_module({module!r})\n"
        "for found in pkgutil.walk_packages(getattr(room, '__path__', []), room.__name__ + '.'):\n"
        "    importlib.import_module(found.name)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]
