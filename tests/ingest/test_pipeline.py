"""Loading twice changes nothing, newer versions replace, parts add up, and nothing is counted twice."""

from __future__ import annotations

import random
import tarfile
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.support.focus_bill import csv_text, focus_row, write_csv
from workbench.engines import Query
from workbench.ingest import ingest, overlap
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with SnapshotStore(settings).open() as snapshot:
        return [tuple(row.values()) for row in snapshot.engine.run(Query("test", sql)).to_pylist()]


def billed(settings: Settings) -> Decimal:
    [(total,)] = ask(settings, "SELECT sum(billed_cost) FROM charges")
    return Decimal(total)


def bill(count: int, *, start: int = 0, cost: str = "1") -> list[dict[str, str]]:
    return [focus_row(f"i-{i}", BilledCost=cost) for i in range(start, start + count)]


def statuses(report: Any) -> list[str]:
    return [file.status for file in report.files]


def test_the_same_file_again_changes_nothing(tmp_path: Path, settings: Settings) -> None:
    path = write_csv(tmp_path / "a.csv", bill(3))
    first = ingest([path], settings)
    again = ingest([path], settings)
    assert (first.exit_code, again.exit_code) == (0, 4)
    assert again.files[0].reason == "already loaded, nothing changed"
    assert again.snapshot_id is None
    assert [one.id for one in SnapshotStore(settings).list()] == [first.snapshot_id]


def test_the_same_content_under_another_name_is_left_alone(tmp_path: Path, settings: Settings) -> None:
    first, twin = write_csv(tmp_path / "a.csv", bill(3)), write_csv(tmp_path / "b.csv", bill(3))
    ingest([first], settings)
    report = ingest([twin], settings)
    assert (statuses(report), report.files[0].reason) == (["unchanged"], f"same content as {first}")
    assert statuses(ingest([tmp_path], settings)) == ["unchanged", "unchanged"]


def test_a_changed_file_replaces_its_rows_whole(tmp_path: Path, settings: Settings) -> None:
    path = write_csv(tmp_path / "a.csv", bill(5))
    ingest([path], settings)
    write_csv(path, bill(3, start=4, cost="10"))
    report = ingest([path], settings)
    assert (report.rows_loaded, report.rows_replaced, report.exit_code) == (3, 5, 0)
    assert billed(settings) == 30
    assert ask(settings, "SELECT status, rows_loaded FROM source_files ORDER BY source_id") == [
        ("replaced", 5),
        ("loaded", 3),
    ]
    assert ask(settings, "SELECT load_id, status, files_loaded, rows_replaced FROM loads ORDER BY load_id") == [
        (1, "done", 1, 0),
        (2, "done", 1, 5),
    ]


def test_a_changed_file_with_bad_rows_leaves_the_earlier_version(tmp_path: Path, settings: Settings) -> None:
    path = write_csv(tmp_path / "a.csv", bill(5))
    ingest([path], settings)
    write_csv(path, [*bill(2), focus_row("i-9", BilledCost="abc")])
    report = ingest([path], settings)
    assert (statuses(report), report.exit_code) == (["refused"], 1)
    assert billed(settings) == 5
    assert ask(settings, "SELECT status FROM source_files ORDER BY source_id") == [("loaded",), ("refused",)]


def test_control_totals_are_kept_per_currency(tmp_path: Path, settings: Settings) -> None:
    rows = [*bill(2, cost="1.5"), focus_row("i-7", BilledCost="7", BillingCurrency="EUR", EffectiveCost="-1")]
    report = ingest([write_csv(tmp_path / "a.csv", rows)], settings)
    assert {currency: str(costs["billed_cost"]) for currency, costs in report.files[0].totals.items()} == {
        "EUR": "7.000000000000",
        "USD": "3.000000000000",
    }
    [(usd, eur)] = ask(
        settings,
        "SELECT control_totals -> 'USD' -> 'billed_cost' ->> 'file', control_totals -> 'EUR' -> 'effective_cost' ->>"
        " 'loaded' FROM source_files",
    )
    assert (Decimal(usd), Decimal(eur)) == (3, -1)


def test_a_partition_is_one_delivery_and_atomic(tmp_path: Path, settings: Settings) -> None:
    month = tmp_path / "export" / "BILLING_PERIOD=2026-10"
    write_csv(month / "part-1.csv", bill(2))
    write_csv(month / "part-2.csv", bill(2, start=2))
    ingest([tmp_path / "export"], settings)
    assert ask(settings, "SELECT DISTINCT dataset, billing_month FROM source_files") == [
        (str(tmp_path / "export"), date(2026, 10, 1))
    ]
    write_csv(month / "part-1.csv", bill(2, cost="5"))
    write_csv(month / "part-2.csv", [focus_row(BilledCost="x")])
    report = ingest([tmp_path / "export"], settings)
    assert [file.reason.split(",")[0] for file in report.files] == [
        f"left out because {month / 'part-2.csv'} of the same delivery was refused",
        "line 2",
    ]
    assert billed(settings) == 4
    # One file fewer and all good: the month is replaced whole.
    (month / "part-2.csv").unlink()
    report = ingest([tmp_path / "export"], settings)
    assert (statuses(report), report.rows_replaced) == (["loaded"], 4)
    assert billed(settings) == 10


