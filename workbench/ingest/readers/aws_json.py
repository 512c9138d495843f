"""JSON objects of AWS bills: many mostly empty columns, or one map column, into one small object per row."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.ingest.readers.source import json_members, json_of
from workbench.schema.model import literal

__all__ = ["json_object", "map_value", "tag_entries"]


def json_object(cells: Mapping[str, str], entries: str = "NULL", *, objects: Mapping[str, str] | None = None) -> str:
    """SQL of a JSON object as text, null when nothing has a value.

    Args:
        cells: JSON key → SQL of a text cell; null cells are left out.
        entries: SQL of a ``MAP(VARCHAR, VARCHAR)`` whose keys are added where ``cells`` has no such key; a key of
            ``cells`` that has no value of its own takes it from here.
        objects: JSON key → SQL of a cell that is JSON text already.
    """
    if entries != "NULL":
        cells = {key: f"coalesce({sql}, {map_value(entries, key)})" for key, sql in cells.items()}
    members = json_members(cells) + json_members(objects or {}, encoded=True)
    if entries != "NULL":
        members.append(_entries(entries, tuple(cells)))
    return json_of(members)


def map_value(entries: str, key: str) -> str:
    """SQL of one value of a map, empty text as null."""
    return f"nullif({entries}[{literal(key)}], '')"


def tag_entries(resource_tags: str, tags: str) -> str:
    """SQL of a map with the tag keys people know, out of the columns ``resource_tags`` and ``tags`` of CUR 2.0.

    ``tags`` (since January 2026) repeats the resource tags and adds tags of accounts and users; a key that
    ``resource_tags`` has already is not taken twice.
    """
    if resource_tags == "NULL" and tags == "NULL":
        return "NULL"
    own = _renamed(resource_tags)
    if tags == "NULL":
        return _first_wins(own)
    return _first_wins(f"list_concat({own}, {_renamed(tags)})")


def _renamed(entries: str) -> str:
    if entries == "NULL":
        return "[]"
    # The same rule as aws_columns.tag_key; the tags column puts a kind before the key.
    bare = "regexp_replace(e.key, '^resourceTags/', '')"
    key = (
        f"CASE WHEN starts_with({bare}, 'user:') OR starts_with({bare}, 'user_') THEN substr({bare}, 6)"
        f" WHEN starts_with({bare}, 'aws_') THEN 'aws:' || substr({bare}, 5) ELSE {bare} END"
    )
    return (
        f"coalesce(list_transform(map_entries({entries}), lambda e: struct_pack(key := {key}, value := e.value)), [])"
    )


def _first_wins(pairs: str) -> str:
    keys = f"list_transform({pairs}, lambda p: p.key)"
    return f"map_from_entries(list_filter({pairs}, lambda p, i: list_position({keys}, p.key) = i))"


def _entries(entries: str, known: tuple[str, ...]) -> str:
    condition = "coalesce(e.value, '') <> ''"
    if known:
        condition += f" AND e.key NOT IN ({', '.join(literal(key) for key in known)})"
    return (
        f"nullif(array_to_string(list_transform(list_filter(map_entries({entries}), lambda e: {condition}),"
        " lambda e: CAST(to_json(e.key) AS VARCHAR) || ':' || CAST(to_json(e.value) AS VARCHAR)), ','), '')"
    )
