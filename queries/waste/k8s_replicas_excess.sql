-- title: Too many replicas
-- purpose: A service with more replicas than its load needs.
-- grain: container service
-- resource: container_services
-- provider: any
-- area: Containers
-- rule: It has more than {floor} replicas, and each uses less than {max_use} % of the CPU it requests
-- when: replica_count > $floor; used < use_limit
-- param floor (integer, cautious: 3, default: 2, aggressive: 1, unit: replicas, range: 1..6): Replicas up to this number stay, for the loss of a zone
-- param max_use (number, cautious: 10, default: 20, aggressive: 30, unit: %, range: 5..60): Use of the request below this is too little
-- param target (number, default: 60, unit: %, range: 30..80): Use of the request to plan for; used for the amount only
-- param use_in_percent (boolean, default: false): Whether avg_cpu_7d is in % of the request instead of cores
-- column replica_count (integer, replicas): Replicas running
-- column used (number, cores): Mean CPU of a replica in seven days
-- column use_limit (number, cores): Less than this is too little
-- column requested_cpu (number, cores): CPU requested by a replica
-- column needed_replicas (integer, replicas): Replicas that carry the load at the planned use, the floor at least
-- column cluster (text): Cluster it runs in
-- saving: Requests of the replicas above the need, as a share of all requests in the cluster, the mean of CPU and memory; low
--   nothing. The amount is that share of what the
--   running nodes of the cluster cost. Nothing is saved until a node goes, which the checks of clusters and nodes count: named here and not added up
-- kind: review
-- risk: medium
-- effort: low
-- restart: yes
-- reversible: yes
-- confidence: 55
-- remedy: Look at the highest load, and for queue workers at the length of the queue | Lower the replicas, or the minimum of the autoscaler |
--   Then let the cluster autoscaler take the nodes that became empty
-- cli: kubectl scale deployment NAME --replicas={needed_replicas}
-- source: Requirement 002 (too many replicas: more than two, used below a fifth, by the reading of the check catalogue); other presets our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires container_services: id, cluster_id, requested_cpu, requested_memory_mb, replica_count, avg_cpu_7d
-- requires container_clusters: id, account_id, name
-- requires container_nodes: cluster_id, instance_id, state, hourly_cost, gpu_hourly_cost
-- requires resource_costs: resource_id, main_currency
-- needs rows: container_services
-- needs values: container_services.avg_cpu_7d
WITH nodes AS (
  SELECT cluster_id, string_agg(instance_id, chr(10) ORDER BY instance_id) AS parts,
    SUM(CAST(hourly_cost + COALESCE(gpu_hourly_cost, 0) AS DOUBLE)) * 730 AS list_month,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM resource_costs AS c WHERE c.resource_id = n.instance_id AND c.main_currency)
      THEN 1 ELSE 0 END) AS billed
  FROM container_nodes AS n WHERE state = 'running'
  GROUP BY cluster_id
),
uses AS (
  SELECT s.id, s.cluster_id, CAST(s.requested_cpu AS DOUBLE) AS requested_cpu, s.requested_memory_mb, s.replica_count,
    CASE WHEN $use_in_percent THEN s.requested_cpu * s.avg_cpu_7d / 100 ELSE s.avg_cpu_7d END AS used,
    SUM(CAST(s.requested_cpu * s.replica_count AS DOUBLE)) OVER (PARTITION BY s.cluster_id) AS all_cpu,
    SUM(CAST(s.requested_memory_mb * s.replica_count AS DOUBLE)) OVER (PARTITION BY s.cluster_id) AS all_memory
  FROM container_services AS s
),
held AS (
  SELECT u.*, c.account_id, c.name AS cluster, n.parts, n.list_month, COALESCE(n.billed, 0) AS billed,
    $max_use / 100 * u.requested_cpu AS use_limit,
    CAST(LEAST(u.replica_count, GREATEST($floor,
      CEIL(u.replica_count * u.used / NULLIF(u.requested_cpu * $target / 100, 0)))) AS BIGINT) AS needed_replicas,
    CASE WHEN u.used IS NULL THEN 'needs avg_cpu_7d: its use is not known'
      WHEN u.requested_cpu IS NULL OR u.replica_count IS NULL THEN 'needs requested_cpu and replica_count' END AS reason
  FROM uses AS u
  LEFT JOIN container_clusters AS c ON c.id = u.cluster_id
  LEFT JOIN nodes AS n ON n.cluster_id = u.cluster_id
),
shared AS (
  SELECT *,
    (replica_count - needed_replicas) * (requested_cpu / NULLIF(all_cpu, 0)
      + COALESCE(requested_memory_mb / NULLIF(all_memory, 0), requested_cpu / NULLIF(all_cpu, 0))) / 2 AS freed_share
  FROM held
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell' WHEN replica_count > $floor AND used < use_limit THEN 'flagged'
    ELSE 'passed' END AS verdict,
  reason, replica_count, used, use_limit, requested_cpu,
  CASE WHEN reason IS NULL THEN needed_replicas END AS needed_replicas, cluster, parts,
  CAST(0 AS DOUBLE) AS share_low, freed_share AS share, freed_share AS share_high,
  CASE WHEN billed = 0 THEN CAST(0 AS DOUBLE) END AS list_low,
  CASE WHEN billed = 0 THEN list_month * freed_share END AS list
FROM shared
