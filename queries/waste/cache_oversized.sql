-- title: Oversized cache
-- purpose: A cache whose nodes are larger than its load.
-- grain: cache cluster
-- resource: cache_clusters
-- provider: any
-- area: Databases
-- rule: Mean CPU of the last seven days below {max_cpu} %, or mean memory below {max_memory} %; under the cautious
--   preset both
-- when: low_measures >= needed_measures
-- param max_cpu (number, cautious: 10, default: 10, aggressive: 20, unit: %, range: 1..40): Mean CPU below this is low
-- param max_memory (number, cautious: 20, default: 20, aggressive: 40, unit: %, range: 5..60):
--   Mean memory below this is low
-- param require_both (boolean, cautious: true, default: false, aggressive: false): Whether both must be low
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column avg_memory_7d (number, %): Mean memory of seven days
-- column low_measures (integer): How many of the two are low
-- column needed_measures (integer): How many must be
-- column node_type (text): Size of its nodes
-- column num_nodes (integer, nodes): Nodes
-- column engine (text): Engine
-- column target_type (text): Next smaller size of its family; empty at its smallest
-- saving: Half of what the cluster costs: each size of a family costs half of the next; low: nothing where memory is
--   above 40 % or its family has no smaller size
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 55
-- conflict: database 6
-- remedy: Look at the most memory of a month: it decides, CPU rarely | Modify the cluster to the next smaller node type
-- cli: aws elasticache modify-replication-group --replication-group-id {resource_id} --cache-node-type {target_type}
--   --apply-immediately --region {region}
-- source: Requirement 002 (oversized node below 10 % CPU, low memory below 20 %); the other presets are our own choice,
--   2026-10
-- history: inventory
-- metric: memory_avg
-- requires cache_clusters: id, account_id, avg_cpu_7d, avg_memory_7d, node_type, num_nodes, engine, hourly_cost
-- needs rows: cache_clusters
SELECT id AS subject, account_id AS account,
  CASE WHEN low_measures >= needed_measures THEN 'flagged'
    WHEN low_measures + unknown_measures >= needed_measures THEN 'cannot tell' ELSE 'passed' END AS verdict,
  CASE WHEN low_measures < needed_measures AND low_measures + unknown_measures >= needed_measures
    THEN 'needs ' || CASE WHEN avg_cpu_7d IS NULL AND avg_memory_7d IS NULL THEN 'avg_cpu_7d and avg_memory_7d'
      WHEN avg_cpu_7d IS NULL THEN 'avg_cpu_7d' ELSE 'avg_memory_7d' END END AS reason,
  avg_cpu_7d, avg_memory_7d, low_measures, needed_measures, node_type, num_nodes, engine, target_type,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(0.5 AS DOUBLE) AS share, CAST(0.5 AS DOUBLE) AS share_high,
  CASE WHEN target_type IS NULL OR avg_memory_7d > 40 THEN 0.0
    ELSE 0.5 * CAST(hourly_cost AS DOUBLE) * 730 END AS list_low,
  0.5 * CAST(hourly_cost AS DOUBLE) * 730 AS list, 0.5 * CAST(hourly_cost AS DOUBLE) * 730 AS list_high
FROM (
  SELECT *, CAST(CASE WHEN avg_cpu_7d < $max_cpu THEN 1 ELSE 0 END
      + CASE WHEN avg_memory_7d < $max_memory THEN 1 ELSE 0 END AS BIGINT) AS low_measures,
    CASE WHEN avg_cpu_7d IS NULL THEN 1 ELSE 0 END + CASE WHEN avg_memory_7d IS NULL THEN 1
      ELSE 0 END AS unknown_measures,
    CAST(CASE WHEN $require_both THEN 2 ELSE 1 END AS BIGINT) AS needed_measures,
    CASE
      WHEN strpos(node_type, '.24xlarge') > 0 THEN REPLACE(node_type, '.24xlarge', '.12xlarge')
      WHEN strpos(node_type, '.16xlarge') > 0 THEN REPLACE(node_type, '.16xlarge', '.8xlarge')
      WHEN strpos(node_type, '.12xlarge') > 0 THEN REPLACE(node_type, '.12xlarge', '.4xlarge')
      WHEN strpos(node_type, '.8xlarge') > 0 THEN REPLACE(node_type, '.8xlarge', '.4xlarge')
      WHEN strpos(node_type, '.4xlarge') > 0 THEN REPLACE(node_type, '.4xlarge', '.2xlarge')
      WHEN strpos(node_type, '.2xlarge') > 0 THEN REPLACE(node_type, '.2xlarge', '.xlarge')
      WHEN strpos(node_type, '.xlarge') > 0 THEN REPLACE(node_type, '.xlarge', '.large')
      WHEN strpos(node_type, '.t') > 0 AND strpos(node_type, '.medium') > 0 THEN REPLACE(node_type, '.medium', '.small')
      WHEN strpos(node_type, '.t') > 0 AND strpos(node_type, '.small') > 0 THEN REPLACE(node_type, '.small', '.micro')
    END AS target_type
  FROM cache_clusters
) AS held
