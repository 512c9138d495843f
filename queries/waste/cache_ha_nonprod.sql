-- title: Several cache nodes outside production
-- purpose: More nodes than cache cluster outside production needs.
-- grain: cache cluster outside production
-- resource: cache_clusters
-- provider: any
-- area: Databases
-- rule: In dev or staging, with more than {max_nodes} nodes
-- when: num_nodes > $max_nodes
-- param max_nodes (integer, cautious: 2, default: 1, aggressive: 1, unit: nodes, range: 1..5):
--   Nodes up to this are not too many
-- param also_preview (boolean, cautious: false, default: false, aggressive: true):
--   Whether preview and test are judged as well
-- column num_nodes (integer, nodes): Nodes
-- column env (text): Environment
-- column node_type (text): Size of its nodes
-- column engine (text): Engine
-- saving: All nodes but one, as a share of what it costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 75
-- conflict: database 5
-- remedy: Ask whether failover is tested there | Remove all replicas but the primary
-- cli: aws elasticache decrease-replica-count --replication-group-id {resource_id} --new-replica-count 0
--   --apply-immediately --region {region}
-- source: Requirement 002 (HA in dev); the other presets are our own choice, 2026-10
-- history: inventory
-- requires cache_clusters: id, account_id, env, num_nodes, node_type, engine
-- needs rows: cache_clusters
-- needs values: cache_clusters.num_nodes, cache_clusters.env
SELECT id AS subject, account_id AS account,
  CASE WHEN num_nodes IS NULL OR (env IS NULL AND num_nodes > $max_nodes) THEN 'cannot tell'
    WHEN num_nodes > $max_nodes THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN num_nodes IS NULL THEN 'needs num_nodes' WHEN env IS NULL AND num_nodes > $max_nodes
    THEN 'needs env' END AS reason,
  num_nodes, env, node_type, engine,
  CAST(num_nodes - 1 AS DOUBLE) / NULLIF(num_nodes, 0) AS share
FROM cache_clusters
WHERE (env IN ('dev', 'staging') OR ($also_preview AND env IN ('preview', 'test')) OR env IS NULL)
