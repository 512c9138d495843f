-- title: CPU request too high
-- purpose: Pods that reserve far more CPU than they use, so that nodes are full of requests and empty of work.
-- grain: container service
-- resource: container_services
-- provider: any
-- area: Containers
-- rule: A replica requests more than {times} times the CPU that it uses on average of seven days
-- when: requested_cpu > request_limit
-- param times (number, cautious: 3, default: 2, aggressive: 1.25, range: 1..5): A request above this many times the use is too high
-- param headroom (number, cautious: 1.5, default: 1.25, aggressive: 1.25, range: 1..2): The request to set, as a multiple of the mean use; used for the amount only
-- param use_in_percent (boolean, default: false): Whether avg_cpu_7d is in % of the request instead of cores
-- column requested_cpu (number, cores): Processors requested by a replica
-- column used (number, cores): Mean use of a replica in seven days
-- column request_limit (number, cores): A request above this is too high
-- column target_request (number, cores): Request with the wanted headroom
-- column replica_count (integer, replicas): Replicas running
-- column freed (number, cores): What all replicas together would no longer request
-- column cluster (text): Cluster it runs in
-- saving: Share of the CPU requested in the cluster that would be free: high all of it, when CPU is what fills the nodes;
--   expected half of it; low nothing. The amount is that share of what the
--   running nodes of the cluster cost. Nothing is saved until a node goes, which the checks of clusters and nodes count: named here and not added up
-- kind: review
-- risk: medium
-- effort: low
-- restart: yes
-- reversible: yes
-- confidence: 55
-- remedy: Look at the 95th percentile of its CPU, for a mean hides bursts |
--   Set the request in the manifest and roll it out | Then let the cluster autoscaler take the nodes that became empty
-- cli: kubectl set resources deployment NAME --requests=cpu=VALUE
-- source: Requirement 002 (over-requested CPU: twice the use by the reading of the check catalogue); 1.25 is the 80 % efficiency of Vantage, three times our own choice, 2026-10
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
  SELECT s.id, s.cluster_id, CAST(s.requested_cpu AS DOUBLE) AS requested_cpu, s.replica_count,
    CASE WHEN $use_in_percent THEN s.requested_cpu * s.avg_cpu_7d / 100 ELSE s.avg_cpu_7d END AS used,
    SUM(CAST(s.requested_cpu * s.replica_count AS DOUBLE)) OVER (PARTITION BY s.cluster_id) AS all_requested
  FROM container_services AS s
),
held AS (
  SELECT u.*, c.account_id, c.name AS cluster, n.parts, n.list_month, COALESCE(n.billed, 0) AS billed,
    $times * u.used AS request_limit, $headroom * u.used AS target_request,
    GREATEST(0.0, u.requested_cpu - $headroom * u.used) * u.replica_count AS freed,
    CASE WHEN u.used IS NULL THEN 'needs avg_cpu_7d: its use is not known'
      WHEN u.requested_cpu IS NULL THEN 'needs requested_cpu' END AS reason
  FROM uses AS u
  LEFT JOIN container_clusters AS c ON c.id = u.cluster_id
  LEFT JOIN nodes AS n ON n.cluster_id = u.cluster_id
),
shared AS (SELECT *, freed / NULLIF(all_requested, 0) AS freed_share FROM held)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell' WHEN requested_cpu > request_limit THEN 'flagged'
    ELSE 'passed' END AS verdict,
  reason, requested_cpu, used, request_limit, target_request, replica_count,
  CASE WHEN reason IS NULL THEN freed END AS freed, cluster, parts,
  CAST(0 AS DOUBLE) AS share_low, freed_share / 2 AS share, freed_share AS share_high,
  CASE WHEN billed = 0 THEN CAST(0 AS DOUBLE) END AS list_low,
  CASE WHEN billed = 0 THEN list_month * freed_share / 2 END AS list,
  CASE WHEN billed = 0 THEN list_month * freed_share END AS list_high
FROM shared
