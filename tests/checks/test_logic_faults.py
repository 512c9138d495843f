"""Faults seen in public rule sets, each as rows on which ours must not have it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workbench.checks.registry import find_check, load_checks
from workbench.checks.trial import Tried, read_cases, try_case


def tried(check_id: str, rows: str, as_of: str = "2026-10-31") -> Tried:
    text = f'[[case]]\nname = "fault"\nas_of = {as_of}\nexpect = {{}}\n{rows}'
    [case] = read_cases(text, source="fault")
    return try_case(find_check(check_id, load_checks()), case)


def said(check_id: str, rows: str, as_of: str = "2026-10-31") -> dict[str, str]:
    answer = tried(check_id, rows, as_of)
    assert answer.judged.table is not None, answer.judged.why
    return {row["subject"]: row["verdict"] for row in answer.judged.rows()}


def rows(table: str, *given: str) -> str:
    return "".join(f"[[case.{table}]]\n{one}\n" for one in given)


def metric(resource: str, table: str, day: int, **values: float) -> str:
    payload = ", ".join(f'\\"{name}\\": {value}' for name, value in values.items())
    identity = f'id = "{resource}-{day}"\nresource_id = "{resource}"\nresource_type = "{table}"'
    return f'{identity}\ndate = 2026-10-{day:02}\nmetric_payload = "{{{payload}}}"'


MONTH = "days = [2026-10-02, 2026-10-31]"
VOLUME = 'id = "v1"\nvolume_id = "vol-1"\nstate = "in-use"\nsize_gib = 100\nmonthly_cost = 8'


def test_days_of_equal_use_are_not_folded_into_one():
    """29 idle days and one with 3,000 operations are 100 a day, not 1,500."""
    days = [metric("vol-1", "volumes", day, read_ops=3000 if day == 10 else 0, write_ops=0) for day in range(2, 32)]
    assert said("ebs_low_usage", rows("volumes", VOLUME) + rows("metrics_daily", *days)) == {"v1": "flagged"}


def test_reads_and_writes_of_a_day_are_added():
    days = [metric("vol-1", "volumes", day, read_ops=60, write_ops=60) for day in range(2, 32)]
    assert said("ebs_low_usage", rows("volumes", VOLUME) + rows("metrics_daily", *days)) == {"v1": "passed"}


def test_a_timeout_above_the_mean_duration_is_not_waste():
    function = (
        'id = "f1"\nname = "f1"\nmemory_mb = 128\ntimeout_seconds = 60\ninvocations_7d = 9\navg_duration_ms_7d = 100'
    )
    assert said("lambda_timeout_setting", rows("lambda_functions", function)) == {"f1": "passed"}


@pytest.mark.parametrize("family", ["t1", "t2", "m1", "m2", "m3", "m4", "c1", "c3", "c4", "r3", "r4", "i2", "d2"])
def test_every_family_of_the_list_matches_something(family):
    line = f'{MONTH}\nresource_id = "i-1"\nx_usage_type = "BoxUsage:{family}.large"\nx_operation = "RunInstances"'
    assert said("ec2_previous_generation", rows("charges", line)) == {"i-1": "flagged"}


def test_age_alone_is_not_waste():
    machine = 'id = "i1"\ninstance_id = "i-1"\nstate = "running"\nlaunch_time = 2020-01-01T00:00:00'
    covered = f'{MONTH}\nresource_id = "i-1"\npricing_category = "Committed"\nx_usage_type = "BoxUsage:m5.large"'
    found = said("ec2_long_running_on_demand", rows("instances", machine) + rows("charges", covered))
    assert found == {"i1": "passed"}


@pytest.mark.parametrize("check_id", ["ebs_large", "ec2_large_instance_review", "ec2_long_running_on_demand"])
def test_size_and_age_are_reviews_that_no_total_holds(check_id):
    assert find_check(check_id, load_checks()).facts.kind == "review"


def test_a_bucket_without_a_request_line_is_unknown_not_cold():
    line = (
        'days = [2026-10-02, 2026-10-31]\nresource_id = "b1"\nservice_name = "Amazon Simple Storage Service"\n'
        'x_operation = "StandardStorage"\nx_usage_type = "TimedStorage-ByteHrs"'
    )
    assert said("s3_no_requests", rows("charges", line)) == {"b1": "cannot tell"}


def test_units_are_counted_by_kind_not_by_line():
    line = (
        'days = [2026-10-02, 2026-10-31]\nresource_id = "s1"\nservice_name = "Amazon Kinesis"\n'
        'x_usage_type = "Storage-ShardHour"\npricing_unit = "Hours"\nconsumed_unit = "Hours"'
    )
    assert said("kinesis_idle", rows("charges", line)) == {"s1": "flagged"}


def test_a_negative_saving_keeps_its_sign():
    line = (
        'days = [2026-10-02, 2026-10-31]\ncost = 0.66\nresource_id = "vol-1"\nx_usage_type = "EBS:VolumeUsage.gp2"\n'
        'service_name = "Amazon Elastic Compute Cloud"\nconsumed_quantity = 6.6\nconsumed_unit = "GB-Mo"\n'
        'pricing_quantity = 6.6\npricing_unit = "GB-Mo"'
    )
    found = tried("ebs_gp2_to_gp3", rows("charges", line)).savings
    # 198 GB: the storage is a fifth cheaper, the added throughput costs more than that.
    assert found["vol-1"] < 0


def test_a_gateway_that_is_gone_is_not_unused():
    gateways = [
        f'id = "{name}"\nnat_gateway_id = "{name}"\nstate = "{state}"\ngb_processed_7d = 0\nhourly_cost = 0.045'
        for name, state in (("n1", "available"), ("n2", "deleted"))
    ]
    assert said("nat_idle", rows("nat_gateways", *gateways)) == {"n1": "flagged"}


@pytest.mark.parametrize(
    ("check_id", "table", "row"),
    [
        ("nat_idle", "nat_gateways", 'nat_gateway_id = "x"\nstate = "available"'),
        ("lb_idle", "load_balancers", 'lb_arn = "x"\ntype = "application"'),
        ("ec2_idle", "instances", 'instance_id = "x"\nstate = "running"'),
        ("rds_rightsize", "rds_instances", 'db_instance_id = "x"\nstate = "available"'),
        ("rds_idle", "rds_instances", 'db_instance_id = "x"\nstate = "available"'),
        ("cache_oversized", "cache_clusters", 'cluster_id = "x"\nnum_nodes = 1'),
        ("stream_too_many_shards", "streaming_clusters", 'name = "x"\nengine = "kinesis"\nshard_count = 9'),
    ],
)
def test_what_was_not_measured_is_neither_idle_nor_in_use(check_id, table, row):
    answer = tried(check_id, rows(table, f'id = "x"\n{row}'))
    assert answer.judged.outcome == "cannot run"


def test_services_that_came_or_went_are_seen():
    lines = [
        f'days = [2026-{month:02}-01, 2026-{month:02}-{last}]\ncost = 20\nservice_name = "{name}"'
        for month, last, name in ((9, 30, "Old"), (10, 31, "New"), (9, 30, "Same"), (10, 31, "Same"))
    ]
    found = said("cost_month_over_month", rows("charges", *lines))
    verdicts = {name: [v for key, v in found.items() if name in key] for name in ("Old", "New", "Same")}
    assert verdicts == {"Old": ["flagged"], "New": ["flagged"], "Same": ["passed"]}


def test_nothing_is_rounded_before_it_is_compared():
    database = 'id = "d1"\ndb_instance_id = "d1"\nstate = "available"\navg_connections_7d = 0.4\nhourly_cost = 1'
    assert said("rds_idle", rows("rds_instances", database)) == {"d1": "passed"}


def test_a_commitment_that_ended_long_ago_is_not_about_to_end():
    ends = {"long ago": "2025-10-31", "just now": "2026-10-20", "soon": "2026-12-01", "later": "2027-12-01"}
    given = [f'id = "{name}"\ncommitment_type = "savings_plan"\nend_date = {day}' for name, day in ends.items()]
    found = said("commitment_expiring", rows("commitments", *given))
    assert {name for name, verdict in found.items() if verdict == "flagged"} == {"just now", "soon"}


def test_the_newest_day_of_use_counts_whenever_it_was_loaded():
    commitment = 'id = "c1"\ncommitment_type = "savings_plan"\nhourly_commitment_amount = 1'
    use = 'id = "u1"\ncommitment_id = "c1"\ndate = 2026-09-12\nutilization_percent = 50'
    given = rows("commitments", commitment) + rows("commitment_utilization_daily", use)
    assert said("commitment_underused", given, "2026-09-12") == {"c1": "flagged"}


@pytest.mark.parametrize(("value", "verdict"), [("", "flagged"), ("retention_days = 30", "passed")])
def test_no_retention_is_found_although_nothing_equals_null(value, verdict):
    group = f'id = "g1"\nname = "g1"\n{value}'
    assert said("log_no_retention", rows("log_groups", group)) == {"g1": verdict}


@pytest.mark.parametrize("policy", ["null", "{}", "[]", '{\\"Rules\\": []}'])
def test_an_empty_lifecycle_is_no_lifecycle(policy):
    bucket = f'id = "b1"\nname = "b1"\nlifecycle_policy = "{policy}"'
    assert said("s3_no_lifecycle", rows("s3_buckets", bucket)) == {"b1": "flagged"}


def test_terminated_previews_are_gone():
    common = 'env = "preview"\nlaunch_time = 2026-09-01T00:00:00'
    machines = [
        f'id = "{state}"\ninstance_id = "{state}"\nstate = "{state}"\n{common}' for state in ("running", "terminated")
    ]
    assert said("instance_forgotten_preview", rows("instances", *machines)) == {"running": "flagged"}


def test_a_snapshot_of_an_unknown_volume_is_no_orphan():
    snapshots = [
        'id = "s1"\nsnapshot_id = "s1"\nsource_volume_id = "gone"\nmonthly_cost = 1',
        'id = "s2"\nsnapshot_id = "s2"\nmonthly_cost = 1',
    ]
    found = said("ebs_snapshot_orphan", rows("volumes", VOLUME) + rows("snapshots", *snapshots))
    assert found == {"s1": "flagged", "s2": "cannot tell"}


def test_a_finding_without_a_price_says_so():
    machine = 'id = "i1"\ninstance_id = "i-1"\nstate = "running"\navg_cpu_7d = 1'
    assert tried("ec2_idle", rows("instances", machine)).savings == {"i1": None}


def test_uploads_that_end_more_often_than_they_begin_are_not_unfinished():
    common = (
        'resource_id = "b1"\nservice_name = "Amazon Simple Storage Service"\nconsumed_unit = "Requests"\n'
        'pricing_unit = "Requests"\nx_usage_type = "Requests-Tier1"'
    )
    lines = [
        f'{common}\nx_operation = "{operation}"\nconsumed_quantity = {number}\npricing_quantity = {number}'
        for operation, number in (("InitiateMultipartUpload", 6), ("CompleteMultipartUpload", 7))
    ]
    assert set(said("s3_multipart_incomplete", rows("charges", *lines)).values()) == {"passed"}


def test_savings_are_of_what_is_paid_not_of_the_retail_price():
    machine = 'id = "i1"\ninstance_id = "i-1"\nstate = "running"\navg_cpu_7d = 1\nhourly_cost = 10'
    line = 'days = [2026-10-02, 2026-10-31]\ncost = 1\nresource_id = "i-1"'
    saving = tried("ec2_idle", rows("instances", machine) + rows("charges", line)).savings["i1"]
    assert abs(saving - 30 * Decimal(730) / 720) < Decimal("0.01")
