-- title: Verbose logs outside production
-- purpose: A log group outside production that takes in much.
-- grain: log group outside production
-- resource: log_groups
-- provider: any
-- area: Logs
-- rule: In dev, staging or preview, and more than {max_gb} GB taken in during the last 30 days
-- when: ingested_gb > $max_gb
-- param max_gb (number, cautious: 30, default: 10, aggressive: 1, unit: GB, range: 0.1..500):
--   Logs of 30 days above this are many
-- param cut (number, default: 50, unit: %, range: 10..90): Share that a higher log level is expected to save
-- column ingested_gb (number, GB): Taken in during 30 days
-- column days_measured (integer, days): Days known
-- column env (text): Environment
-- saving: Half of what taking them in costs at list price; low: a quarter; high: three quarters
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 55
-- conflict: logs 6
-- remedy: Raise the log level from debug | Drop what nobody reads before it is sent
-- source: Requirement 002 (verbose logging); 10 GB and the presets are our own choice, 2026-10
-- history: metrics
-- requires log_groups: id, account_id, env
-- requires log_group_usage_daily: log_group_id, date, ingested_gb, estimated_ingestion_cost
-- needs rows: log_groups, log_group_usage_daily
-- needs values: log_groups.env
WITH newest AS (SELECT MAX(date) AS day FROM log_group_usage_daily WHERE date <= CAST($as_of AS DATE)),
used AS (
  SELECT u.log_group_id, SUM(u.ingested_gb) AS gb, SUM(CAST(u.estimated_ingestion_cost AS DOUBLE)) AS cost,
    CAST(COUNT(u.ingested_gb) AS BIGINT) AS days
  FROM log_group_usage_daily AS u CROSS JOIN newest AS n
  WHERE u.date > n.day - 30 AND u.date <= n.day
  GROUP BY u.log_group_id
)
SELECT g.id AS subject, g.account_id AS account,
  CASE WHEN u.gb > $max_gb AND g.env IS NULL THEN 'cannot tell' WHEN u.gb > $max_gb THEN 'flagged'
    WHEN COALESCE(u.days, 0) < 24 THEN 'cannot tell' ELSE 'passed' END AS verdict,
  CASE WHEN u.gb > $max_gb AND g.env IS NULL THEN 'needs env' WHEN u.gb > $max_gb THEN NULL
    WHEN COALESCE(u.days, 0) < 24 THEN 'needs 24 days of ingested_gb' END AS reason,
  u.gb AS ingested_gb, COALESCE(u.days, 0) AS days_measured, g.env,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(0.4 AS DOUBLE) AS share, CAST(0.7 AS DOUBLE) AS share_high,
  u.cost * 730 / 720 * CAST(0.25 AS DOUBLE) AS list_low, u.cost * 730 / 720 * $cut / CAST(100.0 AS DOUBLE) AS list,
    u.cost * 730 / 720 * CAST(0.75 AS DOUBLE) AS list_high
FROM log_groups AS g LEFT JOIN used AS u ON u.log_group_id = g.id
WHERE g.env IN ('dev', 'staging', 'preview') OR g.env IS NULL
