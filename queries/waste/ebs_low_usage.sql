-- title: Volume hardly used
-- purpose: An attached volume with next to no reads and writes.
-- grain: volume in use
-- resource: volumes
-- provider: any
-- area: Block storage
-- rule: Its reads and writes of the last {window_days} days are {max_ops} a day or fewer in the mean
-- when: mean_ops <= $max_ops
-- param max_ops (number, cautious: 1, default: 100, aggressive: 500, unit: operations/day, range: 0..1000):
--   Mean operations a day up to this are hardly any use
-- param window_days (integer, default: 30, unit: days, range: 2..90): Days looked at
-- column mean_ops (number, operations/day): Mean of reads and writes a day, days without any included
-- column days_measured (integer, days): Days with both figures
-- column volume_type (text): Type
-- column size_gib (integer, GiB): Size
-- saving: All that the volume costs, once it is deleted
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 60
-- conflict: volume 3
-- remedy: Ask the owner what is on it | Take a snapshot | Detach and delete the volume, or move its data to another
-- cli: aws ec2 create-snapshot --volume-id {resource_id} --region {region}
-- source: Steampipe AWS Thrifty (100 and 500 a day over 30 days); 1 a day: AWS Trusted Advisor, 2026-10
-- history: metrics
-- metric: disk
-- requires volumes: id, account_id, volume_id, state, volume_type, size_gib
-- needs rows: volumes
SELECT id AS subject, account_id AS account,
  CASE WHEN COALESCE(days_measured, 0) < CEIL(0.8 * $window_days) THEN 'cannot tell'
    WHEN mean_ops <= $max_ops THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN COALESCE(days_measured, 0) < CEIL(0.8 * $window_days)
    THEN 'needs ' || CAST(CAST(CEIL(0.8 * $window_days) AS INTEGER) AS VARCHAR)
      || ' days of read_ops and write_ops' END AS reason,
  mean_ops, COALESCE(days_measured, 0) AS days_measured, volume_type, size_gib,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM volumes AS v
LEFT JOIN (
  SELECT resource_id, account_id AS owner, AVG(read_ops + write_ops) AS mean_ops,
    CAST(COUNT(read_ops + write_ops) AS BIGINT) AS days_measured
  FROM metric_days
  WHERE resource_type = 'volumes' AND date > CAST($as_of AS DATE) - CAST($window_days AS INTEGER)
  GROUP BY resource_id, account_id
) AS used ON used.resource_id = v.volume_id AND used.owner = v.account_id
WHERE v.state = 'in-use'
