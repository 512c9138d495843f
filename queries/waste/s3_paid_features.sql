-- title: Paid storage features
-- purpose: Fees for inventory lists, storage class analysis, advanced Storage Lens, replication time control and object
--   tags.
-- grain: bucket, or account where the bill names none
-- resource: bill
-- provider: AWS
-- area: Object storage
-- rule: Such fees were more than {min_cost} in 30 days
-- when: cost > $min_cost
-- param min_cost (number, cautious: 10, default: 1, aggressive: 0, unit: currency, range: 0..50): Fees of 30 days above
--   this are reported
-- column cost (money, currency): Effective cost of the fees in 30 days
-- column fees (integer): Different usage types among them
-- column feature (text): First of these usage types, else the operation
-- saving: What the fees cost, if nobody uses what they buy
-- kind: saving
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 50
-- conflict: bucket 11
-- remedy: Ask who reads the inventory lists and dashboards; compliance may need them | Make lists weekly instead of
--   daily |
--   Turn off analysis and time control where nobody relies on it
-- cli: aws s3api list-bucket-inventory-configurations --bucket {resource_id}
-- source: AWS Cloud Intelligence Dashboards (CUDOS) and OptimNow list these fees; limits of the presets are our own
--   choice, 2026-10
-- history: bill
WITH seen AS (
  SELECT *,
    meter IS NULL AND x_operation IS NULL AND charge_description IS NULL AS untold,
    COALESCE(x_operation, '') IN ('Inventory', 'S3.STORAGE_CLASS_ANALYSIS.OBJECT')
      OR regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
        'storagelens|storage lens|tagstorage|s3rtc|replication time control|inventory-objectslisted|storageanalytics')
          AS hit
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 's3|simple storage service')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Storage features of ' || COALESCE(sub_account_id, 'unknown account')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(effective_cost) AS cost, MIN(COALESCE(meter, x_operation)) AS feature,
    CAST(COUNT(DISTINCT COALESCE(meter, x_operation)) AS BIGINT) AS fees,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  WHERE untold OR hit
  GROUP BY 1, sub_account_id, untold, billing_currency
)
SELECT subject, account, region,
  CASE WHEN untold OR cost IS NULL THEN 'cannot tell' WHEN CAST(cost AS DOUBLE) > $min_cost THEN 'flagged'
    ELSE 'passed' END
    AS verdict,
  CASE WHEN untold THEN 'needs a usage type or operation of its lines' WHEN cost IS NULL
    THEN 'needs effective_cost of its lines' END
    AS reason,
  cost, fees, feature, CAST(0.0 AS DOUBLE) AS share_low, CAST(0.5 AS DOUBLE) AS share,
    CAST(1.0 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
