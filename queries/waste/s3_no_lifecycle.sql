-- title: Bucket without lifecycle rules
-- purpose: A bucket in which nothing is ever moved to a cheaper class or deleted.
-- grain: bucket
-- resource: s3_buckets
-- provider: any
-- area: Object storage
-- rule: No lifecycle rule is in force, and {min_gb} GB or more are known to be stored
-- when: has_rules = false; stored_gb >= $min_gb
-- param min_gb (number, cautious: 100, default: 0, aggressive: 0, unit: GB, range: 0..1000):
--   Stored data from which a rule is worth it
-- param saved_share (number, default: 40, unit: %, range: 5..80):
--   Share of the storage cost that a rule is expected to save
-- column has_rules (boolean): Whether any rule is in force
-- column stored_gb (number, GB): Stored on the newest day; 0 where not known
-- column storage_percent (number, %): Share of storage in the list cost of storage and requests of 30 days
-- saving: A share of its storage cost; high: 80 %; low: nothing, when all of it is read and kept
-- kind: saving
-- risk: low
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 50
-- conflict: bucket 11
-- remedy: Ask the owner how long the data is needed and how soon it is read no more | Add rules: cheaper class after 90
--   days, expiry, old versions, unfinished uploads after 7 days
-- cli: aws s3api put-bucket-lifecycle-configuration --bucket {resource_id} --lifecycle-configuration file://rules.json
-- source: Requirement 002 (no lifecycle policy; 40 to 80 % of storage cost); 100 GB is our own choice, 2026-10
-- history: inventory
-- requires s3_buckets: id, account_id, lifecycle_policy
-- requires s3_bucket_usage_daily: bucket_id, date, storage_gb_standard, storage_gb_ia, storage_gb_glacier,
--   estimated_storage_cost, estimated_request_cost
-- needs rows: s3_buckets
WITH newest AS (SELECT MAX(date) AS day FROM s3_bucket_usage_daily WHERE date <= CAST($as_of AS DATE)),
used AS (
  SELECT u.bucket_id, SUM(CAST(u.estimated_storage_cost AS DOUBLE)) AS storage,
    SUM(CAST(COALESCE(u.estimated_request_cost, 0) AS DOUBLE)) AS requests,
    MAX(CASE WHEN u.date = n.day THEN COALESCE(u.storage_gb_standard, 0) + COALESCE(u.storage_gb_ia, 0)
      + COALESCE(u.storage_gb_glacier, 0) END) AS gb
  FROM s3_bucket_usage_daily AS u CROSS JOIN newest AS n
  WHERE u.date > n.day - 30 AND u.date <= n.day
  GROUP BY u.bucket_id
),
held AS (
  SELECT b.id, b.account_id, REPLACE(CAST(b.lifecycle_policy AS VARCHAR), ' ', '') AS policy, u.gb,
    u.storage / NULLIF(u.storage + u.requests, 0) AS storage_share
  FROM s3_buckets AS b LEFT JOIN used AS u ON u.bucket_id = b.id
),
told AS (
  SELECT *, NOT (policy IS NULL OR policy IN ('null', '{}', '[]', '""', '{"Rules":null}', '{"Rules":[]}',
    '{"rules":[]}', '{"rule":[]}')
      OR (strpos(policy, '"Status":"Disabled"') > 0 AND strpos(policy, '"Status":"Enabled"') = 0)) AS has_rules
  FROM held
)
SELECT id AS subject, account_id AS account,
  CASE WHEN has_rules THEN 'passed'
    WHEN $min_gb > 0 AND gb IS NULL THEN 'cannot tell'
    WHEN COALESCE(gb, 0) >= $min_gb THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN NOT has_rules AND $min_gb > 0 AND gb IS NULL
    THEN 'needs s3_bucket_usage_daily: how much is stored is not known' END AS reason,
  has_rules, COALESCE(gb, 0.0) AS stored_gb, 100.0 * storage_share AS storage_percent,
  CAST(0.0 AS DOUBLE) AS share_low, COALESCE(storage_share, 1.0) * $saved_share / CAST(100.0 AS DOUBLE) AS share,
  COALESCE(storage_share, 1.0) * CAST(0.8 AS DOUBLE) AS share_high
FROM told
