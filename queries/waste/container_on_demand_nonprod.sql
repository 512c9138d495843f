-- title: Containers on demand outside production
-- purpose: Clusters outside production whose nodes run at the on-demand price, where Spot would do.
-- grain: container cluster
-- resource: container_clusters
-- provider: any
-- area: Containers
-- rule: Its environment is one of {environments}, and running nodes of it have on-demand hours in the last 30 days
-- when: outside_production = true; on_demand_nodes > 0
-- param environments (text, cautious: dev preview, default: dev staging preview, aggressive: dev staging preview test qa sandbox): Environments that may be interrupted, apart by spaces
-- param saved_percent (number, default: 70, unit: %, range: 30..90): Discount of Spot, without a price list of Spot
-- column env (text): Environment
-- column outside_production (boolean): The environment is one of those
-- column running_nodes (integer, nodes): Nodes that run
-- column on_demand_nodes (integer, nodes): Of these, nodes with on-demand hours in 30 days
-- column billed_nodes (integer, nodes): Of these, nodes with hours on the bill in 30 days
-- column node_instance_type (text): Size of its nodes
-- saving: {saved_percent} % of what its on-demand nodes cost (low 50 %), named here and not added up: how much of the work may be
--   interrupted is not known
-- kind: review
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 35
-- remedy: Look which pods may be interrupted with two minutes' notice | Add a node group of Spot machines with several types and let such pods prefer it |
--   Leave a small on-demand group for what must not stop
-- cli: aws eks create-nodegroup --cluster-name {resource_id} --nodegroup-name spot --capacity-type SPOT --region {region}
-- source: OptimNow (70 %); environments as for machines; low our own choice, 2026-10
-- history: inventory
-- requires container_clusters: id, account_id, env, node_instance_type
-- requires container_nodes: cluster_id, instance_id, state
-- needs rows: container_clusters, container_nodes
WITH hours AS (
  SELECT resource_id, MAX(CASE WHEN pricing_category = 'Standard' THEN 1 ELSE 0 END) AS on_demand
  FROM lines30
  WHERE charge_category = 'Usage' AND pricing_category IS NOT NULL AND resource_id IS NOT NULL
    AND regexp_matches(lower(COALESCE(pricing_unit, consumed_unit, '')), '^h(ou)?rs?')
  GROUP BY resource_id
),
nodes AS (
  SELECT n.cluster_id, CAST(COUNT(*) AS BIGINT) AS running_nodes, CAST(COUNT(h.on_demand) AS BIGINT) AS billed_nodes,
    CAST(SUM(COALESCE(h.on_demand, 0)) AS BIGINT) AS on_demand_nodes,
    string_agg(CASE WHEN h.on_demand = 1 THEN n.instance_id END, chr(10) ORDER BY n.instance_id) AS parts
  FROM container_nodes AS n LEFT JOIN hours AS h ON h.resource_id = n.instance_id
  WHERE n.state = 'running'
  GROUP BY n.cluster_id
),
held AS (
  SELECT c.id, c.account_id, c.env, c.node_instance_type, n.parts, COALESCE(n.running_nodes, 0) AS running_nodes,
    COALESCE(n.billed_nodes, 0) AS billed_nodes, COALESCE(n.on_demand_nodes, 0) AS on_demand_nodes,
    strpos(' ' || CAST($environments AS VARCHAR) || ' ', ' ' || c.env || ' ') > 0 AS outside_production
  FROM container_clusters AS c LEFT JOIN nodes AS n ON n.cluster_id = c.id
),
judged AS (
  SELECT *,
    CASE WHEN outside_production IS NULL THEN 'needs env: its environment is not known'
      WHEN outside_production AND running_nodes > 0 AND billed_nodes = 0
        THEN 'needs the hours of its nodes on the bill, with pricing category' END AS reason
  FROM held
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell' WHEN outside_production AND on_demand_nodes > 0 THEN 'flagged'
    ELSE 'passed' END AS verdict,
  reason, env, outside_production, running_nodes, on_demand_nodes, billed_nodes, node_instance_type, parts,
  CAST(0.5 AS DOUBLE) AS share_low, $saved_percent / 100 AS share, $saved_percent / 100 AS share_high
FROM judged
