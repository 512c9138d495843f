"""Block volumes: a cheaper type or fewer provisioned operations, and idle volumes. A volume never shrinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

__all__ = [
    "Volume",
    "VolumeDecision",
    "VolumePrices",
    "decide_volume",
    "deletion_saving",
    "gp3_needs",
    "volume_idle",
]

_ROOM = 1.2
_GP3_IOPS, _GP3_MB_S = 3_000.0, 125.0
_GP3_MOST_IOPS, _GP3_MOST_MB_S = 16_000.0, 1_000.0
_IDLE_DAYS, _UNATTACHED_DAYS = 14, 32


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume.

    Attributes:
        volume_id, volume_type, size_gib: as in the inventory.
        iops, mb_s: provisioned; None: what the type gives.
        p99_iops, p99_mb_s: observed; None: not measured.
        attached: to several machines when above one.
        latency_sensitive: from a tag.
        hours_since_change: since the last modification; None: not known.
    """

    volume_id: str
    volume_type: str
    size_gib: float
    iops: float | None = None
    mb_s: float | None = None
    p99_iops: float | None = None
    p99_mb_s: float | None = None
    attached: int = 1
    latency_sensitive: bool = False
    hours_since_change: float | None = None


@dataclass(frozen=True, slots=True)
class VolumePrices:
    """Prices a month, in one currency; None: not known.

    Attributes:
        storage: of one GiB by type.
        operation: of one provisioned operation/s by type, above what gp3 includes.
        throughput: of one provisioned MB/s of gp3 above 125.
    """

    storage: dict[str, float]
    operation: dict[str, float]
    throughput: float | None = None


@dataclass(frozen=True, slots=True)
class VolumeDecision:
    """Outcome: ``change`` (to ``target``), ``keep``, ``not_applicable`` or ``price_missing``.

    Attributes:
        saving: a month, before minus after; also negative when that is why it is kept.
        measured: needs are from metrics, not from parity with the present type.
    """

    outcome: str
    reason: str
    target: str | None = None
    iops: float | None = None
    mb_s: float | None = None
    saving: float | None = None
    measured: bool = False


def gp3_needs(volume: Volume) -> tuple[float, float, bool]:
    """Operations/s and MB/s a gp3 volume must have, and whether they were measured (with a fifth on top).

    Not measured, gp2 and provisioned types keep what they have now.
    """
    if volume.volume_type == "gp2":
        have_iops = min(_GP3_MOST_IOPS, max(_GP3_IOPS, 3.0 * volume.size_gib))
        have_mb_s = 128.0 if volume.size_gib <= 170.0 else 250.0
    else:
        have_iops = volume.iops if volume.iops is not None else _GP3_IOPS
        # io1 and io2 move 256 KiB an operation, io1 up to 1,000 MB/s.
        have_mb_s = volume.mb_s if volume.mb_s is not None else min(_GP3_MOST_MB_S, have_iops * 0.25)
        if volume.volume_type == "gp3" and volume.mb_s is None:
            have_mb_s = _GP3_MB_S
    iops = have_iops if volume.p99_iops is None else volume.p99_iops * _ROOM
    mb_s = have_mb_s if volume.p99_mb_s is None else volume.p99_mb_s * _ROOM
    return iops, mb_s, volume.p99_iops is not None and volume.p99_mb_s is not None


