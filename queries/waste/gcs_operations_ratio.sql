-- title: Bucket pays for operations
-- purpose: Buckets where operations are a large part of the cost: many small objects, lists and checks.
-- grain: bucket of Google Cloud
-- resource: bill
-- provider: Google Cloud
-- area: Object storage
-- rule: Operations cost {min_cost} or more in 30 days and are more than {max_percent} % of the cost of the bucket
-- when: operation_cost >= $min_cost; operation_percent > $max_percent
-- param min_cost (number, default: 25, unit: currency, range: 1..500): Operations of 30 days from this cost on
-- param max_percent (number, default: 30, unit: %, range: 10..80): Above this share of the cost
-- param healthy_percent (number, default: 15, unit: %, range: 1..30): Share that is usual
-- column operation_percent (number, %): Share of operations
-- column operation_cost (money, currency): Effective cost of operations in 30 days
-- column cost (money, currency): Effective cost of the bucket in 30 days
-- saving: Operations above {healthy_percent} % of the cost; the remedy is fewer operations, not deletion
-- kind: review
-- risk: low
-- effort: high
-- restart: no
-- reversible: yes
-- confidence: 45
-- conflict: bucket 11
-- remedy: Look which operations they are, in the monitoring of the bucket | Write larger objects, list less, cache what
--   is read often |
--   Check that colder classes are not read, where operations cost more
-- cli: gcloud storage buckets describe gs://{resource_id}
-- source: getnable finopsmcp: above 30 % and 25 or more, 15 % usual, 2026-10
-- history: bill
WITH seen AS (
  SELECT *, (meter IS NULL AND charge_description IS NULL) OR resource_id IS NULL AS untold,
    regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
      'operations?( |$|:)|class [ab] ') AS operation
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(provider_name), 'google')
    AND regexp_matches(lower(service_name), 'cloud storage')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Buckets of ' || COALESCE(sub_account_id, 'unknown project') ELSE resource_id END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
      SUM(effective_cost) AS cost,
    SUM(CASE WHEN operation THEN effective_cost ELSE 0 END) AS operation_cost,
    SUM(CASE WHEN operation THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN operation THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN operation THEN list_cost END) AS base_list
  FROM seen
  GROUP BY 1, sub_account_id, untold, billing_currency
),
shares AS (
  SELECT *, 100.0 * CAST(operation_cost AS DOUBLE) / NULLIF(CAST(cost AS DOUBLE), 0) AS operation_percent FROM sums
)
SELECT subject, account, region,
  CASE WHEN untold THEN 'cannot tell'
    WHEN CAST(operation_cost AS DOUBLE) >= $min_cost AND operation_percent > $max_percent THEN 'flagged' ELSE 'passed'
      END AS verdict,
  CASE WHEN untold THEN 'needs resource ids and SKU meters of its lines' END AS reason,
  operation_percent, operation_cost, cost,
  CAST(0.5 * (1.0 - $healthy_percent / NULLIF(operation_percent, 0)) AS DOUBLE) AS share_low,
  CAST(1.0 - $healthy_percent / NULLIF(operation_percent, 0) AS DOUBLE) AS share,
  CAST(1.0 - $healthy_percent / NULLIF(operation_percent, 0) AS DOUBLE) AS share_high,
  currency, base_billed, operation_cost AS base_effective, base_contracted, base_list
FROM shares
