"""The answers of the simulated estate are out of reach of the product: nothing else imports or reads them."""

from __future__ import annotations

import ast
from pathlib import Path

import workbench

PACKAGE = Path(workbench.__file__).parent
ROOT = PACKAGE.parent
ANSWERS = {"workbench.simulate.truth", "workbench.simulate.expected", "workbench.simulate.cases"}


def product_files() -> list[Path]:
    places = [PACKAGE, ROOT / "models", ROOT / "pages"]
    files = [path for place in places for path in place.rglob("*.py")] + [ROOT / "app.py"]
    return [path for path in files if PACKAGE / "simulate" not in path.parents]


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, and every name it takes from one."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_no_product_module_imports_the_answers():
    assert len(product_files()) > 50
    guilty = {
        str(path.relative_to(ROOT))
        for path in product_files()
        if any(name == answer or name.startswith(answer + ".") for name in imported(path) for answer in ANSWERS)
    }
    assert guilty == set()


def test_no_stored_query_and_no_product_module_names_the_truth_folder_or_its_tables():
    words = ("truth_findings", "truth_sizes", "truth_anomalies", "truth_budgets", "findings.parquet", "sizes.parquet")
    texts = [*product_files(), *(ROOT / "queries").rglob("*.sql")]
    guilty = {str(path) for path in texts if any(word in path.read_text(encoding="utf-8") for word in words)}
    assert guilty == set()
