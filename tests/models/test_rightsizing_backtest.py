"""Advice of two weeks of real machines, replayed on the two weeks after."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from models.rightsizing.policy import Policy
from tests.support.vm_traces import Replay, Trace, read_traces, replayed

pytestmark = pytest.mark.shared_data

# Share of later five-minute samples above the capacity of a size, by band of its risk.
CALIBRATION = {"very low": 0.005, "low": 0.01, "medium": 0.03}


@pytest.fixture(scope="module")
def traces(shared_data: Path) -> list[Trace]:
    return read_traces(shared_data / "vm-traces")


@pytest.fixture(scope="module")
def replays(traces: list[Trace]) -> list[Replay]:
    return [each for each in (replayed(trace, Policy()) for trace in traces) if each is not None]


def test_traces_are_read_as_published(traces: list[Trace], shared_data: Path) -> None:
    known = json.loads((shared_data / "expected" / "vm_traces.json").read_text())
    assert len(traces) == known["vms"]
    peaks = [float(np.nanmax(trace.cpu)) for trace in traces]
    assert max(peaks) == pytest.approx(known["max_cpu_pct"])
    assert sum(peak > 100.0 for peak in peaks) == known["vms_with_peak_above_100pct"]


def test_at_most_one_in_fifty_is_too_small_afterwards(replays: list[Replay]) -> None:
    assert len(replays) >= 40
    advised = [each for each in replays if each.decision.headline]
    assert len(advised) >= 25
    assert sum(not each.held() for each in advised) <= 0.02 * len(replays)
    saved = sum(each.saving for each in advised)
    assert saved >= 0.2 * sum(each.cost for each in replays)
    assert sum(each.saving for each in advised if each.held()) >= 0.95 * saved


def test_risk_means_what_it_says(replays: list[Replay]) -> None:
    above: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for replay in replays:
        for candidate, share in replay.judged:
            if candidate.machine.vcpu < replay.trace.vcpu:
                above[candidate.risk.band].append((share, len(replay.later)))
    assert len(above["very low"]) >= 40
    assert len(above["high"]) >= 15
    means = {
        band: float(np.average([share for share, _ in rows], weights=[count for _, count in rows]))
        for band, rows in above.items()
    }
    for band, most in CALIBRATION.items():
        assert means.get(band, 0.0) <= most, band
    assert means["high"] > 0.1
