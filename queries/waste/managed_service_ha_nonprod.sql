-- title: Several nodes outside production
-- purpose: More nodes than managed service outside production needs.
-- grain: managed service outside production
-- resource: managed_services
-- provider: any
-- area: Managed services
-- rule: In dev or staging, with more than {max_nodes} nodes
-- when: node_count > $max_nodes
-- param max_nodes (integer, cautious: 2, default: 1, aggressive: 1, unit: nodes, range: 1..5):
--   Nodes up to this are not too many
-- param also_preview (boolean, cautious: false, default: false, aggressive: true):
--   Whether preview and test are judged as well
-- column node_count (integer, nodes): Nodes
-- column env (text): Environment
-- column service_type (text): Kind of service
-- column instance_type (text): Size of its nodes
-- saving: All nodes but one, as a share of what it costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 75
-- conflict: service 5
-- remedy: Ask whether failover is tested there, or a quorum of three is needed | Reduce it to one node
-- source: Requirement 002 (HA in dev); the other presets are our own choice, 2026-10
-- history: inventory
-- requires managed_services: id, account_id, env, node_count, service_type, instance_type
-- needs rows: managed_services
-- needs values: managed_services.node_count, managed_services.env
SELECT id AS subject, account_id AS account,
  CASE WHEN node_count IS NULL OR (env IS NULL AND node_count > $max_nodes) THEN 'cannot tell'
    WHEN node_count > $max_nodes THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN node_count IS NULL THEN 'needs node_count' WHEN env IS NULL AND node_count > $max_nodes
    THEN 'needs env' END AS reason,
  node_count, env, service_type, instance_type,
  CAST(node_count - 1 AS DOUBLE) / NULLIF(node_count, 0) AS share
FROM managed_services
WHERE (env IN ('dev', 'staging') OR ($also_preview AND env IN ('preview', 'test')) OR env IS NULL)
