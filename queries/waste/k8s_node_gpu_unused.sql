-- title: GPU node without work
-- purpose: A node with GPUs in a cluster that runs nothing on them.
-- grain: running node with GPUs
-- resource: container_nodes
-- provider: any
-- area: Containers
-- rule: It has GPUs, its mean CPU of the last seven days is below {max_cpu} %, and no metric of the last 14 days shows its GPUs at {max_gpu} % or more
-- when: avg_cpu_7d < $max_cpu; gpu_util_max is null or gpu_util_max < $max_gpu
-- param max_cpu (number, cautious: 5, default: 5, aggressive: 10, unit: %, range: 1..20): Mean CPU below this is idle
-- param max_gpu (number, cautious: 1, default: 1, aggressive: 1, unit: %, range: 1..20): Use of the GPUs below this is none
-- param gpu_metric_needed (boolean, cautious: true, default: false, aggressive: false): Whether a node without GPU metric cannot be judged; else its processors stand for its GPUs, which is a guess
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column gpu_util_max (number, %): Highest daily use of its GPUs in 14 days; null without a metric
-- column measured_days (integer, days): Days with a GPU metric
-- column evidence (text): What the judgement rests on: GPU metric, or processors only
-- column gpu_count (integer, GPUs): Number of GPUs
-- column instance_type (text): Size
-- column cluster (text): Cluster it belongs to
-- saving: The price of the GPUs, as a share of what the node costs by list price; high the whole node. Where that share is not known,
--   half of the node
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 55
-- conflict: machine 1
-- remedy: Look for pods that request a GPU (kubectl describe node) and for work that comes in campaigns | Let the node group of GPUs scale to zero |
--   Move what else runs there to nodes without GPUs and remove the node
-- cli: kubectl get pods --all-namespaces --field-selector spec.nodeName=NODE
-- source: Requirement 002 (GPU node without GPU work); GPU below 1 % for 14 days by Compute Optimizer; CPU of 10 % our own choice, 2026-10
-- history: inventory
-- metric: gpu_util
-- requires container_nodes: id, cluster_id, instance_id, instance_type, state, has_gpu, gpu_count, avg_cpu_7d, hourly_cost, gpu_hourly_cost
-- requires container_clusters: id, account_id, name
-- requires metrics_daily: resource_type, resource_id, account_id, date, metric_payload
-- requires resource_costs: resource_id, main_currency
-- needs rows: container_nodes
WITH readings AS (
  SELECT resource_id, account_id, date, json_extract_string(metric_payload, '/gpu_util') AS said
  FROM metrics_daily
  WHERE resource_type IN ('container_nodes', 'instances')
    AND date BETWEEN CAST($as_of AS DATE) - 13 AND CAST($as_of AS DATE)
),
used AS (
  SELECT resource_id, account_id, MAX(CAST(said AS DOUBLE)) AS gpu_util_max,
    CAST(COUNT(DISTINCT date) AS BIGINT) AS measured_days
  FROM readings WHERE regexp_matches(said, '^[0-9]{1,15}([.][0-9]{1,15})?$')
  GROUP BY resource_id, account_id
),
held AS (
  SELECT n.id, c.account_id, c.name AS cluster, n.instance_id, n.instance_type, n.gpu_count, n.avg_cpu_7d,
    u.gpu_util_max, COALESCE(u.measured_days, 0) AS measured_days,
    CAST(n.hourly_cost + COALESCE(n.gpu_hourly_cost, 0) AS DOUBLE) * 730 AS list_month,
    COALESCE(CAST(NULLIF(n.gpu_hourly_cost, 0) AS DOUBLE) / CAST(n.hourly_cost + n.gpu_hourly_cost AS DOUBLE), 0.5)
      AS gpu_share,
    EXISTS (SELECT 1 FROM resource_costs AS b WHERE b.resource_id = n.instance_id AND b.main_currency) AS billed,
    CASE WHEN n.avg_cpu_7d IS NULL THEN 'needs avg_cpu_7d: there is no CPU metric of it'
      WHEN $gpu_metric_needed AND COALESCE(u.measured_days, 0) < 12
        THEN 'needs 14 days of gpu_util (twelve of them at least); an agent measures it' END AS reason
  FROM container_nodes AS n
  LEFT JOIN container_clusters AS c ON c.id = n.cluster_id
  LEFT JOIN used AS u ON u.resource_id = n.instance_id AND u.account_id = c.account_id
  WHERE n.state = 'running' AND COALESCE(n.has_gpu, n.gpu_count > 0)
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell'
    WHEN avg_cpu_7d < $max_cpu AND (gpu_util_max IS NULL OR gpu_util_max < $max_gpu) THEN 'flagged'
    ELSE 'passed' END AS verdict,
  reason, avg_cpu_7d, gpu_util_max, measured_days,
  CASE WHEN gpu_util_max IS NOT NULL THEN 'GPU metric' ELSE 'processors only' END AS evidence, gpu_count,
  instance_type, cluster, gpu_share AS share_low, gpu_share AS share, CAST(1 AS DOUBLE) AS share_high,
  CASE WHEN NOT billed THEN list_month * gpu_share END AS list,
  CASE WHEN NOT billed THEN list_month END AS list_high
FROM held
