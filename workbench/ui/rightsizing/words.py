"""Findings, kinds and reasons in the words of the page. No Streamlit here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.rightsizing.demand import Window
from models.rightsizing.policy import PRESETS
from workbench import formats
from workbench.rightsizing import KINDS, Advice, Options, Proposal

__all__ = [
    "FINDINGS", "GROUPS", "KIND_WORDS", "PRESET_WORDS", "counts_as", "dimension", "drivers", "group_of", "preset_text",
    "risk_text", "window_text",
]  # fmt: skip

FINDINGS: Mapping[str, str] = {
    "over": "too large",
    "under": "too small",
    "idle": "idle",
    "likely_idle": "likely idle",
    "optimized": "right size",
    "insufficient_data": "too little data",
    "data_quality": "data not usable",
    "cannot_tell": "cannot tell",
    "not_applicable": "not sized here",
    "suppressed": "excluded by policy",
}

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "over": ("Too large", ("over",)),
    "under": ("Too small", ("under",)),
    "idle": ("Idle", ("idle", "likely_idle")),
    "right": ("Right size", ("optimized",)),
    "unknown": ("Cannot tell", ("insufficient_data", "data_quality", "cannot_tell")),
    "out": ("Left out", ("not_applicable", "suppressed")),
}
"""Groups of findings: name in the address → words and findings. Every finding is in exactly one."""

KIND_WORDS: Mapping[str, str] = {
    name: f"{words[0].upper()}{words[1:]}{'es' if words.endswith(('s', 'x')) else 's'}" for name, words in KINDS.items()
}

PRESET_WORDS: Mapping[str, str] = {
    "default": "Default",
    "max_savings": "Most savings",
    "balanced": "Balanced",
    "max_performance": "Most performance",
}

_DIMENSIONS = {
    "cpu": "CPU", "memory": "memory", "network": "network", "ebs_throughput": "storage throughput",
    "ebs_iops": "storage operations", "gpu": "GPU", "gpu_memory": "GPU memory", "local_disk": "local disk",
}  # fmt: skip


def group_of(finding: str) -> str:
    """Name of the group a finding is in."""
    return next((name for name, (_, findings) in GROUPS.items() if finding in findings), "unknown")


def dimension(name: str) -> str:
    """A measured dimension in words."""
    return _DIMENSIONS.get(name, name.replace("_", " "))


def drivers(proposal: Proposal) -> str:
    """What makes the risk: ``memory, CPU``."""
    return ", ".join(dimension(name) for name in proposal.drivers)


def risk_text(proposal: Proposal) -> str:
    """``0.8 of 4, very low (memory)``; the dash where it cannot be told."""
    if proposal.risk is None:
        return formats.MISSING
    about = f" ({drivers(proposal)})" if proposal.drivers else ""
    return f"{proposal.risk:.1f} of 4, {proposal.risk_band}{about}"


def counts_as(one: Advice) -> str | None:
    """Whether a proposal is in the totals, and if not, why; None without a proposal."""
    if one.suppressed_by:
        return f"no: {one.suppressed_by[0].title} comes first"
    if one.finding != "over":
        return None
    if one.counted == "total":
        return "yes"
    if one.counted == "small":
        return f"no, small or unsure: {'; '.join(one.proposed.against) if one.proposed else ''}".rstrip(": ")
    if one.saving is None:
        return "no amount is known"
    return f"no: {one.proposed.against[0]}" if one.proposed and one.proposed.against else "no"


def window_text(window: Window | None) -> str | None:
    """``14 d, 4,032 maxima of 5 min, 98 %``."""
    if window is None:
        return None
    kind = "maxima" if window.maxima else "means"
    step = f"{window.step_minutes:g} min" if window.step_minutes < 60 else f"{window.step_minutes / 60:g} h"
    return f"{window.days:.0f} d, {window.samples:,} {kind} of {step}, {100.0 * window.coverage:.0f} %"


def preset_text(options: Options) -> str:
    """What must fit, and what stays free."""
    preset = options.policy.preset
    own = "" if PRESETS[options.preset] == preset else ", changed"
    text = (
        f"{PRESET_WORDS[options.preset].lower()}{own}: CPU at P{preset.cpu_percentile:g} leaves "
        f"{100 * preset.cpu_headroom:.0f} % free, memory at its highest {100 * preset.memory_headroom:.0f} %"
    )
    return f"{text}, user-facing limits" if options.user_facing else text


def listed(texts: Sequence[str], limit: int) -> str:
    """The first of them and how many more there are."""
    more = len(texts) - limit
    return "; ".join(texts[:limit]) + (f" and {more} more" if more > 0 else "")
