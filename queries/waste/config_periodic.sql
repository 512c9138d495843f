-- title: Configuration recorded too often
-- purpose: Accounts where recording every change of configuration costs more than recording each resource once a day.
-- grain: account and region
-- resource: group
-- provider: AWS
-- area: Management
-- rule: Daily recording at {price_a_day} USD a changed resource and day would save more than {min_percent} %
-- when: saved_percent > $min_percent
-- param min_percent (number, cautious: 20, default: 0, aggressive: 0, unit: %, range: 0..80): A saving above this share
--   is reported
-- param price_a_day (number, default: 0.012, unit: USD, range: 0.003..0.05): Price of one daily record of a resource
--   (CUDOS, 2026-10)
-- column saved_percent (number, %): Saving as a share of the cost of recording
-- column cost (money, currency): Effective cost of continuous recording in 30 days
-- column items (number, items): Configuration items recorded in 30 days
-- column resource_days (integer): Different resources recorded a day, summed over 30 days
-- column daily_cost (number, USD): What daily recording would cost
-- saving: Cost of continuous recording less {price_a_day} USD for each resource on each day it changed
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 55
-- remedy: Ask the security team which types must be recorded at once | Config > Settings > Recording method: daily,
--   with continuous recording for those types | Leave out short-lived types such as network interfaces
-- cli: aws configservice describe-configuration-recorders --region {region}
-- source: Price of daily recording as in the AWS Cloud Intelligence Dashboards (CUDOS), 2026-10; resources are counted
--   a day because a daily record is billed for each resource that changed
-- history: bill
WITH seen AS (
  SELECT sub_account_id, region_id, billing_currency, charge_date, resource_id,
    meter IS NULL AND charge_description IS NULL AS untold,
    COALESCE(consumed_quantity, pricing_quantity) AS quantity, effective_cost, billed_cost, contracted_cost, list_cost
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'aws ?config')
    AND ((meter IS NULL AND charge_description IS NULL)
      OR (regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
          'configurationitemrecorded|configuration items? recorded')
        AND NOT regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
          'daily|periodic')))
),
days AS (
  SELECT sub_account_id, region_id, billing_currency, charge_date, COUNT(DISTINCT resource_id) AS resources,
    SUM(CASE WHEN resource_id IS NULL OR untold THEN 1 ELSE 0 END) AS unknown, SUM(quantity) AS items,
    SUM(effective_cost) AS cost, SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted,
      SUM(list_cost) AS base_list
  FROM seen
  GROUP BY sub_account_id, region_id, billing_currency, charge_date
),
sums AS (
  SELECT sub_account_id AS account, region_id AS region, billing_currency AS currency, SUM(unknown) AS unknown,
    CAST(SUM(resources) AS BIGINT) AS resource_days, SUM(items) AS items, SUM(cost) AS cost,
      SUM(base_billed) AS base_billed,
    SUM(base_contracted) AS base_contracted, SUM(base_list) AS base_list
  FROM days
  GROUP BY sub_account_id, region_id, billing_currency
),
shares AS (
  SELECT *, resource_days * CAST($price_a_day AS DOUBLE) AS daily_cost,
    100.0 * (CAST(cost AS DOUBLE) - resource_days * CAST($price_a_day AS DOUBLE)) / NULLIF(CAST(cost AS DOUBLE), 0)
      AS saved_percent
  FROM sums
)
SELECT COALESCE(account, 'unknown') || ' in ' || COALESCE(region, 'unknown region') || ' (' || currency || ')'
  AS subject, account, region,
  CASE WHEN unknown > 0 OR currency <> 'USD' OR saved_percent IS NULL THEN 'cannot tell'
    WHEN saved_percent > $min_percent THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN unknown > 0 THEN 'needs resource ids on the lines of recorded items'
    WHEN currency <> 'USD' THEN 'needs a bill in USD: the price of a daily record is in USD'
    WHEN saved_percent IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  saved_percent, cost, items, resource_days, daily_cost,
  CAST(0.5 * saved_percent / 100 AS DOUBLE) AS share_low, CAST(saved_percent / 100 AS DOUBLE) AS share,
  CAST(saved_percent / 100 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM shares
