-- title: Infrequent access used often
-- purpose: Buckets where reading or deleting data of an infrequent-access class costs more than the class saves.
-- grain: bucket with an infrequent-access class
-- resource: bill
-- provider: AWS
-- area: Object storage
-- rule: Retrievals, early deletions and requests cost more than {max_percent} % of what the class saves
-- when: penalty_cost > limit_cost
-- param max_percent (number, cautious: 150, default: 100, aggressive: 0, unit: %, range: 0..300): Fees above this share
--   of the saving of the class are reported
-- param standard_gain (number, default: 84, unit: %, range: 20..150): Standard storage is dearer than infrequent access
--   by this (0.023 and 0.0125 USD a GB and month, us-east-1, 2026-10)
-- column penalty_cost (money, currency): Retrievals, early deletions and requests of 30 days
-- column limit_cost (number, currency): Fees that are reported from here on
-- column tier_saving (number, currency): What standard storage would have cost more
-- column storage_cost (money, currency): Infrequent-access storage of 30 days
-- saving: The fees less what the class saves
-- kind: saving
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 70
-- conflict: bucket 7
-- remedy: Find what reads the data, with server access logs or Storage Lens | Move it back to the standard class or to
--   Intelligent-Tiering |
--   Let the lifecycle rule wait longer
-- cli: aws s3api get-bucket-lifecycle-configuration --bucket {resource_id}
-- source: AWS Cloud Intelligence Dashboards (CUDOS) list these fees; fees above the saving of the class; the cautious
--   share is our own choice, 2026-10
-- history: bill
WITH seen AS (
  SELECT *, meter IS NULL AS untold,
    regexp_matches(COALESCE(meter, ''), '(EarlyDelete|Retrieval|Requests)-(SIA|ZIA)') AS penalty,
    regexp_matches(COALESCE(meter, ''), 'TimedStorage-(SIA|ZIA)') AS stored
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 's3|simple storage service')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Buckets of ' || COALESCE(sub_account_id, 'unknown account')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(CASE WHEN penalty THEN effective_cost ELSE 0 END) AS penalty_cost,
    SUM(CASE WHEN stored THEN effective_cost ELSE 0 END) AS storage_cost,
    SUM(CASE WHEN penalty THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN penalty THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN penalty THEN list_cost END) AS base_list
  FROM seen
  WHERE untold OR penalty OR stored
  GROUP BY 1, sub_account_id, untold, billing_currency
),
tiers AS (
  SELECT *, CAST(storage_cost AS DOUBLE) * $standard_gain / 100.0 AS tier_saving FROM sums
)
SELECT subject, account, region,
  CASE WHEN untold OR penalty_cost IS NULL OR tier_saving IS NULL THEN 'cannot tell'
    WHEN CAST(penalty_cost AS DOUBLE) > tier_saving * $max_percent / 100.0 THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs a usage type or SKU meter of its lines'
    WHEN penalty_cost IS NULL OR tier_saving IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  penalty_cost, tier_saving * $max_percent / 100.0 AS limit_cost, tier_saving, storage_cost,
  CAST(0.5 * (1.0 - tier_saving / NULLIF(CAST(penalty_cost AS DOUBLE), 0)) AS DOUBLE) AS share_low,
  CAST(1.0 - tier_saving / NULLIF(CAST(penalty_cost AS DOUBLE), 0) AS DOUBLE) AS share,
  CAST(1.0 - tier_saving / NULLIF(CAST(penalty_cost AS DOUBLE), 0) AS DOUBLE) AS share_high,
  currency, base_billed, penalty_cost AS base_effective, base_contracted, base_list
FROM tiers
