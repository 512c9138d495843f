"""A scan is kept with everything it found, exactly, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from workbench.settings import Settings
from workbench.workspace import Finding, Scan, ScanTotal, Workspace

SCAN = Scan(
    started_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    snapshot_id="20261120T090000Z-ab12cd",
    preset="default",
    as_of=date(2026, 11, 19),
    parameters={"ec2_idle": {"cpu_below": Decimal("5.5")}},
    checks_run=("ebs_unattached", "ec2_idle"),
    counts={"flagged": 2, "passed": 40, "could_not_run": 1},
    totals=(ScanTotal("USD", "effective", Decimal("110.000000000001"), Decimal(100)),),
    seconds=1.25,
)
IDLE = Finding(
    "ec2_idle", "111111111111", "i-1", "eu-west-1", "USD", Decimal("100.000000000001"), {"cpu": Decimal("1.5")}
)
VOLUME = Finding("ebs_unattached", "111111111111", "vol-1", None, "USD", None, {"text": "\0 \ud800 </script> é"})


def test_a_scan_and_its_findings_come_back_exactly(shared: Settings) -> None:
    kept = Workspace(shared, user="anna").record_scan(SCAN, [IDLE, VOLUME])
    assert (kept.scan, kept.findings, kept.recorded_by) == (SCAN, 2, "anna")

    workspace = Workspace(shared)
    assert workspace.scans() == (kept,)
    volume, idle = workspace.findings(kept.id)
    assert idle == IDLE
    assert (volume.saving_expected, volume.region) == (None, None)
    assert volume.payload == {"text": "\0 \N{REPLACEMENT CHARACTER} </script> é"}


def test_the_newest_scan_is_first_and_a_failed_one_says_why(shared: Settings) -> None:
    workspace = Workspace(shared)
    workspace.record_scan(SCAN, [IDLE])
    failed = Scan(SCAN.started_at, SCAN.snapshot_id, "cautious", SCAN.as_of, status="failed", error="disk full")
    workspace.record_scan(failed, [])
    assert [(one.scan.status, one.scan.error, one.findings) for one in workspace.scans()] == [
        ("failed", "disk full", 0),
        ("done", "", 1),
    ]
    assert len(workspace.scans(limit=1)) == 1


def test_many_findings_are_all_kept(shared: Settings) -> None:
    workspace = Workspace(shared)
    many = [Finding("ec2_idle", "1", f"i-{number:05}", None, "USD", Decimal(number)) for number in range(4_500)]
    kept = workspace.record_scan(SCAN, iter(many))
    assert kept.findings == 4_500
    assert workspace.findings(kept.id) == tuple(many)
    assert workspace.findings(kept.id + 1) == ()


def test_nobody_has_scanned_yet(shared: Settings) -> None:
    assert Workspace(shared).scans() == ()
