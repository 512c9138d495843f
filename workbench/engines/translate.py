"""Canonical SQL (DuckDB's dialect) into PostgreSQL: the one place where it happens.

sqlglot does the translation; what it leaves to the reader is written here, each rule with the reason. The parity suite
runs every stored query and every shape of the explorer on both engines. Placeholders ``$name`` become psycopg's
``%(name)s``. What cannot be translated raises, naming the construct; nothing is passed on in the hope that it works.
"""

from __future__ import annotations

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from workbench.errors import QueryFailed

__all__ = ["to_postgres"]

_CACHED = 2048
_PLACEHOLDER = "wb_placeholder_"


@lru_cache(maxsize=_CACHED)
def to_postgres(sql: str) -> str:
    """One statement for psycopg, placeholders included; a literal ``%`` is doubled as psycopg asks.

    Raises:
        QueryFailed: the statement is not canonical SQL, or uses what PostgreSQL has no equal for.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
        # From the leaves up: a rule sees parts that are rewritten already. The root is a statement, which stays.
        for node in reversed(list(tree.dfs())):
            rewritten = _rule(node)
            if rewritten is not node:
                node.replace(rewritten)
        translated = tree.sql(dialect="postgres", unsupported_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as exc:
        raise QueryFailed("The query cannot be put to PostgreSQL", detail=str(exc).splitlines()[0]) from exc
    return re.sub(rf"\b{_PLACEHOLDER}(\w+)\b", r"%(\1)s", translated.replace("%", "%%"))


def _rule(node: exp.Expr) -> exp.Expr:
    for kind, rewrite in _RULES:
        if isinstance(node, kind):
            return rewrite(node)
    return node


def _placeholder(node: exp.Expr) -> exp.Expr:
    return exp.column(f"{_PLACEHOLDER}{node.name}")


def _group_by_all(node: exp.Expr) -> exp.Expr:
    """``GROUP BY ALL``: by the positions of the expressions without an aggregate."""
    group = node.args.get("group")
    if group is None or not group.args.get("all"):
        return node
    keys = [n for n, item in enumerate(node.expressions, start=1) if not _aggregates(item)]
    node.set("group", exp.Group(expressions=[exp.Literal.number(n) for n in keys]) if keys else None)
    return node


def _aggregates(item: exp.Expr) -> bool:
    return any(
        not isinstance(found.parent, exp.Window)
        for found in item.find_all(exp.AggFunc, bfs=False)
        if found.find_ancestor(exp.Select) is item.find_ancestor(exp.Select)
    )


def _newest(node: exp.Expr) -> exp.Expr:
    """``max_by(value, key)``: the first value in order of the key; as in DuckDB, rows without a value are left out."""
    descending = isinstance(node, exp.ArgMax)
    value, key = node.this, node.expression
    by = exp.Ordered(this=key.copy(), desc=descending, nulls_first=False)
    ordered = exp.Order(this=value.copy(), expressions=[by])
    known = exp.and_(exp.not_(value.copy().is_(exp.null())), exp.not_(key.copy().is_(exp.null())))
    array = exp.Filter(this=exp.ArrayAgg(this=ordered), expression=exp.Where(this=known))
    return exp.Bracket(this=exp.Paren(this=array), expressions=[exp.Literal.number(1)], offset=1)


def _any_value(node: exp.Expr) -> exp.Expr:
    # ANY_VALUE exists from PostgreSQL 16 on, and which value it gives is open; the least is one, and always the same.
    return exp.Min(this=node.this)


def _ignore_nulls(node: exp.Expr) -> exp.Expr:
    """Said of an aggregate that ignores them anyway."""
    return node.this if isinstance(node.this, exp.Min | exp.Max) else node


def _valid_json(node: exp.Expr) -> exp.Expr:
    """Columns of JSON hold nothing else in PostgreSQL."""
    if node.name.lower() != "json_valid":
        return node
    (column,) = node.expressions
    return exp.paren(exp.not_(column.is_(exp.null())))


def _json_member(node: exp.Expr) -> exp.Expr:
    """A JSON pointer of one step, ``/key`` with ``~1`` for a slash and ``~0`` for a tilde, into the key."""
    pointer = node.expression
    key: exp.Expr = exp.func("substr", pointer, exp.Literal.number(2))
    for escape, character in (("~1", "/"), ("~0", "~")):
        key = exp.func("replace", key, exp.Literal.string(escape), exp.Literal.string(character))
    return exp.Anonymous(this="json_extract_path_text", expressions=[node.this, key])


def _month(node: exp.Expr) -> exp.Expr:
    # Of a date, PostgreSQL gives a timestamp with a zone.
    node.set("this", exp.cast(node.this, exp.DataType.Type.TIMESTAMP))
    return node


def _contains(node: exp.Expr) -> exp.Expr:
    position = exp.StrPosition(this=node.this, substr=node.expression)
    return exp.paren(exp.GT(this=position, expression=exp.Literal.number(0)))


def _whole(node: exp.Expr) -> exp.Expr:
    """``//`` of whole numbers stays a whole number."""
    return exp.cast(exp.func("div", exp.cast(node.this, "numeric"), exp.cast(node.expression, "numeric")), "bigint")


_RULES = (
    (exp.Select, _group_by_all),
    ((exp.Parameter, exp.Placeholder), _placeholder),
    ((exp.ArgMax, exp.ArgMin), _newest),
    (exp.AnyValue, _any_value),
    (exp.IgnoreNulls, _ignore_nulls),
    (exp.Anonymous, _valid_json),
    (exp.JSONExtractScalar, _json_member),
    ((exp.TimestampTrunc, exp.DateTrunc), _month),
    (exp.Contains, _contains),
    (exp.IntDiv, _whole),
)
