-- title: Extended support of databases
-- purpose: Databases, caches and search domains on engine versions past their standard support, billed an extra fee.
-- grain: resource with billed extended support
-- resource: bill
-- provider: AWS
-- area: Databases
-- rule: Extended support cost more than {min_cost} in 30 days
-- when: cost > $min_cost
-- param min_cost (number, default: 0, unit: currency, range: 0..100): Fees of 30 days above this are reported
-- column cost (money, currency): Effective cost of extended support in 30 days
-- column fee_percent (number, %): Its share of the cost of the resource
-- column days (integer, days): Days with the fee
-- column service (text): Service as on the bill
-- saving: The whole fee, once the engine is upgraded
-- kind: saving
-- risk: medium
-- effort: high
-- restart: yes
-- reversible: no
-- confidence: 95
-- conflict: database 4
-- remedy: Read the release notes between both versions | Upgrade a copy restored from a snapshot and test | Upgrade in
--   a maintenance window
-- cli: aws rds modify-db-instance --region {region} --db-instance-identifier NAME --engine-version VERSION
--   --allow-major-version-upgrade
-- source: AWS Cloud Intelligence Dashboards (CUDOS): any billed fee, 2026-10; ends of support still to come need dates
--   that no bill has
-- history: bill
WITH told AS (
  SELECT *, meter IS NULL AND charge_description IS NULL AS untold,
    regexp_matches(
      lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')), 'extendedsupport|extended support'
    ) AS hit
  FROM lines30
  WHERE charge_category = 'Usage'
    AND regexp_matches(lower(service_name),
      'rds|relational database|elasticache|opensearch|documentdb|docdb|neptune|amazones$')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, service_name || ' of ' || COALESCE(sub_account_id, 'unknown account')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
      MAX(service_name) AS service,
    SUM(CASE WHEN hit THEN effective_cost END) AS cost, SUM(effective_cost) AS whole,
    CAST(COUNT(DISTINCT CASE WHEN hit THEN charge_date END) AS BIGINT) AS days,
    SUM(CASE WHEN hit THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN hit THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN hit THEN list_cost END) AS base_list
  FROM told
  GROUP BY 1, sub_account_id, untold, billing_currency
  HAVING (untold OR SUM(CASE WHEN hit THEN 1 ELSE 0 END) > 0)
    AND MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
)
SELECT subject, account, region,
  CASE WHEN untold OR cost IS NULL THEN 'cannot tell' WHEN CAST(cost AS DOUBLE) > $min_cost THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs a usage type, SKU meter or description of its lines'
    WHEN cost IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  cost, 100.0 * CAST(cost AS DOUBLE) / NULLIF(CAST(whole AS DOUBLE), 0) AS fee_percent, days, service,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
