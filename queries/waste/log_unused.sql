-- title: Silent log group
-- purpose: A log group that has taken in nothing for long and still pays for what it stores.
-- grain: log group
-- resource: log_groups
-- provider: any
-- area: Logs
-- rule: Nothing was taken in during the last {window_days} days
-- when: ingested_gb <= 0
-- param window_days (integer, cautious: 90, default: 90, aggressive: 30, unit: days, range: 2..365):
--   Days without a record before it is silent
-- column ingested_gb (number, GB): Taken in during the window
-- column stored_gb (number, GB): Stored on the newest day
-- column days_measured (integer, days): Days known
-- saving: All that the log group costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: logs 1
-- remedy: Ask whether audit or law needs the records | Export them and delete the log group
-- cli: aws logs delete-log-group --log-group-name {resource_id} --region {region}
-- source: Steampipe AWS Thrifty and CloudBurn (90 days); 30 days: AWS Labs CFM tips, 2026-10
-- history: metrics
-- requires log_groups: id, account_id
-- requires log_group_usage_daily: log_group_id, date, ingested_gb, stored_gb
-- needs rows: log_groups, log_group_usage_daily
-- needs values: log_group_usage_daily.ingested_gb
WITH newest AS (SELECT MAX(date) AS day FROM log_group_usage_daily WHERE date <= CAST($as_of AS DATE)),
used AS (
  SELECT u.log_group_id, SUM(u.ingested_gb) AS gb, CAST(COUNT(u.ingested_gb) AS BIGINT) AS days,
    MAX(CASE WHEN u.date = n.day THEN u.stored_gb END) AS stored_gb
  FROM log_group_usage_daily AS u CROSS JOIN newest AS n
  WHERE u.date > n.day - CAST($window_days AS INTEGER) AND u.date <= n.day
  GROUP BY u.log_group_id
)
SELECT g.id AS subject, g.account_id AS account,
  CASE WHEN u.gb > 0 THEN 'passed' WHEN COALESCE(u.days, 0) < CEIL(0.8 * $window_days) THEN 'cannot tell'
    ELSE 'flagged' END AS verdict,
  CASE WHEN u.gb > 0 THEN NULL WHEN COALESCE(u.days, 0) < CEIL(0.8 * $window_days)
    THEN 'needs ' || CAST(CAST(CEIL(0.8 * $window_days) AS INTEGER) AS VARCHAR) || ' days of ingested_gb' END AS reason,
  u.gb AS ingested_gb, u.stored_gb, COALESCE(u.days, 0) AS days_measured
FROM log_groups AS g LEFT JOIN used AS u ON u.log_group_id = g.id
