"""Resources: find one among all of bill and inventory, and what is known about it.

``find_resources`` pages through the registry (view ``resources``); ``resource_of`` gives everything the registry and
the inventory table of one id say; what belongs to it, what changed and its metrics are in ``resource_facts.py``. The
costs of one resource are the usual questions (``explore``) on a view filtered to it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from workbench.costs.plan import containing
from workbench.engines import Engine, Query
from workbench.engines.base import Value
from workbench.schema.model import quote
from workbench.schema.resources import kind_of

__all__ = ["LIST_COLUMNS", "Entry", "Resource", "ResourcePage", "find_resources", "resource_of", "resource_types"]

LIST_COLUMNS: tuple[str, ...] = (
    "resource_id",
    "name",
    "resource_type",
    "provider",
    "account_number",
    "account_name",
    "region",
    "service_name",
    "env",
    "team",
    "state",
    "size",
    "list_cost_month",
    "cost_30d",
    "cost_currency",
    "cost_currencies",
    "in_inventory",
    "on_bill",
)
"""Columns of the registry that a list of resources shows."""


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """Some resources that match a search, the costliest of the last 30 complete days first.

    Attributes:
        table: ``LIST_COLUMNS``.
        total: resources that match.
        offset: position of the first one here.
        queries: the query.
    """

    table: pa.Table
    total: int
    offset: int
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the registry for an id.

    Attributes:
        facts: the columns of the view ``resources``.
        attributes: the row of its inventory table as it is; empty when it is only on the bill.
    """

    facts: dict[str, Any]
    attributes: dict[str, Any]

    @property
    def inventory_table(self) -> str | None:
        """The inventory table that has it."""
        table: str | None = self.facts["inventory_table"]
        return table

    @property
    def noun(self) -> str:
        """What it is, in words: ``machine``; for a resource of the bill alone, the type stated there."""
        kind = kind_of(self.inventory_table or "")
        return kind.noun if kind else self.facts["resource_type"] or "resource"


@dataclass(frozen=True, slots=True)
class Resource:
    """Everything that goes by one id.

    Attributes:
        resource_id: the provider's id.
        entries: its rows in the registry; several where accounts share a name, or a machine is a node of a cluster.
        tags: (key, value, where it is from), by key; the inventory's own first.
        window: first and last of the 30 days its cost is given for; None when it is not on the bill.
        queries: in the order they ran.
    """

    resource_id: str
    entries: tuple[Entry, ...]
    tags: tuple[tuple[str, str, str], ...]
    window: tuple[Any, Any] | None
    queries: tuple[Query, ...]

    @property
    def on_bill(self) -> bool:
        """Whether any charge is for it."""
        return any(entry.facts["on_bill"] for entry in self.entries)

    @property
    def in_inventory(self) -> bool:
        """Whether an inventory has it."""
        return any(entry.facts["in_inventory"] for entry in self.entries)


def find_resources(
    engine: Engine, *, search: str = "", resource_type: str | None = None, limit: int = 50, offset: int = 0
) -> ResourcePage:
    """Resources of bill and inventory.

    Args:
        engine: where the snapshot is.
        search: keep those whose id, name, type or tags contain this text, in any case; ``key=value`` keeps those
            with exactly this tag, too.
        resource_type: keep those of one type.
        limit: rows of one page.
        offset: rows before it.
    """
    params: dict[str, Value] = {"limit": limit, "offset": offset}
    conditions = []
    if search.strip():
        text = search.strip()
        params["pattern"] = containing(text)
        columns = ("resource_id", "name", "resource_type", "CAST(tags AS VARCHAR)")
        parts = [f"LOWER({column}) LIKE $pattern ESCAPE '\\'" for column in columns]
        key, sign, value = text.partition("=")
        if sign and key.strip():
            params["pointer"] = "/" + key.strip().replace("~", "~0").replace("/", "~1")
            params["value"] = value.strip()
            parts.append("json_extract_string(tags, $pointer) = $value")
        conditions.append(f"({' OR '.join(parts)})")
    if resource_type is not None:
        conditions.append("resource_type = $type")
        params["type"] = resource_type
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    query = Query(
        "Resources",
        f"SELECT {', '.join(LIST_COLUMNS)}, COUNT(*) OVER () AS total FROM resources {where}"
        "ORDER BY cost_30d DESC NULLS LAST, list_cost_month DESC NULLS LAST, resource_id, resource_type, inventory_id"
        " LIMIT $limit OFFSET $offset",
        tuple(params.items()),
    )
    table = engine.run(query)
    total = table.column("total")[0].as_py() if table.num_rows else 0
    if not total and offset:
        return find_resources(engine, search=search, resource_type=resource_type, limit=limit)
    return ResourcePage(table.drop_columns(["total"]), total, offset, (query,))


