-- title: Requests dearer than storage
-- purpose: Buckets whose requests cost more than the data in them: many small objects, or lists read over and over.
-- grain: bucket with billed requests
-- resource: bill
-- provider: AWS
-- area: Object storage
-- rule: Requests cost more than {min_cost} in 30 days and more than {max_ratio} times the storage
-- when: request_cost > limit_cost; request_cost > $min_cost
-- param max_ratio (number, cautious: 2, default: 1, aggressive: 0.5, unit: times, range: 0.1..5): Requests above so
--   many times the cost of storage are reported
-- param min_cost (number, cautious: 10, default: 1, aggressive: 1, unit: currency, range: 0..50): Requests of 30 days
--   below this cost are left alone
-- column request_cost (money, currency): Effective cost of requests in 30 days
-- column storage_cost (money, currency): Effective cost of storage in 30 days
-- column limit_cost (number, currency): Requests are reported from here on
-- column list_percent (number, %): Share of list operations among the requests
-- saving: Cost of requests above {max_ratio} times the storage; the remedy is fewer and larger requests, not deletion
-- kind: review
-- risk: low
-- effort: high
-- restart: no
-- reversible: yes
-- confidence: 40
-- conflict: bucket 11
-- remedy: Find the program that sends the requests, with Storage Lens or server access logs | Write larger objects, in
--   batches |
--   Keep a list of keys instead of listing the bucket | Put a cache before it
-- cli: aws s3api get-bucket-logging --bucket {resource_id}
-- source: AWS Cloud Intelligence Dashboards (CUDOS) show this ratio, OptimNow the share of lists; limits are our own
--   choice, 2026-10
-- history: bill
-- needs values: charges.resource_id
WITH seen AS (
  SELECT *,
    regexp_matches(lower(COALESCE(meter, '')), 'timedstorage') OR regexp_matches(COALESCE(x_operation, ''), 'Storage$')
      AS stored,
    regexp_matches(lower(COALESCE(meter, '')), 'requests')
      OR lower(COALESCE(consumed_unit, pricing_unit, '')) LIKE '%requests'
      AS request
  FROM lines30
  WHERE charge_category = 'Usage' AND resource_id IS NOT NULL
    AND regexp_matches(lower(service_name), 's3|simple storage service')
),
sums AS (
  SELECT resource_id AS subject, sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency,
    SUM(CASE WHEN request THEN effective_cost END) AS request_cost,
    SUM(CASE WHEN stored THEN effective_cost END) AS storage_cost,
    100.0 * SUM(CASE WHEN request AND starts_with(x_operation, 'List')
      THEN COALESCE(consumed_quantity, pricing_quantity) END)
      / NULLIF(SUM(CASE WHEN request AND x_operation IS NOT NULL
        THEN COALESCE(consumed_quantity, pricing_quantity) END), 0)
      AS list_percent,
    SUM(CASE WHEN request THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN request THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN request THEN list_cost END) AS base_list
  FROM seen
  GROUP BY resource_id, sub_account_id, billing_currency
  HAVING SUM(CASE WHEN request THEN 1 ELSE 0 END) > 0
),
limits AS (
  SELECT *, CAST(storage_cost AS DOUBLE) * $max_ratio AS limit_cost FROM sums
)
SELECT subject, account, region,
  CASE WHEN CAST(request_cost AS DOUBLE) <= $min_cost THEN 'passed'
    WHEN limit_cost IS NULL OR request_cost IS NULL THEN 'cannot tell'
    WHEN CAST(request_cost AS DOUBLE) > limit_cost THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN CAST(request_cost AS DOUBLE) <= $min_cost THEN NULL
    WHEN limit_cost IS NULL OR request_cost IS NULL THEN 'needs lines of its storage beside those of its requests' END
      AS reason,
  request_cost, storage_cost, limit_cost, list_percent,
  CAST(0.5 * (1.0 - limit_cost / NULLIF(CAST(request_cost AS DOUBLE), 0)) AS DOUBLE) AS share_low,
  CAST(1.0 - limit_cost / NULLIF(CAST(request_cost AS DOUBLE), 0) AS DOUBLE) AS share,
  CAST(1.0 - limit_cost / NULLIF(CAST(request_cost AS DOUBLE), 0) AS DOUBLE) AS share_high,
  currency, base_billed, request_cost AS base_effective, base_contracted, base_list
FROM limits
