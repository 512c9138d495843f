"""Machines and groups: idle, stopped, wrongly sized, forgotten, and the traps that look like them."""

from __future__ import annotations

import duckdb

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES", "load_members"]

_LARGE = "split_part(r.instance_type, '.', 2) NOT IN ('nano', 'micro', 'small', 'medium')"
_PLAIN = (
    "r.state = 'running' AND r.autoscaling_group_id IS NULL AND NOT coalesce(r.has_gpu, FALSE)"
    " AND r.env IN ('prod', 'staging', 'dev')"
    " AND coalesce(json_extract_string(r.provider_attributes, '$.lifecycle'), 'on_demand') <> 'spot'"
    " AND json_extract_string(r.provider_attributes, '$.schedule') IS NULL"
)
_FIXED = "split_part(r.instance_type, '.', 1) NOT IN ('t2', 't3', 't3a', 't4g')"
_HALVES = f"{_FIXED} AND split_part(r.instance_type, '.', 2) IN ('xlarge', '2xlarge', '4xlarge', '8xlarge')"
_QUARTERS = f"{_FIXED} AND split_part(r.instance_type, '.', 2) IN ('2xlarge', '4xlarge', '8xlarge')"
_BURSTABLE = "split_part(r.instance_type, '.', 1) IN ('t3', 't3a')"


def _peak(busiest: float, mean: float) -> str:
    """``daily`` for a machine whose busiest hour reaches about ``busiest`` % at a mean of ``mean`` %."""
    return f"{busiest / mean / 1.1 - 1:.4f}"


_QUIET = {"daily": "0.1", "weekly": "0.02"}
_IDLE = {
    "cpu": "between_(1.0, 3.6, 'idle' || id)",
    "memory": "memory * 0.3",
    "network": "0.00001",
    "operations": "0.02",
} | _QUIET

# Groups of machines, not of nodes: those follow their cluster.
_GROUP = (
    "r.desired_capacity > 1 AND r.id NOT IN (SELECT i.autoscaling_group_id FROM instances i JOIN container_nodes n"
    " ON n.instance_id = i.instance_id WHERE i.autoscaling_group_id IS NOT NULL)"
)

