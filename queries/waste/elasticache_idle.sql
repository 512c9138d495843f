-- title: Idle cache
-- purpose: A cache that does next to nothing.
-- grain: cache cluster
-- resource: cache_clusters
-- provider: any
-- area: Databases
-- rule: Mean CPU of the last seven days below {max_cpu} %
-- when: avg_cpu_7d < $max_cpu
-- param max_cpu (number, cautious: 2, default: 5, aggressive: 10, unit: %, range: 1..20): Mean CPU below this is idle
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column avg_memory_7d (number, %): Mean memory of seven days
-- column node_type (text): Size of its nodes
-- column num_nodes (integer, nodes): Nodes
-- column engine (text): Engine
-- saving: All that the cluster costs; low: a quarter, when it is only made smaller
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 50
-- conflict: database 1
-- remedy: Look at hits and connections: a busy cache with one thread shows little CPU on many cores | Take a backup and
--   delete the cluster
-- cli: aws elasticache delete-replication-group --replication-group-id {resource_id} --final-snapshot-identifier
--   last-{resource_id} --region {region}
-- source: Harness (5 % over 7 days); the other presets are our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires cache_clusters: id, account_id, avg_cpu_7d, avg_memory_7d, node_type, num_nodes, engine
-- needs rows: cache_clusters
-- needs values: cache_clusters.avg_cpu_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN avg_cpu_7d IS NULL THEN 'cannot tell' WHEN avg_cpu_7d < $max_cpu THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN avg_cpu_7d IS NULL THEN 'needs avg_cpu_7d: there is no CPU metric of it' END AS reason,
  avg_cpu_7d, avg_memory_7d, node_type, num_nodes, engine, CAST(0.25 AS DOUBLE) AS share_low,
    CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM cache_clusters
