-- title: Search domain on old nodes
-- purpose: Search domains that pay for extended support or run on x86 nodes.
-- grain: search domain
-- resource: bill
-- provider: AWS
-- area: Databases
-- rule: It pays for extended support, or has x86 nodes ({count_x86})
-- when: support_cost > 0 or counted_x86_cost > 0
-- param count_x86 (boolean, cautious: false, default: true, aggressive: true): Report x86 nodes too, not extended
--   support alone
-- param saved_percent (number, default: 5, unit: %, range: 1..30): Expected saving of Arm nodes
-- column support_cost (money, currency): Effective cost of extended support in 30 days
-- column counted_x86_cost (number, currency): Effective cost of x86 nodes on demand, where these are reported
-- column node_types (text): First of its node types
-- column cost (money, currency): Effective cost of the domain in 30 days
-- saving: All of extended support and {saved_percent} % of x86 nodes
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 65
-- conflict: database 8
-- remedy: Upgrade the engine version after a snapshot, one major version at a time | Change the node type to the Arm
--   sibling, such as r6g for r5 |
--   Look at memory pressure of the heap before taking smaller nodes
-- cli: aws opensearch update-domain-config --region {region} --domain-name NAME --cluster-config InstanceType=TYPE
-- source: AWS Cloud Intelligence Dashboards (CUDOS for extended support, CID KPI: 5 % for Arm nodes), 2026-10
-- history: bill
WITH told AS (
  SELECT *, (meter IS NULL AND charge_description IS NULL) OR resource_id IS NULL AS untold,
    lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')) AS said
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'opensearch|elasticsearch|amazones$')
),
seen AS (
  SELECT *, regexp_matches(said, 'extendedsupport|extended support') AS support,
    CASE WHEN regexp_matches(said, 'esinstance:') THEN split_part(said, 'esinstance:', 2) END AS node
  FROM told
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Domains of ' || COALESCE(sub_account_id, 'unknown account') ELSE resource_id END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
      SUM(effective_cost) AS cost,
    SUM(CASE WHEN support THEN effective_cost ELSE 0 END) AS support_cost, split_part(MIN(node), ' ', 1) AS node_types,
    SUM(CASE WHEN $count_x86 AND COALESCE(pricing_category, 'Standard') = 'Standard' AND node IS NOT NULL
      AND NOT regexp_matches(node, '^([a-z]+[0-9]+g|ultrawarm|or[0-9]|om[0-9]|oi[0-9])')
        THEN CAST(effective_cost AS DOUBLE) ELSE 0.0 END)
      AS counted_x86_cost,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  GROUP BY 1, sub_account_id, untold, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
)
SELECT subject, account, region,
  CASE WHEN untold OR cost IS NULL THEN 'cannot tell' WHEN support_cost > 0 OR counted_x86_cost > 0 THEN 'flagged'
    ELSE 'passed' END
    AS verdict,
  CASE WHEN untold THEN 'needs resource ids and usage types of its lines' WHEN cost IS NULL
    THEN 'needs effective_cost of its lines' END
    AS reason,
  support_cost, CAST(counted_x86_cost AS DOUBLE) AS counted_x86_cost, node_types, cost,
  CAST((CAST(support_cost AS DOUBLE) + 0.5 * counted_x86_cost * $saved_percent / 100) / NULLIF(CAST(cost AS DOUBLE), 0)
    AS DOUBLE)
    AS share_low,
  CAST((CAST(support_cost AS DOUBLE) + counted_x86_cost * $saved_percent / 100) / NULLIF(CAST(cost AS DOUBLE), 0)
    AS DOUBLE) AS share,
  CAST((CAST(support_cost AS DOUBLE) + 2.0 * counted_x86_cost * $saved_percent / 100) / NULLIF(CAST(cost AS DOUBLE), 0)
    AS DOUBLE)
    AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
