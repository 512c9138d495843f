"""Volumes, snapshots and buckets."""

from __future__ import annotations

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES"]

_DETACHED = {"state": "'available'", "attached_instance_id": "NULL"}
_UNUSED = {"operations": "0"}
_IOPS = "json_merge_patch(coalesce(provider_attributes, '{{}}'), '{{\"iops\": {0}}}')"
_IN_USE = "r.state = 'in-use'"
_LARGE = "r.id IN (SELECT b.id FROM bucket_levels b WHERE b.gb * (1 - b.ia_share - b.glacier_share) > 140)"

CASES: tuple[Case, ...] = (
    Case(
        "ebs_unattached", "volumes",
        (
            Pick("positive", "Detached days ago",
                 sets=_DETACHED | {"last_used_at": "as_of() - to_days(between_(3, 20, 'detached' || id)::INT)"},
                 profile={"operations": "NULL"}, share=0.01, least=4),
            Pick("positive", "Detached and forgotten",
                 sets=_DETACHED | {"last_used_at": "as_of() - to_days(between_(45, 300, 'detached' || id)::INT)"},
                 profile={"operations": "NULL"}, also=("ebs_stale",), share=0.01),
        ),
        eligible=_IN_USE,
    ),
    Case(
        "ebs_stale", "volumes",
        (
            Pick("positive", "Attached, but not read or written for months",
                 sets={"last_used_at": "as_of() - to_days(between_(40, 200, 'stale' || id)::INT)"}, profile=_UNUSED,
                 also=("ebs_low_usage",), share=0.01),
            Pick("near_miss", "Last used 27 days ago", sets={"last_used_at": "as_of() - INTERVAL 27 DAY"},
                 profile=_UNUSED, also=("ebs_low_usage",)),
            Pick("unknown", "The last use is not known", sets={"last_used_at": "NULL"}),
        ),
        eligible=_IN_USE,
    ),
    Case(
        "ebs_low_usage", "volumes",
        (
            Pick("positive", "Forty operations a day", profile={"operations": "40 / 86400.0"}),
            Pick("near_miss", "200 operations a day", profile={"operations": "200 / 86400.0"}),
            Pick("unknown", "No metrics", profile={"operations": "NULL"}),
        ),
        eligible=_IN_USE,
    ),
    Case(
        "ebs_io_to_gp3", "volumes",
        (
            Pick("positive", "4,000 provisioned operations a second, a few hundred used",
                 sets={"volume_type": "'io2'", "provider_attributes": _IOPS.format(4000)}, share=0.006),
            Pick("positive", "The older provisioned type", also=("ebs_io1_to_io2",),
                 sets={"volume_type": "'io1'", "provider_attributes": _IOPS.format(6000)}, share=0.004),
            Pick("trap", "More operations are provisioned, and used, than gp3 can do",
                 sets={"volume_type": "'io2'", "provider_attributes": _IOPS.format(40000)},
                 profile={"operations": "26000"}, least=2),
        ),
        eligible=_IN_USE,
    ),
    Case(
        "ebs_snapshot_orphan", "snapshots",
        (
            Pick("positive", "The volume it was made of is gone",
                 sets={"source_volume_id": "'vol-0' || left(md5(id), 16)"}, share=0.01, least=4),
            Pick("unknown", "It does not say which volume it was made of", sets={"source_volume_id": "NULL"}),
        ),
        lasting=False,
    ),
    Case(
        "s3_storage_class", "s3_buckets",
        (
            Pick("positive", "Three requests a month for each gigabyte in the standard tier", where=_LARGE,
                 levels={"requests": "gb * 0.1", "growth": "0.1"}, share=0.04, least=3),
            Pick("near_miss", "Seventeen requests a month for each gigabyte", where=_LARGE,
                 levels={"requests": "gb * 0.55", "growth": "0"}),
            Pick("near_miss", "Cold, but less than 100 GB",
                 levels={"requests": "gb * 0.1", "growth": "0", "gb": "least(gb, 80)"}),
        ),
        eligible="r.id IN (SELECT b.id FROM bucket_levels b WHERE b.gb > 20)",
        levels="bucket_levels",
    ),
    Case(
        "s3_no_lifecycle", "s3_buckets",
        (
            Pick("positive", "No lifecycle rule", sets={"lifecycle_policy": "NULL"}, share=0.05, least=4),
            Pick("positive", "An empty list of rules", sets={"lifecycle_policy": "'{\"Rules\":[]}'"}, least=2),
            Pick("positive", "An empty object", sets={"lifecycle_policy": "'{}'"}, least=2),
            Pick("excluded", "optimization_policy is ignore",
                 sets={"lifecycle_policy": "NULL", "optimization_policy": "'ignore'"}, least=2),
        ),
    ),
)  # fmt: skip
