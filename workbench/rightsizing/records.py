"""What a run says: one record a resource, totals by currency, and what could not be looked at. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from models.rightsizing.demand import Window
from models.rightsizing.explain import Part
from models.rightsizing.savings import Savings
from workbench.engines import Query
from workbench.rightsizing.options import Options

__all__ = [
    "Advice", "Counted", "Level", "Looked", "Proposal", "Rejected", "Rightsizing", "Size", "Suppression", "Total",
]  # fmt: skip

Counted = Literal["total", "small", ""]


@dataclass(frozen=True, slots=True)
class Level:
    """How high a measured dimension went in the window: percent for CPU and memory, Mbit/s for network and storage."""

    p50: float
    p95: float
    p99_5: float
    highest: float


@dataclass(frozen=True, slots=True)
class Size:
    """A size with its list price of one hour; the price is None where it is not known, and ``price_note`` says why."""

    instance_type: str
    vcpu: float | None = None
    memory_gib: float | None = None
    price: float | None = None
    currency: str = ""
    price_day: date | None = None
    price_note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A size to move to.

    Attributes:
        size: which.
        projected: expected utilisation by dimension, percent of the size, at the statistic that must fit.
        savings: a month of 730 hours: at list price, on today's bill, after the commitments have ended.
        risk, risk_band, drivers: 0-4, in words, and the dimensions that make it.
        effort, effort_reason: work of the change.
        confidence, confidence_level, doubts: 0-100, in words, and what took the points.
        against: why it does not count in totals; empty: it does.
    """

    size: Size
    projected: tuple[tuple[str, float], ...]
    savings: Savings
    risk: float | None
    risk_band: str
    drivers: tuple[str, ...]
    effort: str
    effort_reason: str
    confidence: int | None
    confidence_level: str
    doubts: tuple[tuple[str, int], ...]
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A size with something against it: all reasons in words, with their stable codes."""

    size: Size
    codes: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Another action on the same resource that counts first."""

    check_id: str
    title: str
    rank: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of one resource.

    Attributes:
        kind: inventory table, see ``options.KINDS``.
        resource_id, name: as on the bill, and for people.
        account, account_name, region, env: where known.
        finding: ``over``, ``under``, ``idle``, ``likely_idle``, ``optimized``; or why there is none:
            ``insufficient_data``, ``data_quality``, ``not_applicable``, ``suppressed``, ``cannot_tell``.
        reason: of the finding.
        status: ``ok`` or ``price_missing``.
        counted: ``total``: part of the totals; ``small``: found, but small, risky or unsure; empty: neither.
        suppressed_by: actions that count first, such as a finding of idleness.
        current: size it has.
        cost_month: effective cost of a month of 730 hours, in ``cost_currency``; None: not on the bill.
        proposed, alternatives: sizes to move to, the best first; None without one.
        levels: by dimension (cpu, memory, network, ebs_throughput, ebs_iops, gpu, gpu_memory); what was not measured
            is absent.
        window: what was looked at; None without samples.
        members: machines of a group; empty for everything else.
        needs: what would have to be loaded so that more could be said.
        notes: warnings.
        explanation: the decision in sentences.
        rejected: sizes near in price with something against them.
        evidence: figures of kinds that have no size in the catalogue, such as requests of a container service.
    """

    kind: str
    resource_id: str
    name: str
    account: str
    account_name: str
    region: str | None
    env: str | None
    finding: str
    reason: str
    status: str
    counted: Counted
    suppressed_by: tuple[Suppression, ...]
    current: Size
    cost_month: float | None
    cost_currency: str
    proposed: Proposal | None
    alternatives: tuple[Proposal, ...]
    levels: Mapping[str, Level]
    window: Window | None
    members: tuple[str, ...]
    needs: tuple[str, ...]
    notes: tuple[str, ...]
    explanation: tuple[Part, ...]
    rejected: tuple[Rejected, ...]
    evidence: Mapping[str, str | float | None]

    @property
    def key(self) -> tuple[str, str, str]:
        """Kind, account and resource."""
        return self.kind, self.account, self.resource_id

    @property
    def saving(self) -> float | None:
        """What the proposal saves a month on today's bill, or at list price where only that is known."""
        if self.proposed is None:
            return None
        found = self.proposed.savings
        return found.today if found.today is not None else found.at_list


@dataclass(frozen=True, slots=True)
class Total:
    """Savings of a fleet a month of 730 hours, in one currency.

    Attributes:
        currency: of all amounts.
        counted: resources in ``at_list``, ``today`` and ``after_expiry``.
        at_list: sum at list price.
        today: bill before minus bill after of all counted changes together, under the commitments in force.
        after_expiry: the same without the commitments that end within a year; ``expiry`` is the last of their days.
        rows: sum of the rows, each as if it were alone; what differs from ``today`` is what changes share.
        small, small_count: found, but small, risky or unsure; not in the other amounts.
        suppressed, suppressed_count: another action on the resource counts first; not in the other amounts.
    """

    currency: str
    counted: int
    at_list: float
    today: float
    after_expiry: float
    expiry: date | None
    rows: float
    small: float
    small_count: int
    suppressed: float
    suppressed_count: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What was done with one kind: resources by finding, and what it could not run without."""

    kind: str
    resources: int
    findings: Mapping[str, int]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rightsizing:
    """A run.

    Attributes:
        snapshot_id, engine: the data, and what answered.
        options: what was asked.
        first, as_of: the window, inclusive.
        billed_days: days of the window that the bill covers; 0 without a bill.
        advice: one a resource, largest counted saving first.
        totals: by currency.
        looked: by kind.
        queries: every statement that read a figure.
        notes: what holds for all of it.
        started_at, seconds: when it ran (UTC) and for how long.
    """

    snapshot_id: str
    engine: str
    options: Options
    first: date
    as_of: date
    billed_days: int
    advice: tuple[Advice, ...]
    totals: tuple[Total, ...]
    looked: tuple[Looked, ...]
    queries: tuple[Query, ...]
    notes: tuple[str, ...]
    started_at: datetime
    seconds: float

    def find(self, text: str) -> tuple[Advice, ...]:
        """Advice on the resources with this id or name."""
        return tuple(one for one in self.advice if text in (one.resource_id, one.name))
