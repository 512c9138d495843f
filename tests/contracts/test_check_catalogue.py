"""The catalogue of checks in the docs is the one made from their headers."""

from __future__ import annotations

from workbench.checks.catalogue import catalogue
from workbench.settings import PROJECT_ROOT


def test_the_catalogue_in_the_docs_is_up_to_date() -> None:
    written = (PROJECT_ROOT / "docs" / "CHECK_CATALOGUE.md").read_text(encoding="utf-8")
    assert written == catalogue(), "run: python -m workbench.checks.catalogue > docs/CHECK_CATALOGUE.md"
