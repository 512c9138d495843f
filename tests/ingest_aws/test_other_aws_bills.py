"""Every other AWS bill of the reference data, loaded together into one snapshot."""

from __future__ import annotations

import json
import shutil
import tarfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_bill import ask, load
from workbench.ingest import FileResult, LoadReport
from workbench.settings import Settings

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]

BILLS = (
    "aws-cur/sample-anonymous-aws-export-dataset.csv",
    "aws-cur/koku_test_cur.csv",
    "aws-cur/koku_test_cur.csv.gz",
    "aws-cur/koku_2023-06-01.csv",
    "aws-cur/koku_empty_frame.csv",
    "aws-cur/keboola_MockTestReport-00001.csv.zip",
    "aws-cur2/keboola_MockTestReportV2-00001.csv.gz",
    "aws-cur2/keboola_sample_billing_data_v2.csv",
    "aws-cur2/fivetran_aws_cost_report.csv",
    "nise-synth/nise_aws_August-2025_sample8.csv.gz",
)
TOTALS = {
    # file: (rows, currency, billed, effective)
    "sample-anonymous-aws-export-dataset.csv": (1281, "USD", 1.682309, 1.682309),
    "koku_test_cur.csv": (19, "USD", 0.082750, 0.082750),
    "koku_2023-06-01.csv": (3, "NOK", 30.0, 0.3),
    "keboola_MockTestReport-00001.csv.zip!sample_billing_data.csv": (3, "USD", 0.045152, 0.045152),
    "keboola_MockTestReportV2-00001.csv.gz": (4, "USD", 0.108304, 0.108304),
    "fivetran_aws_cost_report.csv": (20, "XXX", None, None),
    "nise_aws_August-2025_sample8.csv.gz": (4722, "USD", 531_364.936543, 531_364.936543),
    "my-report-1.csv.gz": (6190, "USD", 29_684.780682, 29_684.780682),
}


