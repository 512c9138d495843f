"""Real virtual machines of a hosting company (Bitbrains, GWA-T-12, through OpenDC): CPU of a month, for trying advice.

Advice of the first half is replayed on the second. Sizes are made for each machine: the same memory (it is not in the
traces) with a quarter, half and all of the processors and twice as many.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np

from models.rightsizing.candidates import Candidate, Catalogue, judge
from models.rightsizing.decide import Decision, decide
from models.rightsizing.demand import Demand, measure
from models.rightsizing.facts import Hours, Machine, Price, Resource, Usage
from models.rightsizing.policy import Policy

START = datetime(2013, 8, 12, 13, 40, 46, tzinfo=UTC)
STEPS = 30 * 288
SHARES = (0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Trace:
    """CPU percent of one machine every five minutes (means; NaN where nothing was recorded or it did not run)."""

    trace_id: str
    vcpu: float
    memory_gib: float
    cpu: np.ndarray
    running: np.ndarray


def read_traces(folder: Path) -> list[Trace]:
    """All machines, in the order of ids. A row is the mean of the time before it, equal neighbours are one row."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            SELECT t.id, t.cpu_count, t.mem_capacity / 1024 / 1024,
                   list(round((epoch(r.timestamp) - $start) / 300)::BIGINT ORDER BY r.timestamp),
                   list(greatest(1, round(r.duration / 300000))::BIGINT ORDER BY r.timestamp),
                   list(100 * r.cpu_usage / t.cpu_capacity ORDER BY r.timestamp),
                   list(r.cpu_count > 0 ORDER BY r.timestamp)
            FROM read_parquet($trace) r JOIN read_parquet($tasks) t ON r.id = t.id::VARCHAR
            GROUP BY ALL ORDER BY t.id
            """,
            {
                "start": START.timestamp(),
                "trace": str(folder / "opendc_bitbrains-small_trace.parquet"),
                "tasks": str(folder / "opendc_bitbrains-small_tasks.parquet"),
            },
        ).fetchall()
    return [_trace(*row) for row in rows]


def _trace(trace_id, vcpu, memory_gib, ends, lengths, percents, runs) -> Trace:
    cpu, running = np.full(STEPS, np.nan), np.ones(STEPS, dtype=bool)
    for end, length, percent, ran in zip(ends, lengths, percents, runs, strict=True):
        begin, end = max(0, end - length + 1), min(STEPS, end + 1)
        running[begin:end] = ran
        cpu[begin:end] = percent if ran else np.nan
    return Trace(str(trace_id), float(vcpu), memory_gib, cpu, running)


def sizes(trace: Trace) -> dict[float, Machine]:
    """Sizes by share of the present processors; prices are round figures, block storage and network are alike."""
    return {
        share: Machine(
            instance_type=f"{trace.vcpu * share:g}x",
            family="m",
            vcpu=trace.vcpu * share,
            memory_gib=trace.memory_gib,
            price=Price(0.03 * trace.vcpu * share + 0.004 * trace.memory_gib, as_of=date(2013, 8, 20)),
            perf_index=1.0,
            ebs_mbit_s=1000.0,
            ebs_iops=3000.0,
            network_mbit_s=1000.0,
        )
        for share in SHARES
    }


@dataclass(frozen=True)
class Replay:
    """Advice of the first days, and what the rest would have been on each size.

    Attributes:
        decision: of the first days.
        judged: all other sizes, with the share of later samples above their capacity, in order of ``SHARES``.
        later: CPU percent of the rest, of the present size, without gaps.
    """

    trace: Trace
    decision: Decision
    judged: tuple[tuple[Candidate, float], ...]
    later: np.ndarray

    @property
    def cost(self) -> float:
        """List price of the present size, a month."""
        return self.decision.resource.machine.price.hourly * 730

    @property
    def saving(self) -> float:
        """Of the headline, a month; 0 without one."""
        return self.decision.headline.savings.today if self.decision.headline else 0.0

    def held(self, percentile: float = 99.5) -> bool:
        """Whether the headline has the capacity that the rest needs at a percentile."""
        head = self.decision.headline
        return (
            head is None or float(np.percentile(self.later, percentile)) <= 100.0 * head.machine.vcpu / self.trace.vcpu
        )


def replayed(trace: Trace, policy: Policy, *, first: int = 0, days: int = 14, maxima: bool = False) -> Replay | None:
    """Decide on ``days`` days and replay the 14 days after them; None: not enough samples on either side.

    Memory and block storage are not in the traces: they are given as flat and moderate, so that CPU decides.

    Args:
        first: day the window begins.
        maxima: take the recorded means for maxima, which they are not.
    """
    machines = sizes(trace)
    resource = Resource(trace.trace_id, machines[1.0].instance_type, machines[1.0], launched=START - timedelta(days=99))
    seen = slice(first * 288, (first + days) * 288)
    start, now = START + timedelta(days=first), START + timedelta(days=first + days)
    flat = np.full(days * 288, 40.0)
    usage = Usage(
        start, 5.0, cpu=trace.cpu[seen], memory=flat, ebs_mbit_s=flat, ebs_iops=flat,
        running=trace.running[seen], maxima=maxima,
    )  # fmt: skip
    demand = measure(usage, resource, now)
    later = trace.cpu[seen.stop : seen.stop + 14 * 288]
    later = later[~np.isnan(later)]
    if not isinstance(demand, Demand) or len(later) < 288:
        return None
    hours = Hours(window=24.0 * days, on_demand=demand.window.running_hours)
    policy = replace(policy, min_saving_month=0.0, min_saving_share=0.0)
    decision = decide(resource, demand, Catalogue(list(machines.values())), policy, now=now, hours=hours)
    judged = tuple(
        (judge(resource, demand, each, policy), float((later > 100.0 * share).mean()))
        for share, each in machines.items()
        if share != 1.0
    )
    return Replay(trace, decision, judged, later)
