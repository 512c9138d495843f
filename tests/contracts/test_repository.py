"""The repository keeps its shape: top level, lock file, no traces of one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from workbench.settings import PROJECT_ROOT

TOP_LEVEL = {
    *("app.py", "pages", "workbench", "queries", "models", "data", "tests", "docs", ".streamlit", ".ci", ".gitignore"),
    *("pyproject.toml", "requirements.lock", "Makefile", "LICENSE"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "GLOSSARY.md"),
}
LOCK = PROJECT_ROOT / "requirements.lock"


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [PROJECT_ROOT / name for name in listed.stdout.split("\0") if name and (PROJECT_ROOT / name).is_file()]


def test_the_top_level_is_the_agreed_one(tracked):
    assert {path.relative_to(PROJECT_ROOT).parts[0] for path in tracked} == TOP_LEVEL


def test_no_file_names_a_place_on_one_machine(tracked):
    # Written in pieces, so that this file does not find itself.
    traces = re.compile("|".join((r"/ho" r"me/\w+/", r"/Us" r"ers/\w+/", r"/wo" r"rk/(main|shared)", r"/tmp/ve" r"nv")))
    named = [
        f"{path.relative_to(PROJECT_ROOT)}: {match.group()}"
        for path in tracked
        if path.suffix not in {".png", ".parquet", ".gz", ".zip"}
        for match in traces.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert named == []


def test_no_module_is_longer_than_a_sitting(tracked):
    lengths = {
        str(path.relative_to(PROJECT_ROOT)): len(path.read_text().splitlines())
        for path in tracked
        if path.suffix == ".py" and path.is_relative_to(PROJECT_ROOT / "workbench")
    }
    assert {name: length for name, length in lengths.items() if length > 600} == {}


def test_the_lock_pins_every_package_with_hashes_and_names_no_index():
    text = LOCK.read_text()
    assert "://" not in text
    assert "--index-url" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    for block in blocks:
        assert re.match(r"[a-z0-9][a-z0-9.\-]*(\[[a-z,]+\])?==[^ ]+", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


def test_the_lock_holds_every_declared_dependency_and_the_build_tool():
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0].lower() for requirement in declared}
    pinned = {line.split("==")[0].split("[")[0] for line in LOCK.read_text().splitlines() if "==" in line}
    assert names - pinned == set()
    assert "setuptools" in pinned
