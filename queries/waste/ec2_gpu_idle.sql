-- title: Idle GPU
-- purpose: A machine with GPUs that nothing uses.
-- grain: running instance with GPUs
-- resource: instances
-- provider: any
-- area: Compute
-- rule: It runs, and its GPUs were used less than {max_gpu} % on each of the last {days} days, with less than {max_gpu_memory} % of their memory
-- when: gpu_util_max < $max_gpu; gpu_memory_max is null or gpu_memory_max < $max_gpu_memory
-- param max_gpu (number, cautious: 1, default: 1, aggressive: 1, unit: %, range: 1..20): Use of the GPUs below this is none
-- param max_gpu_memory (number, cautious: 5, default: 5, aggressive: 5, unit: %, range: 1..20): Memory of the GPUs below this is empty; not looked at where it is not measured
-- param days (integer, cautious: 14, default: 14, aggressive: 14, unit: days, range: 7..60): Days looked back
-- column gpu_util_max (number, %): Highest daily use of the GPUs
-- column gpu_memory_max (number, %): Highest daily use of their memory; null when not measured
-- column measured_days (integer, days): Days with a value
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column gpu_count (integer, GPUs): Number of GPUs
-- column instance_type (text): Size
-- saving: All that the machine costs; where its processors work, low is the price of the GPUs alone, because a machine without
--   GPUs takes its place
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: machine 1
-- remedy: Ask the owner what the GPUs are for; training may come in campaigns | Stop it and start it for each run |
--   Move what uses only its processors to a machine without GPUs, then terminate it
-- cli: aws ec2 stop-instances --instance-ids {resource_id} --region {region}
-- source: Compute Optimizer, idle GPU: over 99 % of the time idle and memory below 5 % for 14 days, 2026-10
-- history: metrics
-- metric: gpu_util
-- requires instances: id, account_id, instance_id, state, has_gpu, gpu_count, hourly_cost, gpu_hourly_cost, avg_cpu_7d, instance_type
-- needs rows: instances
WITH used AS (
  SELECT resource_id, account_id, MAX(gpu_util) AS gpu_util_max, MAX(gpu_mem) AS gpu_memory_max,
    CAST(COUNT(DISTINCT CASE WHEN gpu_util IS NOT NULL THEN date END) AS BIGINT) AS measured_days
  FROM metric_days
  WHERE resource_type = 'instances' AND date > CAST($as_of AS DATE) - CAST($days AS INTEGER)
  GROUP BY resource_id, account_id
),
judged AS (
  SELECT i.id, i.account_id, i.instance_type, i.gpu_count, i.avg_cpu_7d, u.gpu_util_max, u.gpu_memory_max,
    COALESCE(u.measured_days, 0) AS measured_days,
    CAST(i.gpu_hourly_cost AS DOUBLE) / NULLIF(CAST(i.hourly_cost + i.gpu_hourly_cost AS DOUBLE), 0) AS gpu_share,
    COALESCE(u.measured_days, 0) < 0.8 * $days AS unknown
  FROM instances AS i LEFT JOIN used AS u ON u.resource_id = i.instance_id AND u.account_id = i.account_id
  WHERE i.state = 'running' AND COALESCE(i.has_gpu, i.gpu_count > 0)
)
SELECT id AS subject, account_id AS account,
  CASE WHEN unknown THEN 'cannot tell'
    WHEN gpu_util_max < $max_gpu AND (gpu_memory_max IS NULL OR gpu_memory_max < $max_gpu_memory) THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN unknown THEN 'needs ' || CAST($days AS VARCHAR) || ' days of gpu_util (four fifths of them at least); an agent measures it'
    END AS reason,
  gpu_util_max, gpu_memory_max, measured_days, avg_cpu_7d, gpu_count, instance_type,
  CASE WHEN avg_cpu_7d < 5 THEN 1.0 ELSE COALESCE(gpu_share, 0.5) END AS share_low, 1.0 AS share, 1.0 AS share_high
FROM judged
