"""Clusters, nodes and services: more nodes than the pods need, more requested than used."""

from __future__ import annotations

import duckdb

from workbench.simulate.cases.kit import Case, Pick

__all__ = ["CASES", "join_nodes", "load_nodes"]

# A cluster none of whose nodes ever stops, so that the pick does not depend on how far the simulation goes.
_STEADY = (
    "r.desired_nodes >= 4 AND r.id NOT IN (SELECT n.cluster_id FROM container_nodes n"
    " JOIN picks k ON k.resource_type = 'container_nodes' AND k.id = n.id)"
)
_LASTING = (
    "SELECT n.cluster_id, {0}(n.id) FROM container_nodes n JOIN resource_plan p ON p.id = n.id"
    " AND p.resource_type = 'container_nodes' AND p.deleted_on IS NULL GROUP BY n.cluster_id"
)
# One node of a cluster at most, and none of a cluster that is picked itself.
_ONE = (
    "r.state = 'running' AND (r.cluster_id, r.id) IN ({0})"
    " AND r.cluster_id NOT IN (SELECT id FROM picks WHERE resource_type = 'container_clusters')"
    " AND r.cluster_id NOT IN (SELECT n.cluster_id FROM container_nodes n JOIN picks k ON k.id = n.id"
    " AND k.resource_type = 'container_nodes')"
    " AND r.cluster_id IN (SELECT c.id FROM container_clusters c WHERE c.desired_nodes > 3)"
)
_WITH_GPU = {"instance_type": "'g4dn.xlarge'", "has_gpu": "TRUE", "gpu_count": "1"}
_REQUESTED_CPU = "(SELECT r.requested_cpu FROM container_services r WHERE r.id = profiles.id)"
_REQUESTED_MEMORY = "(SELECT r.requested_memory_mb FROM container_services r WHERE r.id = profiles.id)"

CASES: tuple[Case, ...] = (
    Case(
        "k8s_cluster_overprovisioned", "container_clusters",
        (
            Pick("positive", "Nodes used at a third: half of them would do", also=("k8s_min_nodes_high",),
                 sets={"min_nodes": "desired_nodes"}, share=0.06),
            Pick("near_miss", "Nodes used at 55 %: at most a third could go", least=1),
        ),
        eligible=_STEADY,
    ),
    Case(
        "k8s_min_nodes_high", "container_clusters",
        (
            Pick("positive", "The minimum keeps every node, a fifth of them is not needed",
                 sets={"min_nodes": "desired_nodes"}, share=0.06, least=1),
        ),
        eligible=_STEADY,
    ),
    Case(
        "k8s_node_gpu_unused", "container_nodes",
        (
            Pick("positive", "The GPUs are idle and the processors nearly so",
                 sets=_WITH_GPU, profile={"cpu": "2.5", "daily": "0.2", "gpu": "0.3"}, also=("k8s_node_oversized",),
                 share=0.004, least=1),
            Pick("near_miss", "The GPUs and the processors work", sets=_WITH_GPU, profile={"gpu": "70"}, share=0.004,
                 least=1),
        ),
        eligible=_ONE.format(_LASTING.format("max")),
    ),
    Case(
        "k8s_node_oversized", "container_nodes",
        (
            Pick("positive", "Mean CPU of 20 to 26 %, memory free as well",
                 profile={"cpu": "between_(20, 26, 'node' || id)", "daily": "0.5"}, share=0.01, most=20),
            Pick("near_miss", "Mean CPU of 31 %", profile={"cpu": "31.5", "daily": "0.6"}, least=1),
            Pick("unknown", "No metrics", profile={"cpu": "NULL", "memory": "NULL", "network": "NULL",
                                                   "operations": "NULL"}, least=1, most=4),
        ),
        eligible=_ONE.format(_LASTING.format("min")),
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
    """Give the nodes of picked clusters the load that makes the case; the need of a cluster is that of its nodes.

    A picked cluster never scales out: machines that came for a few days are taken back.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE spare_nodes AS
        SELECT p.id, p.resource_id FROM resource_plan p JOIN staged_container_nodes n ON n.id = p.id
        JOIN picks k ON k.resource_type = 'container_clusters' AND k.id = n.cluster_id
        WHERE p.resource_type = 'container_nodes' AND p.deleted_on IS NOT NULL;
        DELETE FROM container_nodes WHERE id IN (SELECT id FROM spare_nodes);
        DELETE FROM instances WHERE instance_id IN (SELECT resource_id FROM spare_nodes);
        DELETE FROM profiles WHERE resource_id IN (SELECT resource_id FROM spare_nodes);
        DELETE FROM resource_plan WHERE resource_id IN (SELECT resource_id FROM spare_nodes)
        """
    )
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


def join_nodes(connection: duckdb.DuckDBPyConnection) -> None:
    """A node is a machine: the machine gets the node's profile and kind, its group the mean of its nodes.

    The profiles of nodes are dropped, so that a machine has one series.
    """
    levels = ("cpu", "memory", "network", "operations", "gpu", "daily", "weekly", "drift", "phase", "ends_on")
    copied = ", ".join(f"{level} = n.{level}" for level in levels)
    connection.execute(
        f"""
        UPDATE instances AS i SET instance_type = n.instance_type, has_gpu = n.has_gpu, gpu_count = n.gpu_count
        FROM container_nodes n WHERE n.instance_id = i.instance_id AND n.has_gpu;
        UPDATE profiles AS p SET {copied} FROM profiles n
        WHERE p.resource_type = 'instances' AND n.resource_type = 'container_nodes' AND n.resource_id = p.resource_id;
        UPDATE profiles AS p SET cpu = g.cpu, daily = 0.3 FROM (
            SELECT i.autoscaling_group_id AS id, round(avg(n.cpu::DECIMAL(18, 6)), 6) AS cpu FROM profiles n JOIN instances i
              ON i.instance_id = n.resource_id
            WHERE n.resource_type = 'container_nodes' AND n.ends_on IS NULL GROUP BY ALL) g
        WHERE p.resource_type = 'autoscaling_groups' AND p.id = g.id;
        DELETE FROM profiles WHERE resource_type = 'container_nodes';
        UPDATE autoscaling_groups AS a SET min_size = c.min_nodes
        FROM (SELECT DISTINCT i.autoscaling_group_id AS id, n.cluster_id FROM instances i JOIN container_nodes n
                USING (instance_id)) g JOIN container_clusters c ON c.id = g.cluster_id
        WHERE a.id = g.id;
        INSERT INTO picks
        SELECT 'ec2_idle', 'instances', i.id, 'positive', 'The machine of an idle GPU node', 'nodes/gpu',
               ['ec2_gpu_idle'], ''
        FROM picks k JOIN container_nodes n ON n.id = k.id JOIN instances i USING (instance_id)
        WHERE k.check_id = 'k8s_node_gpu_unused' AND k.role = 'positive' ORDER BY i.id
        """
    )
