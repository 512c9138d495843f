"""Why is this resource flagged, or not? Every check that looks at its kind, with inputs, thresholds and margins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.checks.explain import Reason, explain, rule_text
from workbench.checks.ground import Ground
from workbench.checks.header import Preset
from workbench.checks.registry import Check
from workbench.checks.run import judge, parameters
from workbench.checks.scan import Found, to_found
from workbench.engines import Query
from workbench.engines.base import Value
from workbench.errors import BadFilter

__all__ = ["Answer", "Opinion", "why"]

Said = Literal["flagged", "passed", "excluded", "cannot tell", "not looked at", "cannot run", "failed"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one check says of one resource.

    Attributes:
        check: the check.
        said: its verdict; ``not looked at`` when the rule is about other resources of the kind.
        reason: why spared or undecided; empty otherwise.
        rule: with the values of the parameters.
        reasons: each comparison with figure, threshold and margin.
        found: the finding when it is flagged.
        values: parameter → value.
        query: the statement as run.
    """

    check: Check
    said: Said
    reason: str
    rule: str
    reasons: tuple[Reason, ...] = ()
    found: Found | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """All opinions on one resource: flagged ones first, then those that could not tell, then the others by title."""

    resource_id: str
    name: str
    resource_type: str
    account: str
    excluded: str
    opinions: tuple[Opinion, ...]


_ORDER: tuple[Said, ...] = ("flagged", "excluded", "cannot tell", "passed", "not looked at", "cannot run", "failed")

_PLACES = Query(
    "Places of a resource",
    "SELECT inventory_table, inventory_id, resource_id, account_number FROM resources"
    " WHERE resource_id = $resource OR inventory_id = $resource OR name = $resource"
    " ORDER BY inventory_table, inventory_id, account_number",
)


def why(
    ground: Ground,
    checks: Iterable[Check],
    resource: str,
    *,
    account: str | None = None,
    preset: Preset = "default",
    given: Mapping[str, Mapping[str, str]] | None = None,
    timeout: float | None = None,
) -> Answer:
    """Ask each check that looks at the kind of ``resource``.

    Args:
        ground: shared facts.
        checks: all checks.
        resource: provider's id, inventory id or name.
        account: number of its account, where the id is in several.
        preset: cautious, default or aggressive.
        given: check → parameter → text, where they differ from the preset.
        timeout: seconds for each check.

    Raises:
        BadFilter: there is no such resource, or it is in several accounts and ``account`` is not given.
    """
    places = ground.engine.run(Query(_PLACES.title, _PLACES.sql, (("resource", resource),))).to_pylist()
    if account is not None:
        places = [place for place in places if place["account_number"] == account]
    if not places:
        raise BadFilter(f"There is no resource {resource}", hint="Find it with: workbench resources list --search …")
    numbers = sorted({str(place["account_number"] or "") for place in places})
    if len(numbers) > 1:
        raise BadFilter(f"{resource} is in several accounts: {', '.join(numbers)}", hint="Say which account")
    first = places[0]
    subject = ground.subject(
        first["inventory_table"] or "bill",
        first["inventory_id"] or first["resource_id"],
        first["account_number"],
    )
    seen: dict[str, str | None] = {}
    opinions = []
    for check in checks:
        for name in _subjects(check, places):
            values = parameters(check, preset, (given or {}).get(check.id))
            opinions.append(_opinion(ground, check, values, name, first["account_number"], seen, timeout))
    opinions.sort(key=lambda one: (_ORDER.index(one.said), one.check.title))
    return Answer(
        subject.resource_id if subject else resource,
        subject.name if subject else resource,
        subject.resource_type if subject else "",
        numbers[0],
        (subject.excluded if subject else None) or "",
        tuple(opinions),
    )


def _subjects(check: Check, places: list[dict[str, Any]]) -> list[str]:
    """Under which names ``check`` would judge the resource."""
    if check.facts.resource == "bill":
        return sorted({str(place["resource_id"]) for place in places})
    return [str(place["inventory_id"]) for place in places if place["inventory_table"] == check.facts.resource]


def _opinion(
    ground: Ground,
    check: Check,
    values: Mapping[str, Value],
    subject: str,
    account: str | None,
    seen: dict[str, str | None],
    timeout: float | None,
) -> Opinion:
    judged = judge(ground, check, values, subject=subject, seen=seen, timeout=timeout)
    rule = rule_text(check, values)
    if judged.table is None:
        said: Said = "failed" if judged.outcome == "failed" else "cannot run"
        return Opinion(check, said, judged.why, rule, values=values, query=judged.query)
    rows = [
        row for row in judged.rows() if check.facts.resource != "bill" or row["account"] == account or account is None
    ]
    if not rows:
        return Opinion(
            check, "not looked at", "The rule is about others of its kind", rule, (), None, values, judged.query
        )
    row = rows[0]
    found = next((one for one in to_found(ground, judged) if one.subject == row["subject"]), None)
    said, reason = row["verdict"], row["reason"] or ""
    if found is not None and found.excluded:
        said, reason = "excluded", found.excluded
    return Opinion(check, said, reason, rule, explain(check, row, values), found, values, judged.query)
