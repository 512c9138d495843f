-- title: Oversized managed service
-- purpose: A managed service whose nodes are larger than its load.
-- grain: managed service
-- resource: managed_services
-- provider: any
-- area: Managed services
-- rule: Mean CPU of the last seven days below {max_cpu} %
-- when: avg_cpu_7d < $max_cpu
-- param max_cpu (number, cautious: 10, default: 20, aggressive: 40, unit: %, range: 1..60):
--   Mean CPU below this leaves room for half the size
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column avg_memory_7d (number, %): Mean memory of seven days
-- column service_type (text): Kind of service
-- column instance_type (text): Size of its nodes
-- column node_count (integer, nodes): Nodes
-- column target_type (text): Next smaller size of its family; empty at its smallest
-- saving: Half of its list price: each size of a family costs half of the next; low: nothing where memory is above 40 %
--   or its family has no smaller size
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 55
-- conflict: service 6
-- remedy: Look at memory: the heap of a search cluster decides, not its CPU | Change to the next smaller size, or to
--   fewer nodes
-- source: Requirement 002 (oversized); the other presets are our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires managed_services: id, account_id, avg_cpu_7d, avg_memory_7d, service_type, instance_type, node_count,
--   hourly_cost
-- needs rows: managed_services
-- needs values: managed_services.avg_cpu_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN avg_cpu_7d IS NULL THEN 'cannot tell' WHEN avg_cpu_7d < $max_cpu THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN avg_cpu_7d IS NULL THEN 'needs avg_cpu_7d: there is no CPU metric of it' END AS reason,
  avg_cpu_7d, avg_memory_7d, service_type, instance_type, node_count, target_type,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(0.5 AS DOUBLE) AS share, CAST(0.5 AS DOUBLE) AS share_high,
  CASE WHEN target_type IS NULL OR avg_memory_7d > 40 THEN 0.0
    ELSE 0.5 * CAST(hourly_cost AS DOUBLE) * 730 END AS list_low,
  0.5 * CAST(hourly_cost AS DOUBLE) * 730 AS list, 0.5 * CAST(hourly_cost AS DOUBLE) * 730 AS list_high
FROM (
  SELECT *, CASE
      WHEN strpos(instance_type, '.24xlarge') > 0 THEN REPLACE(instance_type, '.24xlarge', '.12xlarge')
      WHEN strpos(instance_type, '.16xlarge') > 0 THEN REPLACE(instance_type, '.16xlarge', '.8xlarge')
      WHEN strpos(instance_type, '.8xlarge') > 0 THEN REPLACE(instance_type, '.8xlarge', '.4xlarge')
      WHEN strpos(instance_type, '.4xlarge') > 0 THEN REPLACE(instance_type, '.4xlarge', '.2xlarge')
      WHEN strpos(instance_type, '.2xlarge') > 0 THEN REPLACE(instance_type, '.2xlarge', '.xlarge')
      WHEN strpos(instance_type, '.xlarge') > 0 THEN REPLACE(instance_type, '.xlarge', '.large')
    END AS target_type
  FROM managed_services
) AS held
