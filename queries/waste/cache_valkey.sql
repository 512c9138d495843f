-- title: Redis that could be Valkey
-- purpose: Redis caches on demand; the compatible engine Valkey has lower prices.
-- grain: cache on the bill
-- resource: bill
-- provider: AWS
-- area: Databases
-- rule: Its engine is Redis, and it pays on demand
-- when: engine = redis; cost > 0
-- param node_percent (number, default: 20, unit: %, range: 5..40): Valkey nodes are cheaper by this (CUDOS, 2026-10)
-- param serverless_percent (number, default: 33, unit: %, range: 5..50): Valkey serverless is cheaper by this (CUDOS,
--   2026-10)
-- column engine (text): redis, valkey or memcached
-- column cost (money, currency): Effective cost of nodes and serverless use on demand in 30 days
-- column node_cost (money, currency): Nodes
-- column serverless_cost (money, currency): Serverless use
-- saving: {node_percent} % of nodes and {serverless_percent} % of serverless use
-- kind: saving
-- risk: low
-- effort: medium
-- restart: no
-- reversible: no
-- confidence: 70
-- conflict: database 8
-- remedy: Read which commands and modules the application uses: Valkey follows Redis 7.2 | Upgrade a copy and test |
--   ElastiCache > the cache > Modify: engine Valkey
-- cli: aws elasticache modify-replication-group --region {region} --replication-group-id NAME --engine valkey
--   --engine-version 8.0 --apply-immediately
-- source: AWS Cloud Intelligence Dashboards (CUDOS): 20 % of nodes, 33 % of serverless, 2026-10
-- history: bill
-- requires resource_costs: resource_id, sub_account_id, billing_currency, inventory_table, inventory_id
-- requires cache_clusters: id, engine
WITH seen AS (
  SELECT *,
    lower(COALESCE(meter, '') || ' ' || COALESCE(x_operation, '') || ' ' || COALESCE(charge_description, '') || ' '
      || COALESCE(sku_meter, '') || ' ' || COALESCE(json_extract_string(sku_price_details, '/cache_engine'), ''))
        AS said,
    regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
      'cacheddata|processingunits|serverless')
      AS serverless
  FROM lines30
  WHERE charge_category = 'Usage' AND COALESCE(pricing_category, 'Standard') = 'Standard'
    AND regexp_matches(lower(service_name), 'elasticache')
    AND NOT regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
      'backup|datatransfer|data transfer|-bytes')
),
sums AS (
  SELECT COALESCE(resource_id, 'Caches of ' || COALESCE(sub_account_id, 'unknown account')) AS subject,
    sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency,
    SUM(CASE WHEN regexp_matches(said, 'valkey') THEN 1 ELSE 0 END) AS valkey,
    SUM(CASE WHEN regexp_matches(said, 'memcached') THEN 1 ELSE 0 END) AS memcached,
    SUM(CASE WHEN regexp_matches(said, 'redis') THEN 1 ELSE 0 END) AS redis,
    SUM(effective_cost) AS cost, SUM(CASE WHEN serverless THEN 0 ELSE effective_cost END) AS node_cost,
    SUM(CASE WHEN serverless THEN effective_cost ELSE 0 END) AS serverless_cost,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  GROUP BY 1, sub_account_id, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
),
engines AS (
  SELECT s.*,
    COALESCE(
      CASE WHEN s.valkey > 0 THEN 'valkey' WHEN s.memcached > 0 THEN 'memcached' WHEN s.redis > 0 THEN 'redis' END,
      lower(h.engine)) AS engine
  FROM sums AS s
  LEFT JOIN resource_costs AS c ON c.resource_id = s.subject AND c.sub_account_id IS NOT DISTINCT FROM s.account
    AND c.billing_currency = s.currency
  LEFT JOIN cache_clusters AS h ON c.inventory_table = 'cache_clusters' AND h.id = c.inventory_id
)
SELECT subject, account, region,
  CASE WHEN engine IS NULL OR cost IS NULL THEN 'cannot tell' WHEN engine = 'redis' AND cost > 0 THEN 'flagged'
    ELSE 'passed' END
    AS verdict,
  CASE WHEN engine IS NULL THEN 'needs the engine of the cache, on the bill or in the inventory'
    WHEN cost IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  engine, cost, node_cost, serverless_cost,
  CAST(0.8 * (CAST(node_cost AS DOUBLE) * $node_percent + CAST(serverless_cost AS DOUBLE) * $serverless_percent)
    / NULLIF(100 * CAST(cost AS DOUBLE), 0) AS DOUBLE) AS share_low,
  CAST((CAST(node_cost AS DOUBLE) * $node_percent + CAST(serverless_cost AS DOUBLE) * $serverless_percent)
    / NULLIF(100 * CAST(cost AS DOUBLE), 0) AS DOUBLE) AS share,
  CAST((CAST(node_cost AS DOUBLE) * $node_percent + CAST(serverless_cost AS DOUBLE) * $serverless_percent)
    / NULLIF(100 * CAST(cost AS DOUBLE), 0) AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM engines
