"""Findings of the waste checks on the same resources: what counts before a change of size, and what says the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from workbench.checks.ground import Ground
from workbench.checks.registry import Check, load_checks
from workbench.checks.scan import run_scan
from workbench.rightsizing.records import Suppression
from workbench.workspace import Workspace

__all__ = ["RANK", "Waste", "read_waste"]

RANK = 6
"""Rank of a change of size in the conflict groups of the checks; a lower one counts first."""

_GROUPS = frozenset({"machine", "database", "volume", "service", "function"})
# What counts before a change of size for a reason that it settles: nothing remains to be sized, or fewer hours do.
_FIRST = 4
_LONG_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Waste:
    """Findings by account and resource.

    Attributes:
        first: those that count first, the first of them first.
        source: where they are from, for the reader.
    """

    first: Mapping[tuple[str, str], tuple[Suppression, ...]]
    source: str

    def of(self, account: str | None, resource_id: str) -> tuple[Suppression, ...]:
        """What counts first on a resource."""
        return self.first.get((account or "", resource_id), ())


def read_waste(
    ground: Ground,
    kinds: Collection[str],
    workspace: Workspace | None,
    *,
    step: Callable[[str], None] | None = None,
) -> Waste:
    """Findings of the newest scan of this very data, or of the checks run now.

    Args:
        ground: shared facts of the checks.
        kinds: inventory tables that are looked at.
        workspace: where scans are kept; None: the checks are run.
        step: hears what is done.
    """
    checks = {
        check.id: check
        for check in load_checks()
        if check.facts.kind == "saving" and _rank(check) <= _FIRST and check.facts.resource in kinds
    }
    found: dict[tuple[str, str], set[tuple[int, str]]] = {}
    source = "the waste checks, run for this"
    newest = None
    if workspace is not None:
        newest = next(
            (
                one
                for one in workspace.scans(50)
                if one.scan.snapshot_id == ground.engine.snapshot_id
                and one.scan.status == "done"
                and one.scan.as_of == ground.as_of
            ),
            None,
        )
    if newest is not None and workspace is not None:
        source = f"scan {newest.id} of {newest.scan.started_at:%Y-%m-%d %H:%M} UTC"
        for one in workspace.findings(newest.id):
            if one.check_id in checks:
                found.setdefault((one.account_id, one.resource_id), set()).add(
                    (_rank(checks[one.check_id]), one.check_id)
                )
    elif checks:
        if step is not None:
            step("Run the checks that count first")
        result = run_scan(
            ground.engine, tuple(checks.values()), ground=ground, as_of=ground.as_of, timeout=_LONG_TIMEOUT
        )
        for flagged in result.found:
            found.setdefault((flagged.account, flagged.resource_id), set()).add(
                (_rank(flagged.check), flagged.check.id)
            )
    return Waste(
        {
            place: tuple(Suppression(name, checks[name].title, rank) for rank, name in sorted(ranked))
            for place, ranked in found.items()
        },
        source,
    )


def _rank(check: Check) -> int:
    if check.facts.conflict is None or check.facts.conflict[0] not in _GROUPS:
        return 99
    return check.facts.conflict[1]
