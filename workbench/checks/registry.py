"""The stored checks: those of the project in ``queries/waste`` and custom ones of the workspace folder."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from workbench.checks.ground import OFFERED, PROVIDED
from workbench.checks.header import CheckFacts, Preset, read_facts
from workbench.errors import BadFile, BadFilter
from workbench.queries import QUERIES, Header, check_statement, parse_header
from workbench.schema.resources import KINDS

__all__ = ["CHECKS", "FIXED", "MONEY", "Check", "find_check", "load_checks", "read_check"]

CHECKS = QUERIES / "waste"
"""Folder of the stored checks: `<id>.sql`, with its examples beside it as `<id>.toml`."""

FIXED = ("subject", "account", "region", "name", "verdict", "reason")
"""Columns of every check: what is judged, in which account, and how. ``region`` and ``name`` are optional."""

MONEY = (
    "share_low", "share", "share_high", "list_low", "list", "list_high", "parts",
    "currency", "base_billed", "base_effective", "base_contracted", "base_list",
)  # fmt: skip
"""Columns that say what is saved; all optional."""

_RESOURCES = {kind.table for kind in KINDS} | {"bill", "group"}


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        id: stable name, the file's.
        header: title, parameters, evidence columns, what it needs.
        facts: rule, saving, risk and the rest.
        sql: the statement as stored.
        version: of a custom check, from 1; 0: the project's own.
    """

    id: str
    header: Header = field(hash=False)
    facts: CheckFacts = field(hash=False)
    sql: str
    version: int = 0

    @property
    def title(self) -> str:
        """A few words."""
        return self.header.title

    def preset(self, preset: Preset) -> Mapping[str, str]:
        """Parameter → text of its value under ``preset``."""
        return {
            one.name: (one.default or "") if preset == "default" else one.presets.get(preset, one.default or "")
            for one in self.header.parameters
        }


@lru_cache(maxsize=4)
def load_checks(root: Path = CHECKS) -> tuple[Check, ...]:
    """All checks below ``root`` in order of their ids; raises ``BadFile`` naming the file and what is wrong."""
    return tuple(read_check(path.read_text(encoding="utf-8"), path.stem) for path in sorted(root.glob("*.sql")))


def find_check(check_id: str, checks: Iterable[Check]) -> Check:
    """The check called ``check_id``; raises ``BadFilter`` naming the closest."""
    known = {check.id: check for check in checks}
    if check_id in known:
        return known[check_id]
    close = difflib.get_close_matches(check_id, known, n=1)
    raise BadFilter(
        f"There is no check {check_id}",
        hint=f"Did you mean {close[0]}?" if close else "List them with: workbench checks list",
    )


def read_check(text: str, check_id: str, *, version: int = 0) -> Check:
    """Read one check and hold it against what all checks must be.

    Raises:
        BadFile: header or SQL are not as they should be; names what and where.
    """
    source = f"{check_id}.sql"
    header, sql = parse_header(text, source=source)
    facts = read_facts(header, source=source)
    if facts.resource not in _RESOURCES:
        raise BadFile(f"{source}: resource is “{facts.resource}”", hint=f"Write {', '.join(sorted(_RESOURCES))}")
    for parameter in header.parameters:
        if parameter.default is None:
            raise BadFile(f"{source}: {parameter.name} has no default")
        if parameter.name in OFFERED:
            raise BadFile(f"{source}: {parameter.name} is given to every check and not declared")
    if clash := [column.name for column in header.columns if column.name in (*FIXED, *MONEY)]:
        raise BadFile(f"{source}: the column {clash[0]} has a meaning of its own and cannot be evidence")
    check_statement(sql, header, source=source, provided=PROVIDED, offered=OFFERED)
    return Check(check_id, header, facts, sql, version)
