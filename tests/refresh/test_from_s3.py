"""A prefix in S3 against a real HTTP server of moto: only what is new is fetched, and never half of it."""

from __future__ import annotations

import gzip
import json

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.support.focus_bill import csv_text, focus_row
from workbench.cli.main import main
from workbench.errors import AccessDenied, BadSetting, DataError
from workbench.progress import Silent
from workbench.refresh import refresh
from workbench.refresh.from_s3 import mirror_prefix
from workbench.snapshot import SnapshotStore


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, monkeypatch, request):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    name = f"bills-{abs(hash(request.node.name)) % 10**9}"
    client = boto3.client("s3")
    client.create_bucket(Bucket=name)
    yield name, client
    client.close()


def put(bucket, key, *resources):
    name, client = bucket
    body = gzip.compress(csv_text([focus_row(resource) for resource in resources]).encode())
    client.put_object(Bucket=name, Key=key, Body=body)


def lines(settings):
    with SnapshotStore(settings).open() as snapshot:
        return snapshot.manifest.rows["charges"]


def test_only_new_and_changed_objects_are_fetched(bucket, settings):
    url = f"s3://{bucket[0]}/exports"
    put(bucket, "exports/a.csv.gz", "i-1", "i-2")
    put(bucket, "exports/deep/b.csv.gz", "i-3")
    put(bucket, "elsewhere/c.csv.gz", "i-4")
    first = refresh([url], settings)
    assert (first.status, first.mirrors[url].listed, first.mirrors[url].fetched) == ("done", 2, 2)
    assert lines(settings) == 3

    again = refresh([url], settings)
    assert (again.status, again.exit_code, again.mirrors[url].fetched) == ("unchanged", 4, 0)

    put(bucket, "exports/deep/b.csv.gz", "i-3", "i-5")
    third = refresh([url], settings)
    assert (third.status, third.mirrors[url].fetched) == ("done", 1)
    assert lines(settings) == 4


def test_provenance_names_bucket_and_key(bucket, settings):
    put(bucket, "exports/a.csv.gz", "i-1")
    report = refresh([f"s3://{bucket[0]}/exports"], settings)
    assert [file.path.endswith(f"s3/{bucket[0]}/exports/a.csv.gz") for file in report.load.files] == [True]


def test_a_lost_mirror_is_fetched_again(bucket, settings):
    put(bucket, "exports/a.csv.gz", "i-1")
    refresh([f"s3://{bucket[0]}/exports"], settings)
    (settings.home / "s3" / bucket[0] / ".workbench-mirror.json").write_text("{broken")
    report = refresh([f"s3://{bucket[0]}/exports"], settings)
    assert (report.status, report.mirrors[f"s3://{bucket[0]}/exports"].fetched) == ("unchanged", 1)


def test_a_file_whose_object_is_gone_leaves_the_mirror(bucket, settings):
    name, client = bucket
    put(bucket, "exports/a.csv.gz", "i-1")
    put(bucket, "exports/b.csv.gz", "i-2")
    mirror_prefix(f"s3://{name}/exports", settings, Silent())
    client.delete_object(Bucket=name, Key="exports/b.csv.gz")
    found = mirror_prefix(f"s3://{name}/exports", settings, Silent())
    assert (found.removed, [path.name for path in found.folder.iterdir()]) == (1, ["a.csv.gz"])


class Changes(Silent):
    """Writes another object body between the listing and the fetching."""

    def __init__(self, bucket):
        self.bucket = bucket

    def step(self, title, *, total=None):
        if title.startswith("Fetch"):
            put(self.bucket, "exports/a.csv.gz", "i-9")


def test_an_object_that_changes_between_listing_and_fetching_is_not_taken(bucket, settings):
    put(bucket, "exports/a.csv.gz", "i-1", "i-2")
    url = f"s3://{bucket[0]}/exports"
    with pytest.raises(DataError, match="changed while it was being read"):
        refresh([url], settings, Changes(bucket))
    assert SnapshotStore(settings).ids() == ()
    assert refresh([url], settings).status == "done"
    assert lines(settings) == 1


def test_a_truncated_download_is_not_taken(bucket, settings, monkeypatch):
    put(bucket, "exports/a.csv.gz", "i-1")
    url = f"s3://{bucket[0]}/exports"
    from botocore.response import StreamingBody

    with monkeypatch.context() as patch:
        patch.setattr(StreamingBody, "iter_chunks", lambda self, size: iter([b"half"]))
        with pytest.raises(DataError, match="Only 4 of"):
            refresh([url], settings)
    assert list((settings.home / "s3" / bucket[0] / "exports").iterdir()) == []
    assert refresh([url], settings).status == "done"


def test_a_key_that_would_leave_the_mirror_is_refused(bucket, settings):
    put(bucket, "exports/../../../evil.csv.gz", "i-1")
    with pytest.raises(DataError, match="cannot be a file"):
        refresh([f"s3://{bucket[0]}/exports"], settings)


def test_a_bucket_that_is_not_there_is_named(bucket, settings):
    with pytest.raises(DataError, match="s3://no-such-bucket-here/x"):
        refresh(["s3://no-such-bucket-here/x"], settings)


def test_missing_credentials_say_what_is_needed(endpoint, settings, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "absent"))
    with pytest.raises(AccessDenied, match="s3:ListBucket"):
        refresh(["s3://bills/x"], settings)


@pytest.mark.parametrize("sources", [[], ["s3://"], ["postgresql://x/y", "bills"]])
def test_sources_that_cannot_be_used_are_refused(settings, sources):
    with pytest.raises(BadSetting):
        refresh(sources, settings)


def test_the_command_reads_folders_and_buckets_of_the_settings(bucket, settings, tmp_path, capsys, monkeypatch):
    put(bucket, "exports/a.csv.gz", "i-1")
    folder = tmp_path / "bills"
    folder.mkdir()
    (folder / "b.csv").write_text(csv_text([focus_row("i-2")]))
    monkeypatch.setenv("WORKBENCH_REFRESH_FROM", f"{folder}, s3://{bucket[0]}/exports")
    assert main(["refresh", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], len(document["files"])) == ("done", 2)
    assert lines(settings) == 2
    assert main(["refresh", "--json"]) == 4
    capsys.readouterr()
    assert main(["refresh"]) == 4
    assert "Nothing new" in capsys.readouterr().out
