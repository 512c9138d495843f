"""A SELECT of one's own, for those who may: one statement, known tables, no functions that reach outside.

The connection is the real wall (read-only, no access to files or network, settings locked, time limit). What is refused
here is refused before it runs, with the reason: anything but one SELECT, tables that are not of the analytics schema,
functions that read files, settings or the server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from workbench.engines import Engine, Query
from workbench.errors import AccessDenied, BadFilter
from workbench.schema import TABLES, VIEWS
from workbench.settings import Settings

__all__ = ["MAX_ROWS", "FreeAnswer", "check_select", "run_free"]

MAX_ROWS = 10_000
"""Rows of an answer; more are cut, and that is said."""

_MAX_LENGTH = 20_000
_KNOWN = frozenset(table.name for table in (*TABLES, *VIEWS))
_TABLE_FUNCTIONS = frozenset({"unnest", "generate_series", "range", "values", "explodingenerateseries"})

# Functions of DuckDB and PostgreSQL that read files, settings, secrets or other databases, change a sequence or a
# setting, send signals or only burn time. Names that begin so are refused whatever follows.
_REFUSED = re.compile(
    r"^(read_|parquet_|sniff_|glob$|getenv|getvariable|current_setting|set_config|query$|query_table|duckdb_|pragma_"
    r"|sql_auto_complete|json_execute|json_serialize_sql|json_deserialize_sql|sqlite_|postgres_|mysql_|iceberg_|delta_"
    r"|st_read|arrow_scan|pandas_scan|python_|which_secret|from_substrait|get_substrait|checkpoint|force_checkpoint"
    r"|pg_|lo_|dblink|xpath|query_to_xml|table_to_xml|schema_to_xml|database_to_xml|cursor_to_xml|nextval|setval|currval"
    r"|txid|inet_server|inet_client|version$|current_catalog|current_database|current_user|session_user|has_.*_privilege"
    r"|ts_stat|ts_rewrite|sleep|repeat$|lpad|rpad|write_|copy_|export_|import_|load_|install_|add_parquet_key|enable_"
    r"|disable_|test_all_types|seq_scan|index_scan|summary$|storage_info)",
    re.IGNORECASE,
)
_REFUSED_NODES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Copy, exp.Set,
    exp.Pragma, exp.Attach, exp.Detach, exp.Into, exp.Lock, exp.SessionParameter,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FreeAnswer:
    """The answer; ``cut`` when there were more than ``MAX_ROWS`` rows."""

    table: pa.Table
    queries: tuple[Query, ...]
    cut: bool


def check_select(sql: str) -> exp.Query:
    """The statement as a tree when it may run.

    Raises:
        BadFilter: it is not one SELECT, or uses what is refused; names it.
    """
    if len(sql) > _MAX_LENGTH:
        raise BadFilter(f"The statement is longer than {_MAX_LENGTH:,} characters")
    try:
        statements = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except (SqlglotError, RecursionError) as exc:
        raise BadFilter("This is not SQL", detail=(str(exc).splitlines() or [""])[0]) from None
    if len(statements) != 1:
        raise BadFilter("Give exactly one statement", detail=f"There are {len(statements)}")
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise BadFilter("Only a SELECT can be run", detail=f"This is {tree.key.upper()}")
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for node in tree.walk():
        _check_node(node, own)
    return tree


def _check_node(node: exp.Expr, own: set[str]) -> None:
    if isinstance(node, _REFUSED_NODES):
        raise BadFilter("Only a SELECT can be run", detail=f"This has {node.key.upper()} in it")
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise BadFilter("A recursive query may run for ever and is refused", hint="Use a table or generate_series")
    if isinstance(node, exp.Parameter | exp.Placeholder):
        raise BadFilter("Write values into the statement; parameters belong to stored queries", detail=node.sql())
    if isinstance(node, exp.Table):
        _check_table(node, own)
    elif isinstance(node, exp.Func):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        if _REFUSED.match(name):
            raise BadFilter(
                f"The function {name.lower()} is refused", hint="It reads or does something outside the data"
            )


def _check_table(node: exp.Table, own: set[str]) -> None:
    if isinstance(node.this, exp.Func):
        name = node.this.name if isinstance(node.this, exp.Anonymous) else node.this.sql_name()
        if name.lower().replace("_", "") not in {one.replace("_", "") for one in _TABLE_FUNCTIONS}:
            raise BadFilter(
                f"The table function {name.lower()} is refused", hint="Read the tables of the data dictionary"
            )
        return
    if node.args.get("db") or node.args.get("catalog"):
        raise BadFilter(f"{node.sql()} names a schema", hint="Write the name of the table alone")
    name = node.name.lower()
    if name not in own and name not in _KNOWN:
        raise BadFilter(f"There is no table {node.name}", hint="The tables are listed under Data health, Dictionary")


def run_free(engine: Engine, sql: str, settings: Settings, *, timeout: float | None = None) -> FreeAnswer:
    """Run a SELECT of one's own.

    Raises:
        AccessDenied: the setting ``free_sql`` is off.
        BadFilter: it may not run; says why.
        QueryTimeout, QueryFailed, CannotRun: from the engine.
    """
    if not settings.free_sql:
        raise AccessDenied("SQL of one's own is switched off here", hint="The setting is WORKBENCH_FREE_SQL")
    tree = check_select(sql)
    limit = tree.args.get("limit")
    asked = limit.expression if isinstance(limit, exp.Limit) else None
    if not (isinstance(asked, exp.Literal) and asked.is_int and int(asked.this) <= MAX_ROWS):
        if limit is not None:
            raise BadFilter(
                f"LIMIT must be a whole number up to {MAX_ROWS:,}", hint="Leave it out to see the first rows"
            )
        tree = tree.limit(MAX_ROWS + 1, copy=True)
    query = Query("SQL of one's own", tree.sql(dialect="duckdb", pretty=True))
    table = engine.run(query, timeout=timeout) if timeout is not None else engine.run(query)
    return FreeAnswer(table.slice(0, MAX_ROWS), (query,), table.num_rows > MAX_ROWS)
