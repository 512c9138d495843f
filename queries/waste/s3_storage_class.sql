-- title: Cold data in the standard class
-- purpose: Much data in the standard class that is hardly asked for.
-- grain: bucket
-- resource: s3_buckets
-- provider: any
-- area: Object storage
-- rule: In 30 days {min_gb} GB or more of standard storage, and fewer than {max_requests} requests for each GB
-- when: standard_gb >= $min_gb; requests < limit_requests
-- param min_gb (number, cautious: 1000, default: 100, aggressive: 50, unit: GB, range: 10..10000):
--   Mean standard storage from which it is worth it
-- param max_requests (number, cautious: 1, default: 10, aggressive: 50, unit: requests/GB, range: 0.1..100):
--   Requests of 30 days for each GB below which data is cold
-- param min_days (integer, default: 24, unit: days, range: 1..30): Days of the 30 that must be known
-- param standard_price (number, default: 0.023, unit: USD/GB-month, range: 0.01..0.06):
--   Price of standard storage in us-east-1 of 2026-10
-- param infrequent_price (number, default: 0.0125, unit: USD/GB-month, range: 0.005..0.04):
--   Price of infrequent-access storage in us-east-1 of 2026-10
-- param archive_price (number, default: 0.004, unit: USD/GB-month, range: 0.001..0.02):
--   Price of the archive with instant retrieval in us-east-1 of 2026-10
-- column standard_gb (number, GB): Mean standard storage of 30 days
-- column requests (number, requests): Requests of 30 days
-- column limit_requests (number, requests): Cold below this many
-- column days_measured (integer, days): Days known
-- saving: Standard storage times the difference of the two prices; low: 30 % of it, for retrieval, small objects and
--   moving; high: as archive
-- kind: saving
-- risk: low
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 65
-- conflict: bucket 7
-- remedy: Look at the sizes of its objects: below 128 KB nothing is saved | Add a lifecycle rule to infrequent access,
--   or switch on intelligent tiering where access is not known
-- cli: aws s3api put-bucket-lifecycle-configuration --bucket {resource_id} --lifecycle-configuration file://rules.json
-- source: Requirement 002 (cold data in hot storage, prices); 100 GB: OptimNow; requests and presets are our own
--   choice, 2026-10
-- history: metrics
-- requires s3_buckets: id, account_id
-- requires s3_bucket_usage_daily: bucket_id, date, storage_gb_standard, requests_count
-- needs rows: s3_buckets, s3_bucket_usage_daily
-- needs values: s3_bucket_usage_daily.requests_count
WITH newest AS (SELECT MAX(date) AS day FROM s3_bucket_usage_daily WHERE date <= CAST($as_of AS DATE)),
used AS (
  SELECT u.bucket_id, AVG(u.storage_gb_standard) AS standard_gb, CAST(SUM(u.requests_count) AS DOUBLE) AS requests,
    CAST(COUNT(CASE WHEN u.storage_gb_standard IS NOT NULL AND u.requests_count IS NOT NULL
      THEN 1 END) AS BIGINT) AS days
  FROM s3_bucket_usage_daily AS u CROSS JOIN newest AS n
  WHERE u.date > n.day - 30 AND u.date <= n.day
  GROUP BY u.bucket_id
)
SELECT b.id AS subject, b.account_id AS account,
  CASE WHEN COALESCE(u.days, 0) < $min_days THEN 'cannot tell'
    WHEN u.standard_gb >= $min_gb AND u.requests < $max_requests * u.standard_gb THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN COALESCE(u.days, 0) < $min_days
    THEN 'needs ' || CAST($min_days AS VARCHAR) || ' days of storage and requests' END AS reason,
  u.standard_gb, u.requests, $max_requests * u.standard_gb AS limit_requests, COALESCE(u.days, 0) AS days_measured,
  u.standard_gb * CAST($standard_price AS DOUBLE) * CAST(0.3 AS DOUBLE) AS list_low,
  u.standard_gb * (CAST($standard_price AS DOUBLE) - CAST($infrequent_price AS DOUBLE)) AS list,
  u.standard_gb * (CAST($standard_price AS DOUBLE) - CAST($archive_price AS DOUBLE)) AS list_high
FROM s3_buckets AS b LEFT JOIN used AS u ON u.bucket_id = b.id
