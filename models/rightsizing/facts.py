"""What rightsizing is told: sizes with prices, the resource, its usage and its hours.

Plain records. Units are in the names or the docstrings: memory in GiB, rates in Mbit/s, utilisation in percent of all
processors (0-100), money per hour in the currency of the price. ``None`` means "not known" everywhere, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

__all__ = [
    "HOURS_A_MONTH",
    "Dismissal",
    "Floats",
    "Hours",
    "Licence",
    "Machine",
    "Price",
    "PriceMissing",
    "Resource",
    "Usage",
]

Floats = npt.NDArray[np.float64]

HOURS_A_MONTH = 730.0


@dataclass(frozen=True, slots=True)
class Price:
    """List price of one hour.

    Attributes:
        hourly: amount; zero only where it is free.
        currency: ISO code.
        as_of: day the price was published; None when the source does not say.
        source: where it is from, as shown to the reader.
    """

    hourly: float
    currency: str = "USD"
    as_of: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class PriceMissing:
    """There is no price for this size here; ``reason`` says what was looked for."""

    reason: str


@dataclass(frozen=True, slots=True)
class Machine:
    """One size in one region with one operating system (or engine) and licence model: a row of the catalogue.

    Attributes:
        instance_type: as the provider writes it, such as ``m5.xlarge`` or ``db.r5.large``.
        family: such as ``m5``.
        vcpu: processors.
        memory_gib: memory.
        price: on demand, or why there is none.
        provider, region: as on the bill.
        operating_system: ``linux``, ``windows``, ``rhel``, ``suse``; the engine for databases and caches.
        service: ``compute``, ``database`` or ``cache``.
        deployment: of a database, such as ``Single-AZ``; part of what must stay.
        licence_model, tenancy: part of what must stay.
        architectures: ``x86_64``, ``arm64``.
        generation: number of the hardware generation inside the provider, higher is newer.
        current_generation: still sold as current.
        perf_index: work of one processor relative to a reference; None counts as 1.0 and is said.
        burst_baseline_percent: share of each processor that costs no credits, 0-100; None: not burstable.
        surplus_price: of one vCPU-hour of surplus credits.
        ebs_mbit_s, ebs_iops: block storage, sustained (not "up to").
        network_mbit_s: network, sustained.
        gpu_model, gpu_count, gpu_memory_gib: accelerators.
        local_disk_gb, local_disk_kind: disks that lose their content; kind such as ``nvme``, ``ssd``, ``hdd``.
        max_interfaces, max_volumes: most network interfaces and attached volumes.
        virtualization: kinds it can boot, such as ``hvm``; empty: not known, not compared.
        accelerated_networking: whether it can; None: not known, not compared.
        zones: where it is offered; None: everywhere in the region as far as known.
    """

    instance_type: str
    family: str
    vcpu: float
    memory_gib: float
    price: Price | PriceMissing
    provider: str = "AWS"
    region: str = ""
    operating_system: str = "linux"
    service: str = "compute"
    deployment: str = ""
    licence_model: str = "included"
    tenancy: str = "shared"
    architectures: frozenset[str] = frozenset({"x86_64"})
    generation: int | None = None
    current_generation: bool = True
    perf_index: float | None = None
    burst_baseline_percent: float | None = None
    surplus_price: float | None = None
    ebs_mbit_s: float | None = None
    ebs_iops: float | None = None
    network_mbit_s: float | None = None
    gpu_model: str | None = None
    gpu_count: int = 0
    gpu_memory_gib: float | None = None
    local_disk_gb: float = 0.0
    local_disk_kind: str | None = None
    max_interfaces: int | None = None
    max_volumes: int | None = None
    virtualization: frozenset[str] = frozenset()
    accelerated_networking: bool | None = None
    zones: frozenset[str] | None = None

    @property
    def burstable(self) -> bool:
        """Earns and spends CPU credits."""
        return self.burst_baseline_percent is not None

    @property
    def performance(self) -> float:
        """Work of one processor relative to the reference; 1.0 where it is not known."""
        return 1.0 if self.perf_index is None else self.perf_index


@dataclass(frozen=True, slots=True)
class Licence:
    """Software licensed by the customer per processor.

    Attributes:
        product: such as ``SQL Server``.
        least_cores: fewest processors that must be licensed; None: not known.
        price_core_month: price of one processor's licence a month; None: not known, then no amount is claimed.
    """

    product: str
    least_cores: float | None = None
    price_core_month: float | None = None


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A person's decision not to be advised: why, and until when."""

    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Resource:
    """One running thing that has a size.

    Attributes:
        resource_id: as on the bill.
        instance_type: its present size.
        machine: that size in the catalogue, the row it is compared with; None: the catalogue lacks it.
        name, account, zone: for the reader; the zone also limits candidates.
        state: ``running``, ``stopped``, ... as in the inventory.
        lifecycle: ``on_demand`` or ``spot``.
        launched: when it was started.
        changed: last change of type or operating system, or deployment; earlier usage does not count.
        managed_by: what decides its size: empty (nobody), ``asg``, ``node_group``, ``emr``, ``batch``, ``eks``,
            ``ecs``, ``karpenter``, ``cluster_autoscaler``, ``gke``, ``dataflow``, ``dataproc``, ``app_engine``.
        group_id: the group it is a member of.
        placement: empty, ``dedicated_host``, ``placement_group`` or ``capacity_reservation``.
        unlimited: burstable in credit mode ``unlimited`` (not ``standard``).
        local_disk_used_gb: what is used of the local disk; None: not known, then counted as in use.
        interfaces, volumes: network interfaces and volumes attached.
        virtualization: kind it boots, such as ``hvm``; None: not compared.
        accelerated_networking: is switched on.
        workload: what runs on it if known, such as ``redis``; lowers the effort of a change of architecture.
        x86_only: a tag or a licence says so.
        production, standby: from tags.
        licence: brought by the customer.
        dismissed: decision of a person.
    """

    resource_id: str
    instance_type: str
    machine: Machine | None
    name: str = ""
    account: str = ""
    zone: str | None = None
    state: str = "running"
    lifecycle: str = "on_demand"
    launched: datetime | None = None
    changed: datetime | None = None
    managed_by: str = ""
    group_id: str | None = None
    placement: str = ""
    unlimited: bool = True
    local_disk_used_gb: float | None = None
    interfaces: int = 1
    volumes: int = 1
    virtualization: str | None = None
    accelerated_networking: bool = False
    workload: str | None = None
    x86_only: bool = False
    production: bool = False
    standby: bool = False
    licence: Licence | None = None
    dismissed: Dismissal | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Usage:
    """Metrics of one resource on one regular grid of time; NaN where there is no sample.

    Attributes:
        start: beginning of the first step, UTC.
        step_minutes: length of a step.
        cpu: percent of all processors, 0-100.
        memory: percent of the memory, 0-100.
        ebs_mbit_s, ebs_iops: block storage.
        network_mbit_s: the larger of in and out.
        gpu, gpu_memory: percent, 0-100.
        credits: CPU credit balance.
        running: whether it ran in the step; None: always.
        maxima: the samples are the highest of their step (not means).
        cpu_mean: percent, means of the steps whose highest is ``cpu``: what credits cost; None: not at hand.
        out_of_memory: the system was seen to run out of memory in the window.
    """

    start: datetime
    step_minutes: float
    cpu: Floats | None = None
    memory: Floats | None = None
    ebs_mbit_s: Floats | None = None
    ebs_iops: Floats | None = None
    network_mbit_s: Floats | None = None
    gpu: Floats | None = None
    gpu_memory: Floats | None = None
    credits: Floats | None = None
    running: npt.NDArray[np.bool_] | None = None
    maxima: bool = True
    out_of_memory: bool = False
    cpu_mean: Floats | None = None

    @property
    def steps(self) -> int:
        """Length of the grid; raises ``ValueError`` when the metrics differ in length."""
        lengths = {
            len(series)
            for series in (
                self.cpu, self.memory, self.ebs_mbit_s, self.ebs_iops, self.network_mbit_s,
                self.gpu, self.gpu_memory, self.credits, self.running, self.cpu_mean,
            )
            if series is not None
        }  # fmt: skip
        if len(lengths) > 1:
            raise ValueError(f"Metrics on one grid have one length, not {sorted(lengths)}")
        return lengths.pop() if lengths else 0


@dataclass(frozen=True, slots=True)
class Hours:
    """Billed hours of one resource in the window, by what paid for them.

    Attributes:
        window: length of the window.
        on_demand, reserved, plan, spot: running hours paid on demand, by a reservation, by a savings plan, at spot.
        rate_paid_share: contracted over list price of the on-demand hours; 1.0 without a negotiated discount.
        flexible_reservation: the reservation covers other sizes of the family.
        commitment_ends: last day of the commitment that covers it.
        plan_of_one_family: the savings plan covers one family only.
        cost_month: what it costs today a month, all in; None: not known.
    """

    window: float
    on_demand: float = 0.0
    reserved: float = 0.0
    plan: float = 0.0
    spot: float = 0.0
    rate_paid_share: float = 1.0
    flexible_reservation: bool = True
    commitment_ends: date | None = None
    plan_of_one_family: bool = False
    cost_month: float | None = None

    @property
    def running(self) -> float:
        """All running hours."""
        return self.on_demand + self.reserved + self.plan + self.spot

    @property
    def monthly(self) -> float:
        """Factor from an amount of the window to a month."""
        return HOURS_A_MONTH / self.window
