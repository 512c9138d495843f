"""Streaming: shards of a provisioned stream, and the room that brokers of a cluster need."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from models.rightsizing.advice import Advice
from models.rightsizing.demand import Distribution
from models.rightsizing.facts import HOURS_A_MONTH, Floats, Usage
from models.rightsizing.policy import Policy

__all__ = ["Stream", "broker_policy", "broker_usage", "decide_shards"]

# Quotas of one shard: Kinesis Data Streams, quotas and limits, read 2026-11.
_IN_MB_S, _IN_RECORDS_S, _OUT_MB_S = 1.0, 1_000.0, 2.0
_USABLE = 0.8
_LEAST_HOURS = 14 * 24.0
_CENT = 0.005

# Amazon MSK, best practices: keep the CPU of brokers at or below 60 %, so that one can fail or be patched.
_BROKER_HEADROOM = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One provisioned stream.

    Attributes:
        name: for the reader.
        shards: open now.
        in_mb_s, in_records_s, out_mb_s: whole stream, highest of each step (or means of a minute); None: not measured.
            Readers with their own throughput do not count in ``out_mb_s``.
        step_minutes: length of a sample.
        throttled: calls refused in the window; None: not measured.
    """

    name: str
    shards: int
    in_mb_s: Floats | None
    in_records_s: Floats | None
    out_mb_s: Floats | None
    step_minutes: float = 5.0
    throttled: float | None = None


def decide_shards(stream: Stream, price_shard_hour: float | None) -> Advice[int]:
    """Fewest shards of which 80 % hold P99.5 of the load; one change can at most halve them."""
    needs: list[float] = []
    for name, series, quota in (
        ("incoming bytes", stream.in_mb_s, _IN_MB_S),
        ("incoming records", stream.in_records_s, _IN_RECORDS_S),
        ("outgoing bytes", stream.out_mb_s, _OUT_MB_S),
    ):
        samples = None if series is None else Distribution.of(series)
        if samples is None or samples.samples * stream.step_minutes / 60.0 < _LEAST_HOURS:
            return Advice("cannot_tell", f"{name}: fewer than 14 days are measured")
        needs.append(samples.percentile(99.5) / (_USABLE * quota))
    if stream.throttled is None:
        return Advice("cannot_tell", "whether calls were refused is not measured")
    needed = max(1, math.ceil(max(needs) - 1e-9))
    if stream.throttled > 0.0:
        if needed > stream.shards:
            return Advice("grow", "calls were refused", needed, _saving(stream, needed, price_shard_hour))
        return Advice("keep", "calls were refused although the whole stream has room: keys are spread unevenly")
    if needed > stream.shards:
        return Advice("grow", "fewer than a fifth of the throughput is free at its peaks", needed,
                      _saving(stream, needed, price_shard_hour))  # fmt: skip
    target = max(needed, math.ceil(stream.shards / 2))
    if target >= stream.shards:
        return Advice("keep", "no fewer shards would do")
    saving = _saving(stream, target, price_shard_hour)
    notes: tuple[str, ...] = ("assumes that keys spread evenly over shards",)
    if needed < target:
        notes = (*notes, f"{needed} would do, a change can at most halve them")
    if saving is None:
        return Advice("price_missing", "fewer shards would do", target, None, notes)
    if saving <= _CENT:
        return Advice("keep", "fewer shards would save nothing")
    return Advice("change", "fewer shards would do", target, saving, notes)


def _saving(stream: Stream, target: int, price: float | None) -> float | None:
    return None if price is None else (stream.shards - target) * price * HOURS_A_MONTH


def broker_policy(policy: Policy) -> Policy:
    """The policy with the CPU headroom that brokers need; they are then decided about like machines, as one group."""
    preset = replace(policy.preset, cpu_headroom=max(policy.preset.cpu_headroom, _BROKER_HEADROOM))
    return replace(policy, preset=preset)


def broker_usage(usage: Usage) -> Usage:
    """Usage of a broker without its memory: it fills with cached files by design, so its need is not known."""
    return replace(usage, memory=None)