def resource_types(engine: Engine) -> tuple[tuple[str, int], ...]:
    """(type, number of resources) of the registry, most first."""
    query = Query(
        "Types of resources",
        "SELECT resource_type, COUNT(*) AS resources FROM resources WHERE resource_type IS NOT NULL"
        " GROUP BY resource_type ORDER BY resources DESC, resource_type",
    )
    return tuple((row["resource_type"], row["resources"]) for row in engine.run(query).to_pylist())


def resource_of(engine: Engine, resource_id: str) -> Resource | None:
    """What is known under one id of a provider; None when neither bill nor inventory has it."""
    params: tuple[tuple[str, Value], ...] = (("id", resource_id),)
    registry = Query(
        "The resource in the registry",
        "SELECT * FROM resources WHERE resource_id = $id"
        " ORDER BY cost_30d DESC NULLS LAST, inventory_table NULLS LAST, account_number NULLS LAST, inventory_id",
        params,
    )
    rows = engine.run(registry).to_pylist()
    if not rows:
        return None
    queries = [registry]
    entries = []
    for row in rows:
        attributes: dict[str, Any] = {}
        if row["inventory_table"] is not None:
            detail = Query(
                f"Its row in {row['inventory_table']}",
                f"SELECT * FROM {quote(row['inventory_table'])} WHERE id = $id",
                (("id", row["inventory_id"]),),
            )
            queries.append(detail)
            attributes = engine.run(detail).to_pylist()[0]
        entries.append(Entry(row, attributes))
    tags, tag_queries = _tags(engine, resource_id, entries)
    window = Query(
        "Days its cost is given for",
        "SELECT MIN(window_first) AS window_first, MAX(window_last) AS window_last FROM resource_costs"
        " WHERE resource_id = $id",
        params,
    )
    days = engine.run(window).to_pylist()[0]
    return Resource(
        resource_id,
        tuple(entries),
        tags,
        (days["window_first"], days["window_last"]) if days["window_last"] else None,
        (*queries, *tag_queries, window),
    )


def _tags(
    engine: Engine, resource_id: str, entries: list[Entry]
) -> tuple[tuple[tuple[str, str, str], ...], tuple[Query, ...]]:
    """Tags of the inventory row, of ``resource_tags`` and of the newest charges; a key from the first that has it."""
    collected = Query(
        "Collected tags",
        "SELECT key, value FROM resource_tags WHERE resource_id = $id ORDER BY key, value NULLS LAST",
        (("id", resource_id),),
    )
    charged = Query(
        "Newest tags on the bill",
        "SELECT tags FROM resource_costs WHERE resource_id = $id AND main_currency ORDER BY sub_account_id NULLS LAST",
        (("id", resource_id),),
    )
    found: dict[str, tuple[str, str]] = {}
    sources = [
        *((_members(entry.attributes.get("tags")), "inventory") for entry in entries),
        ({row["key"]: row["value"] or "" for row in engine.run(collected).to_pylist()}, "inventory"),
        *((_members(row["tags"]), "bill") for row in engine.run(charged).to_pylist()),
    ]
    for members, source in sources:
        for key, value in members.items():
            found.setdefault(key, (value, source))
    return tuple((key, *found[key]) for key in sorted(found)), (collected, charged)


def _members(text: str | None) -> dict[str, str]:
    try:
        parsed = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return {}
    if not isinstance(parsed, dict):
        return {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in parsed.items()}
