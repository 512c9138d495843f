"""Frozen values of scans: what was run, what it found, what followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

__all__ = ["ACCEPTED", "Finding", "Followed", "Key", "SavedScan", "Scan", "ScanTotal"]

ACCEPTED = "accepted"
"""Preset of a record that is no scan: one proposal that somebody took on; lists of scans leave it out."""

Key = tuple[str, str, str]
"""Account, resource and check: one recommendation."""


@dataclass(frozen=True, slots=True)
class ScanTotal:
    """Possible saving a month found by a scan.

    Args:
        currency: currency of both amounts.
        basis: cost basis the saving is priced on: billed, effective, contracted or list.
        gross: all findings added.
        deduplicated: what remains when findings about the same money are counted once.
    """

    currency: str
    basis: str
    gross: Decimal
    deduplicated: Decimal


@dataclass(frozen=True, slots=True)
class Scan:
    """One run of checks.

    Args:
        started_at: UTC.
        snapshot_id: the data it read.
        preset: cautious, default or aggressive.
        parameters: thresholds that differ from the preset.
        as_of: last complete day of the data, where all windows end.
        checks_run: ids of the checks that ran to their end; only what these no longer find is gone.
        counts: how many judgements of each result: flagged, passed, not applicable, excluded, could not run.
        totals: one per currency and basis.
        seconds: how long it took.
        status: done, or failed with ``error``.
        error: why it failed; empty when done.
    """

    started_at: datetime
    snapshot_id: str
    preset: str
    as_of: date
    parameters: Mapping[str, Any] = field(default_factory=dict)
    checks_run: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    totals: tuple[ScanTotal, ...] = ()
    seconds: float = 0.0
    status: Literal["done", "failed"] = "done"
    error: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a scan changed in the recommendations.

    Args:
        created: new ones.
        seen: known ones that were found again without a change of state.
        returned: found again after they had expired or were applied: now regressed.
        woken: their snooze was over.
        expired: no longer found.
        gone: no longer found, but a decision stands.
        note: why nothing followed, if so.
    """

    created: int = 0
    seen: int = 0
    returned: int = 0
    woken: int = 0
    expired: int = 0
    gone: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class SavedScan:
    """A scan as kept; ``findings`` counts them, ``followed`` says what the recommendations made of it."""

    id: int
    scan: Scan
    findings: int
    recorded_by: str
    followed: Followed


@dataclass(frozen=True, slots=True)
class Finding:
    """One flagged resource.

    Args:
        check_id: the check that flagged it.
        account_id: sub-account; empty when the bill does not say.
        resource_id: the resource; empty for a finding about a whole account.
        region: None when it has none.
        currency: of ``saving_expected``.
        saving_expected: a month, on the scan's main basis; None when it cannot be priced, which is not zero.
        payload: everything else as JSON. Recommendations show these keys when they are there: ``title``,
            ``service_name``, ``resource_type``, ``resource_name``, ``basis``, ``saving_low``, ``saving_high``,
            ``confidence`` (1-100), ``risk``, ``effort``, ``tags`` (an object).
    """

    check_id: str
    account_id: str
    resource_id: str
    region: str | None
    currency: str
    saving_expected: Decimal | None
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What makes it the same recommendation in the next scan."""
        return (self.account_id, self.resource_id, self.check_id)