@pytest.mark.parametrize("folder", ["BILLING_PERIOD=2026-10", "20261001-20261101/0a1b-2c3d"])
def test_one_file_of_a_month_folder_stands_for_the_month(folder: str, tmp_path: Path, settings: Settings) -> None:
    first = write_csv(tmp_path / folder / "a-00001.csv", bill(10))
    second = write_csv(tmp_path / folder / "a-00002.csv", bill(10, start=10))
    assert statuses(ingest([first], settings)) == ["loaded", "loaded"]
    assert statuses(ingest([second], settings)) == ["unchanged", "unchanged"]
    assert statuses(ingest([str(second.parent / "*2.csv")], settings)) == ["unchanged", "unchanged"]
    assert billed(settings) == 20


def test_two_months_of_one_export_live_side_by_side(tmp_path: Path, settings: Settings) -> None:
    for month, cost in (("2026-09", "1"), ("2026-10", "2")):
        start = f"{month}-01T00:00:00Z"
        rows = [focus_row(BilledCost=cost, BillingPeriodStart=start, ChargePeriodStart=start)]
        write_csv(tmp_path / f"billing_period={month}" / "a.csv", rows)
    ingest([tmp_path], settings)
    write_csv(tmp_path / "billing_period=2026-10" / "a.csv", [focus_row(BilledCost="7")])
    report = ingest([tmp_path], settings)
    assert statuses(report) == ["unchanged", "loaded"]
    assert billed(settings) == 8


def test_a_second_export_of_a_loaded_month_is_refused_with_both_remedies(tmp_path: Path, settings: Settings) -> None:
    first = write_csv(tmp_path / "1st.csv", bill(10))
    # The next day's export: the same lines with restated costs, and some more.
    second = write_csv(tmp_path / "2nd.csv", bill(14, cost="1.01"))
    ingest([first], settings)
    report = ingest([second], settings)
    assert statuses(report) == ["refused"]
    assert f"10 of its lines (100%) are already loaded from {first}" in report.files[0].reason
    assert "--replace" in report.files[0].hint
    assert "--add" in report.files[0].hint
    assert billed(settings) == 10
    replaced = ingest([second], settings, on_overlap="replace")
    assert (statuses(replaced), replaced.rows_replaced) == (["loaded"], 10)
    assert billed(settings) == Decimal("14.14")


def test_a_different_part_of_a_month_is_added(tmp_path: Path, settings: Settings) -> None:
    ingest([write_csv(tmp_path / "a.csv", bill(10))], settings)
    assert statuses(ingest([write_csv(tmp_path / "b.csv", bill(10, start=10))], settings)) == ["loaded"]
    # Alike in every name, but the user knows better.
    third = write_csv(tmp_path / "c.csv", bill(10, cost="3"))
    assert statuses(ingest([third], settings)) == ["refused"]
    assert statuses(ingest([third], settings, on_overlap="add")) == ["loaded"]
    assert billed(settings) == 50


def test_large_sources_are_sampled_first_and_counted_in_full_when_refused(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap, "_SAMPLED_ABOVE", 100)
    first = write_csv(tmp_path / "1st.csv", bill(1_000))
    ingest([first], settings)
    part = write_csv(tmp_path / "part.csv", bill(1_000, start=1_000))
    assert statuses(ingest([part], settings)) == ["loaded"]
    again = write_csv(tmp_path / "2nd.csv", bill(900, start=50, cost="2"))
    [refused] = ingest([again], settings).files
    assert refused.reason == f"900 of its lines (100%) are already loaded from {first}"


def test_a_file_overwritten_with_the_lines_of_another_loaded_file_is_refused(
    tmp_path: Path, settings: Settings
) -> None:
    october = bill(10)
    september = [
        {**row, "BillingPeriodStart": "2026-09-01T00:00:00Z", "BillingPeriodEnd": "2026-10-01T00:00:00Z"}
        for row in bill(10)
    ]
    latest = write_csv(tmp_path / "latest.csv", september)
    kept = write_csv(tmp_path / "october.csv", october)
    ingest([latest, kept], settings)
    for rows in (october, bill(12, cost="2")):  # a copy, and a restated copy
        write_csv(latest, rows)
        [refused] = ingest([latest], settings).files
        assert (refused.status, refused.reason) == (
            "refused",
            f"10 of its lines (100%) are already loaded from {kept}",
        )
        assert billed(settings) == 20
    assert statuses(ingest([latest], settings, on_overlap="replace")) == ["loaded"]
    assert billed(settings) == 24


