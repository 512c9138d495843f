-- title: Forgotten volume
-- purpose: A volume nobody has read or written for long, attached or not.
-- grain: volume with a known last use
-- resource: volumes
-- provider: any
-- area: Block storage
-- rule: Its last read or write was more than {max_days} days ago
-- when: last_used_at < limit_time
-- param max_days (integer, cautious: 90, default: 30, aggressive: 7, unit: days, range: 1..365):
--   Days without a read or write before it is forgotten
-- column last_used_at (time): Last read or write
-- column limit_time (time): Unused since before this time
-- column days_unused (integer, days): Days since then
-- column state (text): State
-- column volume_type (text): Type
-- column size_gib (integer, GiB): Size
-- saving: All that the volume costs
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 65
-- conflict: volume 3
-- remedy: Ask the owner | Take a snapshot | Detach and delete the volume
-- cli: aws ec2 create-snapshot --volume-id {resource_id} --region {region}
-- source: Requirement 002 (forgotten volume, last use very old); 30 days and the presets are our own choice, 2026-10
-- history: dates
-- metric: disk
-- requires volumes: id, account_id, state, last_used_at, volume_type, size_gib
-- needs rows: volumes
-- needs values: volumes.last_used_at
SELECT id AS subject, account_id AS account,
  CASE WHEN last_used_at IS NULL THEN 'cannot tell'
    WHEN last_used_at < CAST($now AS TIMESTAMP) - CAST($max_days AS INTEGER) * INTERVAL 1 DAY THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN last_used_at IS NULL THEN 'needs last_used_at: when it was used is not known' END AS reason,
  last_used_at, CAST($now AS TIMESTAMP) - CAST($max_days AS INTEGER) * INTERVAL 1 DAY AS limit_time,
  CAST(CAST($as_of AS DATE) + 1 - CAST(last_used_at AS DATE) AS BIGINT) AS days_unused, state, volume_type, size_gib
FROM volumes
WHERE state IS NULL OR state NOT IN ('creating', 'deleting', 'deleted')
