-- title: Machine with low peaks
-- purpose: A running machine of Google Cloud whose CPU stays low even at its peak.
-- grain: running machine
-- resource: instances
-- provider: Google Cloud
-- area: Compute
-- rule: It runs, and the mean of its daily CPU peaks in the last {window_days} days is below {max_peak} %
-- when: mean_peak < $max_peak
-- param max_peak (number, cautious: 5, default: 20, aggressive: 35, unit: %, range: 1..50):
--   Mean daily peak below this is idle
-- param window_days (integer, default: 14, unit: days, range: 2..90): Days looked at
-- column mean_peak (number, %): Mean of the daily CPU peaks
-- column days_measured (integer, days): Days with the metric
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column instance_type (text): Size
-- saving: All that the machine costs; low: half, when it is only made smaller
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 60
-- conflict: machine 3
-- remedy: Ask the owner what it is for | Stop it and wait two weeks | Take a last snapshot of its disks, then delete it
-- cli: gcloud compute instances stop {resource_id} --zone {region}
-- source: GCP Thrifty (20 and 35 % of daily peaks); 5 % over 14 days: getnable finopsmcp, 2026-10
-- history: metrics
-- metric: cpu_max
-- requires instances: id, account_id, instance_id, provider, state, avg_cpu_7d, instance_type
-- needs rows: instances
SELECT i.id AS subject, i.account_id AS account,
  CASE WHEN COALESCE(m.days, 0) < CEIL(0.8 * $window_days) THEN 'cannot tell'
    WHEN m.mean_peak < $max_peak THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN COALESCE(m.days, 0) < CEIL(0.8 * $window_days)
    THEN 'needs ' || CAST(CAST(CEIL(0.8 * $window_days) AS INTEGER) AS VARCHAR) || ' days of cpu_max' END AS reason,
  m.mean_peak, COALESCE(m.days, 0) AS days_measured, i.avg_cpu_7d, i.instance_type,
  CAST(0.5 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM instances AS i
LEFT JOIN (
  SELECT resource_id, account_id AS owner, AVG(cpu_max) AS mean_peak, CAST(COUNT(cpu_max) AS BIGINT) AS days
  FROM metric_days
  WHERE resource_type = 'instances' AND date > CAST($as_of AS DATE) - CAST($window_days AS INTEGER)
  GROUP BY resource_id, account_id
) AS m ON m.resource_id = i.instance_id AND m.owner = i.account_id
WHERE i.provider = 'Google Cloud' AND i.state = 'running'