def test_a_file_added_beside_another_can_be_restated(tmp_path: Path, settings: Settings) -> None:
    ingest([write_csv(tmp_path / "a.csv", bill(10))], settings)
    added = write_csv(tmp_path / "b.csv", bill(10, cost="3"))
    ingest([added], settings, on_overlap="add")
    write_csv(added, bill(10, cost="4"))
    assert statuses(ingest([added], settings)) == ["loaded"]
    assert billed(settings) == 50


def test_the_same_lines_of_another_month_or_account_are_no_overlap(tmp_path: Path, settings: Settings) -> None:
    other_month = {"BillingPeriodStart": "2026-09-01T00:00:00Z", "BillingPeriodEnd": "2026-10-01T00:00:00Z"}
    for name, change in (("a", {}), ("b", other_month), ("c", {"BillingAccountId": "9"}), ("d", {"ProviderName": "X"})):
        path = write_csv(tmp_path / f"{name}.csv", [{**row, **change} for row in bill(10)])
        assert statuses(ingest([path], settings)) == ["loaded"]
    assert billed(settings) == 40


def test_archives_are_read_member_by_member(tmp_path: Path, settings: Settings) -> None:
    text = csv_text(bill(2))
    with zipfile.ZipFile(tmp_path / "bills.zip", "w") as bundle:
        bundle.writestr("2026/a.csv", text)
        bundle.writestr("../../escape.csv", csv_text(bill(2, start=2)))
        bundle.writestr("readme.txt.md", "hello")
    inner = write_csv(tmp_path / "tarred" / "c.csv", bill(2, start=4))
    with tarfile.open(tmp_path / "bills.tar.gz", "w:gz") as archive:
        archive.add(inner, "deep/c.csv")
    inner.unlink()
    report = ingest([tmp_path], settings)
    assert [file.path.removeprefix(f"{tmp_path}/") for file in report.files] == [
        "bills.tar.gz!deep/c.csv",
        "bills.zip!../../escape.csv",
        "bills.zip!2026/a.csv",
    ]
    assert billed(settings) == 6
    assert not (tmp_path.parent / "escape.csv").exists()
    assert statuses(ingest([tmp_path], settings)) == ["unchanged"] * 3


def test_nothing_is_left_in_the_home_folder(tmp_path: Path, settings: Settings) -> None:
    with zipfile.ZipFile(tmp_path / "bills.zip", "w") as bundle:
        bundle.writestr("a.csv", csv_text(bill(2)))
    ingest([tmp_path / "bills.zip"], settings)
    assert list((settings.home / "ingest").iterdir()) == []


def test_refusal_inside_a_run_does_not_stop_an_interrupt_from_leaving_nothing(
    tmp_path: Path, settings: Settings
) -> None:
    class Interrupting:
        def step(self, title: str, *, total: float | None = None) -> None:
            if title == "Roll up":
                raise KeyboardInterrupt

        def advance(self, amount: float = 1.0, *, detail: str = "") -> None: ...

        def message(self, text: str) -> None: ...

    ingest([write_csv(tmp_path / "a.csv", bill(2))], settings)
    before = SnapshotStore(settings).current()
    with pytest.raises(KeyboardInterrupt):
        ingest([write_csv(tmp_path / "b.csv", bill(2, start=9))], settings, Interrupting())
    assert SnapshotStore(settings).current() == before
    assert billed(settings) == 2


COSTS = st.decimals(min_value=-1000, max_value=1000, places=12, allow_nan=False)


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(costs=st.lists(COSTS, min_size=1, max_size=12), seed=st.integers(0, 999), parts=st.integers(1, 4))
def test_parts_sum_to_the_whole_in_any_order(
    costs: list[Decimal], seed: int, parts: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    rows = [focus_row(f"i-{i}", BilledCost=format(cost, "f")) for i, cost in enumerate(costs)]
    files = [write_csv(folder / f"{i}.csv", rows[i::parts]) for i in range(parts) if rows[i::parts]]
    random.Random(seed).shuffle(files)
    home = Settings(home=folder / "home")
    report = ingest(files, home)
    assert set(statuses(report)) == {"loaded"}
    assert [file.path for file in report.files] == sorted(file.path for file in report.files)
    assert billed(home) == sum(costs)
    assert ingest(list(reversed(files)), home).exit_code == 4
