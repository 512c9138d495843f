-- title: Node with little load
-- purpose: A node of a cluster whose processors have little to do.
-- grain: running node
-- resource: container_nodes
-- provider: any
-- area: Containers
-- rule: It runs, its mean CPU of the last seven days is below {max_cpu} %, and its memory is at most {max_memory} %
-- when: avg_cpu_7d < $max_cpu; avg_memory_7d is null or avg_memory_7d <= $max_memory
-- param max_cpu (number, cautious: 20, default: 30, aggressive: 50, unit: %, range: 5..60): Mean CPU below this is little
-- param max_memory (number, cautious: 30, default: 100, aggressive: 100, unit: %, range: 20..100): Mean memory above which it is left alone; 100: memory is not looked at; below 100 a node without memory metric cannot be judged
-- param target (number, default: 70, unit: %, range: 40..90): Load of a node to plan for
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column avg_memory_7d (number, %): Mean memory of seven days
-- column unused_percent (number, %): Share of the node that its load does not need at the planned load
-- column instance_type (text): Size
-- column cluster (text): Cluster it belongs to
-- saving: The part of the node that its load does not need at {target} %, of CPU or memory, whichever is higher; without a memory
--   metric a quarter at most. Low nothing: a node costs less only when it goes or shrinks, and requests of pods can prevent both
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 45
-- conflict: machine 6
-- remedy: Look at the requests of its pods: they, not their use, keep a node | Make a node group of smaller nodes, or let Karpenter consolidate |
--   Drain the node and remove it
-- cli: kubectl drain NODE --ignore-daemonsets --delete-emptydir-data
-- source: Requirement 002 (oversized node: 30 %, 50 % in its manual step); 20 % with memory of 30 % our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires container_nodes: id, cluster_id, instance_id, instance_type, state, avg_cpu_7d, avg_memory_7d, hourly_cost, gpu_hourly_cost
-- requires container_clusters: id, account_id, name
-- requires resource_costs: resource_id, main_currency
-- needs rows: container_nodes
-- needs values: container_nodes.avg_cpu_7d
WITH held AS (
  SELECT n.id, c.account_id, c.name AS cluster, n.instance_id, n.instance_type, n.avg_cpu_7d, n.avg_memory_7d,
    CAST(n.hourly_cost + COALESCE(n.gpu_hourly_cost, 0) AS DOUBLE) * 730 AS list_month,
    EXISTS (SELECT 1 FROM resource_costs AS b WHERE b.resource_id = n.instance_id AND b.main_currency) AS billed,
    CASE WHEN n.avg_memory_7d IS NULL THEN LEAST(0.25, GREATEST(0.0, 1 - n.avg_cpu_7d / $target))
      ELSE GREATEST(0.0, 1 - GREATEST(n.avg_cpu_7d, n.avg_memory_7d) / $target) END AS unused,
    CASE WHEN n.avg_cpu_7d IS NULL THEN 'needs avg_cpu_7d: there is no CPU metric of it'
      WHEN n.avg_memory_7d IS NULL AND $max_memory < 100
        THEN 'needs avg_memory_7d: there is no memory metric of it' END AS reason
  FROM container_nodes AS n LEFT JOIN container_clusters AS c ON c.id = n.cluster_id
  WHERE n.state = 'running'
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell'
    WHEN avg_cpu_7d < $max_cpu AND (avg_memory_7d IS NULL OR avg_memory_7d <= $max_memory) THEN 'flagged'
    ELSE 'passed' END AS verdict,
  reason, avg_cpu_7d, avg_memory_7d, CASE WHEN avg_cpu_7d IS NOT NULL THEN 100 * unused END AS unused_percent,
  instance_type, cluster,
  CAST(0 AS DOUBLE) AS share_low, unused AS share, unused AS share_high,
  CASE WHEN NOT billed THEN CAST(0 AS DOUBLE) END AS list_low, CASE WHEN NOT billed THEN list_month * unused END AS list
FROM held
