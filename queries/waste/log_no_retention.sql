-- title: Logs kept for ever
-- purpose: A log group whose records are never deleted.
-- grain: log group
-- resource: log_groups
-- provider: any
-- area: Logs
-- rule: No retention is set, or one of more than {max_days} days, and {min_gb} GB or more are known to be stored
-- when: retention_days is null or retention_days > $max_days; stored_gb >= $min_gb
-- param min_gb (number, cautious: 1, default: 0, aggressive: 0, unit: GB, range: 0..100):
--   Stored logs from which it is worth it
-- param max_days (integer, cautious: 3653, default: 3653, aggressive: 365, unit: days, range: 30..3653):
--   Retention above this is as good as none; 3,653 is the longest
-- param prod_days (integer, default: 90, unit: days, range: 7..400):
--   Days to keep in production and where the environment is unknown
-- param staging_days (integer, default: 14, unit: days, range: 1..90): Days to keep in staging
-- param dev_days (integer, default: 7, unit: days, range: 1..90): Days to keep in dev and preview
-- column retention_days (integer, days): Days kept; empty means for ever
-- column stored_gb (number, GB): Stored on the newest day; 0 where not known
-- column keep_days (integer, days): Days to keep
-- column storage_percent (number, %): Share of storage in the list cost of 30 days
-- column env (text): Environment
-- saving: Its storage cost times the share of it that is older than the days to keep; half of its cost where its use is
--   not known; high: all of its storage, or 90 %
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 70
-- conflict: logs 3
-- remedy: Ask whether audit or law needs the records | Set a retention: production 30 to 90 days, staging 14, dev 7
-- cli: aws logs put-retention-policy --log-group-name {resource_id} --retention-in-days {keep_days} --region {region}
-- source: Requirement 002 (infinite retention; days to keep; 50 to 90 % of log cost); above 365 days: AWS Labs CFM
--   tips; 1 GB is our own choice, 2026-10
-- history: inventory
-- requires log_groups: id, account_id, env, retention_days
-- requires log_group_usage_daily: log_group_id, date, ingested_gb, stored_gb, estimated_ingestion_cost,
--   estimated_storage_cost
-- needs rows: log_groups
WITH newest AS (SELECT MAX(date) AS day FROM log_group_usage_daily WHERE date <= CAST($as_of AS DATE)),
used AS (
  SELECT u.log_group_id, SUM(CAST(u.estimated_storage_cost AS DOUBLE)) AS storage,
    SUM(CAST(COALESCE(u.estimated_ingestion_cost, 0) AS DOUBLE)) AS ingestion, AVG(u.ingested_gb) AS daily_gb,
    MAX(CASE WHEN u.date = n.day THEN u.stored_gb END) AS stored_gb
  FROM log_group_usage_daily AS u CROSS JOIN newest AS n
  WHERE u.date > n.day - 30 AND u.date <= n.day
  GROUP BY u.log_group_id
),
held AS (
  SELECT g.id, g.account_id, g.env, g.retention_days, u.stored_gb, u.daily_gb,
    u.storage / NULLIF(u.storage + u.ingestion, 0) AS storage_share,
    CAST(CASE WHEN g.env IN ('dev', 'preview') THEN $dev_days WHEN g.env = 'staging' THEN $staging_days
      ELSE $prod_days END AS BIGINT) AS keep_days
  FROM log_groups AS g LEFT JOIN used AS u ON u.log_group_id = g.id
),
freed AS (
  SELECT *, storage_share * GREATEST(1.0 - keep_days * daily_gb / NULLIF(stored_gb, 0), 0.0) AS old_share FROM held
)
SELECT id AS subject, account_id AS account,
  CASE WHEN retention_days <= $max_days THEN 'passed'
    WHEN $min_gb > 0 AND stored_gb IS NULL THEN 'cannot tell'
    WHEN COALESCE(stored_gb, 0) >= $min_gb THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN (retention_days IS NULL OR retention_days > $max_days) AND $min_gb > 0 AND stored_gb IS NULL
    THEN 'needs log_group_usage_daily: how much is stored is not known' END AS reason,
  retention_days, COALESCE(stored_gb, 0.0) AS stored_gb, keep_days, 100.0 * storage_share AS storage_percent, env,
  COALESCE(0.5 * old_share, 0.0) AS share_low, COALESCE(old_share, 0.5) AS share,
  COALESCE(storage_share, 0.9) AS share_high
FROM freed