CASES: tuple[Case, ...] = (
    Case(
        "asg_min_too_high", "autoscaling_groups",
        (
            Pick(
                "positive", "Utilisation of 22 to 27 % needs far fewer machines than the minimum keeps",
                sets={"min_size": "desired_capacity"},
                profile={"cpu": "between_(22.5, 27, 'asg' || id)", "daily": "0.3"},
                also=("asg_low_utilisation",), share=0.05,
            ),
            Pick(
                "near_miss", "The minimum is high, but the group is used at 33 %",
                sets={"min_size": "desired_capacity"}, profile={"cpu": "33.0"}, share=0.03,
            ),
            Pick("unknown", "No utilisation is known", profile={"cpu": "NULL"}, share=0.02, least=2),
            Pick(
                "excluded", "optimization_policy is ignore",
                sets={"min_size": "desired_capacity", "optimization_policy": "'ignore'"},
                profile={"cpu": "25.0", "daily": "0.3"}, also=("asg_low_utilisation",), share=0.02, least=2,
            ),
        ),
        eligible=_GROUP,
    ),
    Case(
        "asg_low_utilisation", "autoscaling_groups",
        (
            Pick(
                "positive", "One machine at least, used at 22 to 27 %: a smaller size would do",
                sets={"min_size": "1"}, profile={"cpu": "between_(22.5, 27, 'low' || id)", "daily": "0.3"}, share=0.05,
            ),
            Pick("near_miss", "Used at 32 %", sets={"min_size": "1"}, profile={"cpu": "32.0"}, share=0.03),
        ),
        eligible=_GROUP,
    ),
    Case(
        "ec2_idle", "instances",
        (
            Pick("positive", "Mean CPU of 1 to 4 % and no traffic", profile=_IDLE, share=0.012, least=4),
            Pick(
                "near_miss", "Mean CPU of 5.6 %: not idle, but a machine this small cannot be made smaller",
                profile=_IDLE | {"cpu": "5.6"}, where=f"NOT ({_LARGE})",
            ),
            Pick(
                "unknown", "No metrics: unknown is not idle",
                profile={"cpu": "NULL", "memory": "NULL", "network": "NULL", "operations": "NULL"},
            ),
            Pick("excluded", "optimization_policy is ignore", profile=_IDLE, sets={"optimization_policy": "'ignore'"}),
            Pick(
                "excluded", "Optimisations of the machine are frozen until later",
                profile=_IDLE, sets={"optimization_freeze_until": "as_of() + INTERVAL 30 DAY"},
            ),
            Pick(
                "positive", "A freeze that has ended no longer protects",
                profile=_IDLE, sets={"optimization_freeze_until": "as_of() - INTERVAL 3 DAY"}, least=2, most=10,
            ),
        ),
        eligible=_PLAIN,
    ),
    Case(
        "ec2_gpu_idle", "instances",
        (
            Pick("positive", "The GPUs are used at less than 1 % while the CPUs work", profile={"gpu": "0.4"}, least=2),
            Pick("unknown", "No GPU metric", profile={"gpu": "NULL"}, least=2),
        ),
        eligible="r.state = 'running' AND r.has_gpu AND r.autoscaling_group_id IS NULL",
    ),
    Case(
        "ec2_rightsize", "instances",
        (
            Pick(
                "positive", "Half the size carries the load: busiest hour about 32 % CPU and 33 % memory",
                profile={"cpu": "15.0", "daily": _peak(32, 15), "memory": "31.0", "network": "0.5"}, size="over_1",
                where=_HALVES, share=0.015, least=4,
            ),
            Pick(
                "positive", "A quarter of the size carries the load: busiest hour about 16 % CPU and 17 % memory",
                profile={"cpu": "8.0", "daily": _peak(16, 8), "memory": "16.0", "network": "0.4"}, size="over_2",
                where=_QUARTERS, share=0.008, least=3,
            ),
            Pick(
                "near_miss", "Mean CPU of 21.7 %: two hours a night at 76 %",
                profile={"cpu": "16.8", "burst": "'nightly'", "burst_cpu": "76", "daily": "0.1"},
                size="right", where=_HALVES,
            ),
            Pick(
                "excluded", "optimization_policy is ignore",
                profile={"cpu": "15.0", "daily": _peak(32, 15), "memory": "31.0"},
                sets={"optimization_policy": "'ignore'"}, where=_HALVES,
            ),
            Pick(
                "trap", "Memory bound: CPU would fit half the size, memory of 86 % would not",
                profile={"cpu": "22.0", "daily": _peak(36, 22), "memory": "86.0"}, size="right", where=_HALVES,
            ),
            Pick(
                "trap", "CPU would fit half the size, memory is unknown",
                profile={"cpu": "22.0", "daily": _peak(36, 22), "memory": "NULL"}, size="right",
                where=_HALVES,
            ),
            Pick(
                "trap", "Bursty: 3 % of the hours run at 96 %",
                profile={"cpu": "21.0", "daily": "0.2", "memory": "55.0", "burst": "'spiky'", "burst_cpu": "96"},
                size="right", where=_HALVES,
            ),
            Pick(
                "trap", "Month end: quiet for weeks, 92 % on three days",
                profile={"cpu": "22.0", "daily": "0.4", "memory": "60.0", "burst": "'month_end'", "burst_cpu": "92"},
                size="right", where=_HALVES,
            ),
            Pick(
                "trap", "Undersized: CPU at its limit during the day",
                profile={"cpu": "84.0", "daily": "0.17", "weekly": "0.03", "memory": "64.0"}, size="under",
                where=_FIXED,
            ),
            Pick(
                "trap", "Undersized in memory: 96 % used",
                profile={"cpu": "44.0", "memory": "93.5"}, size="under", where=_FIXED,
            ),
            Pick(
                "trap", "Burstable without credit limit at a mean of 55 %: surplus credits cost more than a fixed size",
                profile={"cpu": "55.0", "daily": "0.2", "weekly": "0.03"}, size="fixed",
                sets={"provider_attributes": "json_merge_patch(coalesce(provider_attributes, '{}'),"
                      " '{\"credit_mode\": \"unlimited\"}')"},
                where=f"{_BURSTABLE} AND r.instance_type LIKE '%.large'",
            ),
            Pick(
                "trap", "Burstable with a credit limit at a steady 32 %: its demand is cut off",
                profile={"cpu": "32.0", "daily": "0.02", "weekly": "0.01"}, size="under",
                sets={"provider_attributes": "json_merge_patch(coalesce(provider_attributes, '{}'),"
                      " '{\"credit_mode\": \"standard\"}')"},
                where=f"{_BURSTABLE} AND r.instance_type LIKE '%.large'",
            ),
        ),
        eligible=f"{_PLAIN} AND {_LARGE}",
    ),
)  # fmt: skip


def load_members(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the machines of a picked group as busy as the group: its utilisation is their mean."""
    connection.execute(
        """
        UPDATE profiles AS p SET cpu = g.cpu, daily = g.daily, weekly = g.weekly, drift = 0
        FROM instances i, picks k, profiles g
        WHERE p.resource_type = 'instances' AND i.id = p.id AND k.resource_type = 'autoscaling_groups'
          AND k.id = i.autoscaling_group_id AND g.resource_type = 'autoscaling_groups' AND g.id = k.id
        """
    )
