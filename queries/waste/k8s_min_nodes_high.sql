-- title: Cluster minimum too high
-- purpose: A cluster whose minimum keeps more nodes than its load needs, so that it cannot scale in.
-- grain: container cluster
-- resource: container_clusters
-- provider: any
-- area: Containers
-- rule: Its minimum is above the nodes that carry its load at {target} % of processor or memory
-- when: min_nodes > needed_nodes
-- param target (number, cautious: 60, default: 70, aggressive: 80, unit: %, range: 40..90): Load of the nodes to plan for, of processor or memory, whichever is higher
-- column desired_nodes (integer, nodes): Nodes wanted now
-- column min_nodes (integer, nodes): Fewest nodes
-- column running_nodes (integer, nodes): Nodes that run
-- column needed_nodes (integer, nodes): Nodes that carry the load at the target
-- column needed_at_peak (integer, nodes): The same for a load half as high again
-- column cpu (number, %): Mean CPU of the running nodes
-- column memory (number, %): Mean memory of the running nodes
-- column node_instance_type (text): Size of its nodes
-- saving: Nodes above the need, as a share of what all running nodes cost; low when peaks are half as high again as the mean
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 60
-- conflict: machine 5
-- remedy: Look at the highest load, at pods of the system on each node and at the zones to be served | Lower the minimum of the node group |
--   Let a cluster autoscaler or Karpenter take the nodes that stay empty
-- cli: aws eks update-nodegroup-config --cluster-name {resource_id} --nodegroup-name GROUP --scaling-config minSize={needed_nodes} --region {region}
-- source: Requirement 002 (high minimum); loads of 60 and 80 % our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires container_clusters: id, account_id, desired_nodes, min_nodes, node_instance_type
-- requires container_nodes: cluster_id, instance_id, state, avg_cpu_7d, avg_memory_7d, hourly_cost, gpu_hourly_cost
-- requires resource_costs: resource_id, main_currency
-- needs rows: container_clusters, container_nodes
-- needs values: container_nodes.avg_cpu_7d, container_nodes.avg_memory_7d
WITH nodes AS (
  SELECT cluster_id, CAST(COUNT(*) AS BIGINT) AS running_nodes, AVG(avg_cpu_7d) AS cpu, AVG(avg_memory_7d) AS memory,
    string_agg(instance_id, chr(10) ORDER BY instance_id) AS parts,
    AVG(CAST(hourly_cost + COALESCE(gpu_hourly_cost, 0) AS DOUBLE)) AS hourly,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM resource_costs AS c WHERE c.resource_id = n.instance_id AND c.main_currency)
      THEN 1 ELSE 0 END) AS billed
  FROM container_nodes AS n WHERE state = 'running'
  GROUP BY cluster_id
),
sized AS (
  SELECT c.id, c.account_id, c.desired_nodes, c.min_nodes, c.node_instance_type, n.running_nodes, n.cpu, n.memory,
    n.parts, n.hourly, COALESCE(n.billed, 0) AS billed, GREATEST(c.desired_nodes, n.running_nodes) AS all_nodes,
    CAST(GREATEST(1, CEIL(n.running_nodes * GREATEST(n.cpu, n.memory) / $target)) AS BIGINT) AS needed_nodes,
    CAST(GREATEST(1, CEIL(n.running_nodes * GREATEST(n.cpu, n.memory) * 1.5 / $target)) AS BIGINT) AS needed_at_peak,
    CASE WHEN n.running_nodes IS NULL THEN 'needs running nodes of it in container_nodes'
      WHEN n.cpu IS NULL OR n.memory IS NULL THEN 'needs avg_cpu_7d and avg_memory_7d of its nodes'
      WHEN c.min_nodes IS NULL THEN 'needs min_nodes' END AS reason
  FROM container_clusters AS c LEFT JOIN nodes AS n ON n.cluster_id = c.id
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell' WHEN min_nodes > needed_nodes THEN 'flagged' ELSE 'passed' END AS verdict,
  reason, desired_nodes, min_nodes, running_nodes,
  CASE WHEN reason IS NULL THEN needed_nodes END AS needed_nodes,
  CASE WHEN reason IS NULL THEN needed_at_peak END AS needed_at_peak, cpu, memory, node_instance_type, parts,
  GREATEST(0.0, CAST(min_nodes - needed_at_peak AS DOUBLE)) / NULLIF(all_nodes, 0) AS share_low,
  CAST(min_nodes - needed_nodes AS DOUBLE) / NULLIF(all_nodes, 0) AS share,
  CAST(min_nodes - needed_nodes AS DOUBLE) / NULLIF(all_nodes, 0) AS share_high,
  CASE WHEN billed = 0 THEN GREATEST(0.0, CAST(min_nodes - needed_at_peak AS DOUBLE)) * hourly * 730 END AS list_low,
  CASE WHEN billed = 0 THEN (min_nodes - needed_nodes) * hourly * 730 END AS list
FROM sized
