-- title: Extended support of Kubernetes
-- purpose: Clusters on a Kubernetes version past its standard support, billed an extra fee an hour.
-- grain: cluster with extended support
-- resource: bill
-- provider: AWS
-- area: Containers
-- rule: Extended support was billed in 30 days; lines without cost count as announced when previews do
--   ({count_previews})
-- when: cost > 0 or announced_cost > 0
-- param count_previews (boolean, cautious: false, default: true, aggressive: true): Report lines without cost too,
--   which show a fee to come
-- param fee_an_hour (number, default: 0.50, unit: USD, range: 0.1..1): Fee of a cluster and hour above that of standard
--   support (CUDOS, 2026-10)
-- column cost (money, currency): Effective cost of extended support in 30 days
-- column announced_cost (number, USD): Hours billed at no cost yet, at the list fee
-- column hours (number, hours): Hours in extended support
-- saving: The whole fee, once the cluster is upgraded
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: no
-- confidence: 95
-- conflict: cluster 4
-- remedy: Run the upgrade insights of the cluster | Replace interfaces that the next version drops | Upgrade control
--   plane, add-ons and nodes, one version at a time
-- cli: aws eks update-cluster-version --region {region} --name NAME --kubernetes-version VERSION
-- source: AWS Cloud Intelligence Dashboards (CUDOS): operation ExtendedSupport, lines without cost at 0.50 USD an hour,
--   2026-10
-- history: bill
WITH seen AS (
  SELECT *, meter IS NULL AND x_operation IS NULL AND charge_description IS NULL AS untold,
    COALESCE(x_operation, '') = 'ExtendedSupport'
      OR regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
        'extendedsupport|extended support')
      AS hit
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name),
    'eks|container service for kubernetes|elastic kubernetes')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Clusters of ' || COALESCE(sub_account_id, 'unknown account')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(effective_cost) AS cost, SUM(COALESCE(consumed_quantity, pricing_quantity)) AS hours,
    CASE WHEN $count_previews
      THEN COALESCE(SUM(CASE WHEN effective_cost = 0 THEN COALESCE(consumed_quantity, pricing_quantity) END),
        0) * $fee_an_hour
      ELSE 0.0 END AS announced_cost,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  WHERE untold OR hit
  GROUP BY 1, sub_account_id, untold, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
)
SELECT subject, account, region,
  CASE WHEN untold OR cost IS NULL THEN 'cannot tell' WHEN cost > 0 OR announced_cost > 0 THEN 'flagged'
    ELSE 'passed' END
    AS verdict,
  CASE WHEN untold THEN 'needs a usage type or operation of its lines' WHEN cost IS NULL
    THEN 'needs effective_cost of its lines' END
    AS reason,
  cost, CAST(announced_cost AS DOUBLE) AS announced_cost, hours,
  CAST(CASE WHEN cost = 0 AND announced_cost > 0 THEN announced_cost * 730 / 720 END AS DOUBLE) AS list,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
