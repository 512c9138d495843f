"""The stored statements of a folder, each checked when it is read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from workbench.errors import BadFile, BadFilter
from workbench.queries.header import Header, parse_header
from workbench.schema import TABLES, VIEWS
from workbench.settings import PROJECT_ROOT

__all__ = ["QUERIES", "StoredQuery", "check_statement", "find_query", "load_queries", "read_query"]

QUERIES = PROJECT_ROOT / "queries"

# Read by rooms of their own, with further keys in the header.
_OTHER_FOLDERS = ("waste",)

_SCHEMA = {table.name: frozenset(table.names) for table in (*TABLES, *VIEWS)}


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """One stored statement.

    Attributes:
        name: its path below the folder, without ``.sql``.
        header: what it says of itself.
        sql: the statement in canonical SQL.
    """

    name: str
    header: Header
    sql: str

    @property
    def folder(self) -> str:
        """The folder it is in: its subject."""
        return self.name.rpartition("/")[0]


@lru_cache(maxsize=4)
def load_queries(root: Path = QUERIES) -> tuple[StoredQuery, ...]:
    """All stored statements below ``root`` in order of their names, those of waste checks left out.

    Raises:
        BadFile: a file is not as it should be; names file, line and what is wrong.
    """
    return tuple(
        read_query(path, root)
        for path in sorted(root.rglob("*.sql"))
        if path.relative_to(root).parts[0] not in _OTHER_FOLDERS
    )


def find_query(name: str, queries: Iterable[StoredQuery] | None = None) -> StoredQuery:
    """The stored statement called ``name``.

    Raises:
        BadFilter: there is none; names the closest.
    """
    known = {query.name: query for query in (load_queries() if queries is None else queries)}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    raise BadFilter(
        f"There is no stored query {name}",
        hint=f"Did you mean {close[0]}?" if close else "List them with: workbench queries list",
    )


def read_query(path: Path, root: Path) -> StoredQuery:
    """Read and check one file; raises ``BadFile``."""
    source = str(path.relative_to(root.parent))
    header, sql = parse_header(path.read_text(encoding="utf-8"), source=source)
    check_statement(sql, header, source=source)
    return StoredQuery(str(path.relative_to(root).with_suffix("")), header, sql)


def check_statement(
    sql: str, header: Header, *, source: str, provided: Iterable[str] = (), offered: Iterable[str] = ()
) -> None:
    """Check that a statement is one SELECT that keeps to its header.

    Args:
        sql: the statement.
        header: its header.
        source: name of the file, for messages.
        provided: names of common table expressions that are put before it when it runs.
        offered: names of parameters that it may use without declaring them.

    Raises:
        BadFile: it is not one SELECT; its parameters are not those declared; it reads a table that is not declared as
            required; a required table or column is not in the schema.
    """
    try:
        statements = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except SqlglotError as exc:
        raise BadFile(f"{source}: not SQL", detail=str(exc).splitlines()[0]) from exc
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise BadFile(f"{source}: not one SELECT")
    tree = statements[0]
    used = {node.name for node in tree.find_all(exp.Parameter, exp.Placeholder)}
    declared = {parameter.name for parameter in header.parameters}
    if odd_ones := (used ^ declared) - (set(offered) - declared):
        odd = ", ".join(sorted(odd_ones))
        raise BadFile(f"{source}: parameters in the SQL and in the header differ: {odd}")
    own = {cte.alias for cte in tree.find_all(exp.CTE)} | set(provided)
    read = {table.name for table in tree.find_all(exp.Table)} - own
    if missing := read - set(header.requires):
        raise BadFile(f"{source}: reads {', '.join(sorted(missing))} without `requires`")
    for table, columns in header.requires.items():
        if table not in _SCHEMA:
            raise BadFile(f"{source}: requires {table}, which is not in the schema")
        if unknown := set(columns) - _SCHEMA[table]:
            raise BadFile(f"{source}: requires {table}.{', '.join(sorted(unknown))}, which is not in the schema")