def decide_volume(volume: Volume, prices: VolumePrices) -> VolumeDecision:
    """Whether gp3 with what is needed is cheaper than the volume as it is."""
    kind = volume.volume_type
    if kind not in ("gp2", "gp3", "io1", "io2"):
        return VolumeDecision("not_applicable", f"{kind} volumes are not compared")
    if volume.hours_since_change is not None and volume.hours_since_change < 6.0:
        return VolumeDecision("not_applicable", "changed less than 6 hours ago")
    iops, mb_s, measured = gp3_needs(volume)
    durable = _durable(volume, prices)
    if kind in ("io1", "io2"):
        if volume.attached > 1:
            return VolumeDecision("keep", f"attached to several machines, which gp3 cannot be{durable}")
        if volume.latency_sensitive:
            return VolumeDecision("keep", f"tagged as sensitive to latency{durable}")
        if not measured:
            return VolumeDecision("keep", f"needs measured operations and throughput{durable}")
    if iops > _GP3_MOST_IOPS or mb_s > _GP3_MOST_MB_S:
        return VolumeDecision(
            "keep", f"needs {iops:,.0f} operations/s and {mb_s:,.0f} MB/s, more than gp3 gives{durable}"
        )
    iops, mb_s = max(_GP3_IOPS, iops), max(_GP3_MB_S, mb_s)
    before, after = _cost(volume, prices), _gp3_cost(volume.size_gib, iops, mb_s, prices)
    if before is None or after is None:
        return VolumeDecision("price_missing", f"no price of {kind} or gp3 here", "gp3", iops, mb_s, measured=measured)
    saving = before - after
    if saving <= 0.005:
        return VolumeDecision("keep", "gp3 with what it needs is not cheaper", "gp3", iops, mb_s, saving, measured)
    basis = "with a fifth on top of what was observed" if measured else "with what the present type gives"
    return VolumeDecision("change", f"gp3 {basis} is cheaper", "gp3", iops, mb_s, saving, measured)


def _durable(volume: Volume, prices: VolumePrices) -> str:
    """What io2 offers an io1 volume that stays one: more durability at no higher price."""
    if volume.volume_type != "io1" or volume.iops is None:
        return ""
    now, other = _cost(volume, prices), _cost(replace(volume, volume_type="io2"), prices)
    if now is None or other is None or other > now + 0.005:
        return ""
    return "; io2 costs no more and is more durable (99.999 % a year instead of 99.8 %)"


def deletion_saving(volume: Volume, prices: VolumePrices, snapshot_gib_month: float | None) -> float | None:
    """What deleting a volume saves a month, less the snapshot to make first; None: a price is not known.

    Args:
        volume: idle or unattached.
        prices: of the volume.
        snapshot_gib_month: price of a GiB of snapshot; the whole size is taken, as what is written is not known.
    """
    cost = _cost(volume, prices)
    if cost is None or snapshot_gib_month is None:
        return None
    return cost - volume.size_gib * snapshot_gib_month


def _cost(volume: Volume, prices: VolumePrices) -> float | None:
    kind = volume.volume_type
    storage = prices.storage.get(kind)
    if storage is None:
        return None
    if kind == "gp2":
        return volume.size_gib * storage
    if kind == "gp3":
        iops = _GP3_IOPS if volume.iops is None else volume.iops
        return _gp3_cost(volume.size_gib, iops, _GP3_MB_S if volume.mb_s is None else volume.mb_s, prices)
    operation = prices.operation.get(kind)
    if operation is None or volume.iops is None:
        return None
    return volume.size_gib * storage + volume.iops * operation


def _gp3_cost(size_gib: float, iops: float, mb_s: float, prices: VolumePrices) -> float | None:
    storage, operation, throughput = prices.storage.get("gp3"), prices.operation.get("gp3"), prices.throughput
    more_iops, more_mb_s = max(0.0, iops - _GP3_IOPS), max(0.0, mb_s - _GP3_MB_S)
    if storage is None or (more_iops and operation is None) or (more_mb_s and throughput is None):
        return None
    return size_gib * storage + more_iops * (operation or 0.0) + more_mb_s * (throughput or 0.0)


def volume_idle(operations_a_day: Sequence[float | None], *, attached: bool, days_unattached: int | None) -> str | None:
    """``idle`` (under one operation a day for 14 days), ``unattached`` (for 32 days) or None; gaps are no zeros."""
    if not attached:
        return "unattached" if days_unattached is not None and days_unattached >= _UNATTACHED_DAYS else None
    last = list(operations_a_day)[-_IDLE_DAYS:]
    if len(last) < _IDLE_DAYS or any(day is None for day in last):
        return None
    return "idle" if sum(day for day in last if day is not None) / _IDLE_DAYS < 1.0 else None
