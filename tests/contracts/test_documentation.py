"""The documentation is a contract: every command, option, setting, exit code and column name promised must be in it."""

from __future__ import annotations

import re

import pytest
import typer.main

from workbench.cli.main import build_app
from workbench.schema.tables import TABLES
from workbench.settings import PROJECT_ROOT, Settings

README = (PROJECT_ROOT / "README.md").read_text()
DOCUMENTS = README + "".join(path.read_text() for path in sorted((PROJECT_ROOT / "docs").glob("*.md")))


def commands():
    """Every command as it is typed, with its options."""
    found = []

    def walk(command, words):
        if hasattr(command, "commands"):
            for name, child in command.commands.items():
                walk(child, [*words, name])
        else:
            options = [
                option
                for parameter in command.params
                for option in getattr(parameter, "opts", ())
                if option.startswith("--") and option != "--help"
            ]
            found.append((" ".join(words), options))

    walk(typer.main.get_command(build_app()), ["workbench"])
    return found


@pytest.mark.parametrize(("command", "options"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_and_option_is_documented(command, options):
    assert command in DOCUMENTS
    described = "".join(line for line in DOCUMENTS.splitlines() if command in line)
    assert [option for option in options if option not in described] == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_description(name):
    field = Settings.model_fields[name]
    (row,) = [line for line in DOCUMENTS.splitlines() if line.startswith(f"| `WORKBENCH_{name.upper()}`")]
    assert (field.description or "missing") in row


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_every_analytics_table_is_documented(table):
    assert f"`{table}`" in DOCUMENTS


def test_no_command_is_documented_that_does_not_exist():
    known = {command for command, _ in commands()}
    groups = {" ".join(command.split()[:2]) for command in known}
    typed = set(re.findall(r"(?m)^(?:WORKBENCH_\w+=\S+ )?(workbench [a-z]+(?: [a-z]+)?)", DOCUMENTS))
    typed |= set(re.findall(r"`(workbench [a-z]+(?: [a-z]+)?)", DOCUMENTS))
    wrong = {command for command in typed if command not in known and " ".join(command.split()[:2]) not in groups}
    assert wrong == set()


def test_relative_links_lead_somewhere():
    for document in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "GLOSSARY.md", "CHANGELOG.md"):
        text = (PROJECT_ROOT / document).read_text()
        for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text):
            assert (PROJECT_ROOT / target).exists(), f"{document}: {target}"