@pytest.fixture(scope="module")
def bucket(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The S3 folder out of its archive."""
    folder = tmp_path_factory.mktemp("bucket")
    with tarfile.open(shared_data / "aws-cur" / "koku_test_local_bucket_prefix.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def loaded(shared_data: Path, bucket: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, LoadReport]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    return settings, load(settings, bucket, *(shared_data / bill for bill in BILLS))


def _file(report: LoadReport, name: str) -> FileResult:
    [file] = [file for file in report.files if file.path.endswith(f"/{name}")]
    return file


@pytest.mark.parametrize("name", list(TOTALS))
def test_rows_and_totals_of_each_bill(loaded: tuple[Settings, LoadReport], name: str) -> None:
    settings, report = loaded
    file = _file(report, name)
    assert file.status == "loaded", file.reason
    rows, currency, billed, effective = TOTALS[name]
    [found] = ask(
        settings,
        "SELECT count(*) AS rows, any_value(billing_currency) AS currency,"
        " count(DISTINCT billing_currency) AS currencies,"
        " sum(billed_cost) AS billed, sum(effective_cost) AS effective FROM charges"
        f" JOIN source_files ON source_id = x_source_id WHERE path = '{file.path}'",
    )
    assert (found["rows"], found["currency"], found["currencies"], file.rows) == (rows, currency, 1, rows)
    for cost, wanted in (("billed", billed), ("effective", effective)):
        assert found[cost] == wanted if wanted is None else abs(float(found[cost]) - wanted) <= 1e-6


def test_the_same_content_is_loaded_once(loaded: tuple[Settings, LoadReport]) -> None:
    _, report = loaded
    unchanged = {file.path.rpartition("/")[2] for file in report.files if file.status == "unchanged"}
    assert unchanged == {"koku_test_cur.csv.gz", "keboola_sample_billing_data_v2.csv"}


def test_a_header_without_rows_is_a_bill_of_nothing(loaded: tuple[Settings, LoadReport]) -> None:
    file = _file(loaded[1], "koku_empty_frame.csv")
    assert (file.status, file.rows, file.format) == ("loaded", 0, "aws-cur")
    assert any("no rows" in note for note in file.notes)


def test_each_format_is_detected(loaded: tuple[Settings, LoadReport]) -> None:
    formats = {name: _file(loaded[1], name).format for name in TOTALS}
    cur2 = {"keboola_MockTestReportV2-00001.csv.gz", "fivetran_aws_cost_report.csv"}
    assert {name for name, found in formats.items() if found == "aws-cur2"} == cur2
    assert set(formats.values()) == {"aws-cur", "aws-cur2"}


def test_the_bucket_is_one_delivery_of_its_assembly(loaded: tuple[Settings, LoadReport]) -> None:
    settings, report = loaded
    assert _file(report, "my-report-1.csv.gz").billing_month == date(2018, 8, 1)
    assert ask(settings, "SELECT dataset, version FROM source_files WHERE dataset LIKE 'aws:%'") == [
        {"dataset": "aws:4090136019287/my-report", "version": "861af42f-713c-4a42-9562-9158a7625630"}
    ]
    assert ask(
        settings,
        "SELECT count(DISTINCT sub_account_id) AS accounts, min(charge_period_start)::DATE AS first,"
        " max(charge_period_start)::DATE AS last FROM charges WHERE billing_period_start = DATE '2018-08-01'",
    ) == [{"accounts": 5, "first": date(2018, 8, 1), "last": date(2018, 8, 10)}]


def test_currencies_are_kept_apart(loaded: tuple[Settings, LoadReport]) -> None:
    rows = ask(loaded[0], "SELECT billing_currency, sum(effective_cost) AS cost FROM daily_costs GROUP BY 1")
    cost = {row["billing_currency"]: row["cost"] for row in rows}
    assert cost["NOK"] == Decimal("0.3")
    assert cost["XXX"] is None
    assert abs(float(cost["USD"]) - (1.682309 + 0.082750 + 0.045152 + 0.108304 + 531_364.936543 + 29_684.780682)) < 1e-5


def test_the_archive_of_the_bucket_is_the_same_delivery(loaded: tuple[Settings, LoadReport], shared_data: Path) -> None:
    again = load(loaded[0], shared_data / "aws-cur" / "koku_test_local_bucket_prefix.tar.gz")
    assert [file.status for file in again.files] == ["unchanged"]


def test_loading_everything_twice_changes_nothing(
    loaded: tuple[Settings, LoadReport], shared_data: Path, bucket: Path
) -> None:
    again = load(loaded[0], bucket, *(shared_data / bill for bill in BILLS))
    assert {file.status for file in again.files} == {"unchanged"}
    assert again.snapshot_id is None


def test_the_export_of_a_manifest_is_found_in_its_layout(settings: Settings, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "aws-cur2"
    partition = "BILLING_PERIOD=2024-09"
    bill = tmp_path / "data" / partition / "MockTestReportV2-00001.csv.gz"
    manifest = tmp_path / "metadata" / partition / "MockTestReportV2-Manifest.json"
    for target, name in (
        (bill, "keboola_MockTestReportV2-00001.csv.gz"),
        (manifest, "keboola_tests_mock_data_cur_2_0_cur2_manifest.json"),
    ):
        target.parent.mkdir(parents=True)
        shutil.copyfile(source / name, target)
    [file] = load(settings, tmp_path).files
    assert (file.status, file.rows, file.billing_month) == ("loaded", 4, date(2024, 9, 1)), file.reason
    version = json.loads(manifest.read_text())["assemblyId"]
    rows: list[dict[str, Any]] = ask(settings, "SELECT version, format FROM source_files")
    assert rows == [{"version": version, "format": "aws-cur2"}]
    [period] = ask(settings, "SELECT DISTINCT billing_period_end::DATE AS last FROM charges")
    assert period["last"] == date(2024, 10, 1)
