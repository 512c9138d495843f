"""Clusters, nodes and services: more nodes than the pods need, more requested than used."""

from __future__ import annotations

import duckdb

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES", "load_nodes"]

_NODES = "(SELECT count(*) FROM container_nodes n WHERE n.cluster_id = r.id)"
# No node of the cluster ever stops, so that the pick does not depend on how far the simulation goes.
_STEADY = (
    f"{_NODES} >= 4 AND r.desired_nodes = {_NODES} AND r.id NOT IN (SELECT n.cluster_id FROM container_nodes n"
    " JOIN picks k ON k.resource_type = 'container_nodes' AND k.id = n.id)"
)
_PLAIN_CLUSTER = "r.cluster_id NOT IN (SELECT id FROM picks WHERE resource_type = 'container_clusters')"
_REQUESTED_CPU = "(SELECT r.requested_cpu FROM container_services r WHERE r.id = profiles.id)"
_REQUESTED_MEMORY = "(SELECT r.requested_memory_mb FROM container_services r WHERE r.id = profiles.id)"

CASES: tuple[Case, ...] = (
    Case(
        "k8s_cluster_overprovisioned", "container_clusters",
        (
            Pick("positive", "Nodes used at a third: half of them would do", also=("k8s_min_nodes_high",),
                 sets={"min_nodes": "desired_nodes"}, share=0.06),
            Pick("near_miss", "Nodes used at 55 %: at most a third could go"),
        ),
        eligible=_STEADY,
    ),
    Case(
        "k8s_min_nodes_high", "container_clusters",
        (
            Pick("positive", "The minimum keeps every node, a fifth of them is not needed",
                 sets={"min_nodes": "desired_nodes"}, share=0.06),
        ),
        eligible=_STEADY,
    ),
    Case(
        "k8s_node_oversized", "container_nodes",
        (
            Pick("positive", "Mean CPU of 20 to 26 %, memory free as well",
                 profile={"cpu": "between_(20, 26, 'node' || id)", "daily": "0.5"}, share=0.01, most=20),
            Pick("near_miss", "Mean CPU of 31 %", profile={"cpu": "31.5", "daily": "0.6"}),
            Pick("unknown", "No metrics", profile={"cpu": "NULL", "memory": "NULL", "network": "NULL",
                                                   "operations": "NULL"}, least=2, most=4),
        ),
        eligible=f"r.state = 'running' AND NOT coalesce(r.has_gpu, FALSE) AND {_PLAIN_CLUSTER}",
    ),
    Case(
        "k8s_node_gpu_unused", "container_nodes",
        (
            Pick("positive", "The GPUs are idle and the processors nearly so",
                 profile={"cpu": "2.5", "daily": "0.2", "gpu": "0.3"}, also=("k8s_node_oversized",), least=2),
        ),
        eligible=f"r.state = 'running' AND r.has_gpu AND {_PLAIN_CLUSTER}",
    ),
    Case(
        "k8s_request_cpu", "container_services",
        (
            Pick("positive", "Three times the CPU that is used",
                 profile={"cpu": f"{_REQUESTED_CPU} * 0.33"}, share=0.03),
            Pick("near_miss", "1.9 times the CPU that is used", profile={"cpu": f"{_REQUESTED_CPU} * 0.525"}),
            Pick("unknown", "No metrics", profile={"cpu": "NULL", "memory": "NULL"}, least=2),
        ),
    ),
    Case(
        "k8s_request_memory", "container_services",
        (
            Pick("positive", "2.5 times the memory that is used",
                 profile={"memory": f"{_REQUESTED_MEMORY} * 0.4"}, share=0.03),
            Pick("near_miss", "1.45 times the memory that is used", profile={"memory": f"{_REQUESTED_MEMORY} * 0.69"}),
        ),
    ),
    Case(
        "k8s_replicas_excess", "container_services",
        (
            Pick("positive", "Six replicas, each using a tenth of its request",
                 sets={"replica_count": "greatest(replica_count, 6)"},
                 profile={"cpu": f"{_REQUESTED_CPU} * 0.1"}, also=("k8s_request_cpu",), share=0.03),
            Pick("near_miss", "Two replicas, each using a tenth of its request", sets={"replica_count": "2"},
                 profile={"cpu": f"{_REQUESTED_CPU} * 0.1"}, also=("k8s_request_cpu",)),
        ),
    ),
)  # fmt: skip

# Load of the nodes of a picked cluster, % CPU and % memory: check and role of the pick → both.
_NODE_LOAD = {
    ("k8s_cluster_overprovisioned", "positive"): (33, 32),
    ("k8s_cluster_overprovisioned", "near_miss"): (55, 54),
    ("k8s_min_nodes_high", "positive"): (50, 48),
}


def load_nodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the nodes of picked clusters the load that makes the case; the need of a cluster is that of its nodes."""
    for (check, role), (cpu, memory) in _NODE_LOAD.items():
        connection.execute(
            """
            UPDATE profiles AS p SET cpu = ?, memory = ?, daily = 0.3, drift = 0
            FROM container_nodes n, picks k
            WHERE p.resource_type = 'container_nodes' AND n.id = p.id AND k.id = n.cluster_id
              AND k.resource_type = 'container_clusters' AND k.check_id = ? AND k.role = ? AND n.state = 'running'
            """,
            [cpu, memory, check, role],
        )
