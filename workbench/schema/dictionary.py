"""The data dictionary as Markdown: ``python -m workbench.schema.dictionary > docs/DATA_DICTIONARY.md``."""

from __future__ import annotations

import sys

from workbench.schema.ddl import duckdb_type, postgres_type
from workbench.schema.model import Table, View
from workbench.schema.tables import SCHEMA_VERSION, TABLES
from workbench.schema.views import VIEWS

__all__ = ["data_dictionary"]

_INTRODUCTION = f"""# Data dictionary

Every analytics table and view, schema version {SCHEMA_VERSION}, in a snapshot (DuckDB) and in PostgreSQL
(schema `finops`). Generated from `workbench/schema` by
`python -m workbench.schema.dictionary > docs/DATA_DICTIONARY.md`.

Timestamps are UTC, dates are UTC days, percentages are 0-100, `NULL` means unknown. Costs of the
inventory are list prices in USD; the bill is `charges`.
"""


def data_dictionary() -> str:
    """The whole document: a section a table, a row a column."""
    return "\n".join([_INTRODUCTION, *(_section(table) for table in (*TABLES, *VIEWS))])


def _section(table: Table) -> str:
    kind = "View" if isinstance(table, View) else "Table"
    lines = [
        f"## `{table.name}`",
        "",
        f"{kind}. One row is {_plain(table.grain)}. Source: {_plain(table.source)}.",
        "",
        "| column | meaning | unit | DuckDB | PostgreSQL | never null |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{column.name}` | {_plain(column.description)} | {column.unit} | {duckdb_type(column.kind)}"
        f" | {postgres_type(column.kind)} | {'yes' if column.required else ''} |"
        for column in table.columns
    ]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    """Text in a table cell: no cell borders, no angle brackets that a renderer would take for a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
