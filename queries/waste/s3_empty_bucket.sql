-- title: Empty bucket
-- purpose: A bucket that stores nothing.
-- grain: bucket
-- resource: s3_buckets
-- provider: any
-- area: Object storage
-- rule: Nothing is stored in it on the newest day
-- when: stored_gb <= 0
-- column stored_gb (number, GB): Stored on the newest day, all classes
-- saving: None: an empty bucket costs nothing
-- kind: hygiene
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: bucket 11
-- remedy: Ask the owner whether a name or a policy is reserved by it | Delete the bucket
-- cli: aws s3api delete-bucket --bucket {resource_id} --region {region}
-- source: Kulshan, 2026-10
-- history: metrics
-- requires s3_buckets: id, account_id
-- requires s3_bucket_usage_daily: bucket_id, date, storage_gb_standard, storage_gb_ia, storage_gb_glacier
-- needs rows: s3_buckets, s3_bucket_usage_daily
WITH newest AS (SELECT MAX(date) AS day FROM s3_bucket_usage_daily WHERE date <= CAST($as_of AS DATE)),
used AS (
  SELECT u.bucket_id, CASE WHEN MAX(COALESCE(u.storage_gb_standard, u.storage_gb_ia, u.storage_gb_glacier)) IS NOT NULL
    THEN MAX(COALESCE(u.storage_gb_standard, 0) + COALESCE(u.storage_gb_ia, 0) + COALESCE(u.storage_gb_glacier,
      0)) END AS gb
  FROM s3_bucket_usage_daily AS u JOIN newest AS n ON n.day = u.date
  GROUP BY u.bucket_id
)
SELECT b.id AS subject, b.account_id AS account,
  CASE WHEN u.gb IS NULL THEN 'cannot tell' WHEN u.gb <= 0 THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN u.gb IS NULL THEN 'needs s3_bucket_usage_daily: how much is stored is not known' END AS reason,
  u.gb AS stored_gb, CAST(0.0 AS DOUBLE) AS share
FROM s3_buckets AS b LEFT JOIN used AS u ON u.bucket_id = b.id
