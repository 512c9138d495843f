-- title: Orphaned snapshot
-- purpose: A snapshot whose volume does not exist any more.
-- grain: snapshot
-- resource: snapshots
-- provider: any
-- area: Block storage
-- rule: No volume of its account has the id of its source, and it is known to be {min_age} days old or more
-- when: source_exists = false; age_days >= $min_age
-- param min_age (integer, cautious: 30, default: 0, aggressive: 0, unit: days, range: 0..365):
--   Age before it is reported
-- column source_exists (boolean): Whether its volume is in the inventory and not deleted
-- column source_volume_id (text): Its volume
-- column age_days (integer, days): Days since it was made; 0 where that is not known
-- column size_gib (integer, GiB): Size of the volume when it was made
-- column retention_policy (text): Rule that keeps it
-- saving: All that the snapshot costs; low: others of the chain keep most of its blocks
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: snapshot 1
-- remedy: Look whether an image or a backup plan uses it | Ask the owner whether the data is kept on purpose | Delete
--   the snapshot
-- cli: aws ec2 delete-snapshot --snapshot-id {resource_id} --region {region}
-- source: Requirement 002 (orphaned snapshot); 30 days is our own choice, 2026-10
-- history: inventory
-- requires snapshots: id, account_id, source_volume_id, created_at, size_gib, retention_policy
-- requires volumes: volume_id, account_id, state
-- needs rows: snapshots, volumes
-- needs values: snapshots.source_volume_id
SELECT id AS subject, account_id AS account,
  CASE WHEN source_volume_id IS NULL THEN 'cannot tell'
    WHEN source_exists THEN 'passed'
    WHEN $min_age > 0 AND created_at IS NULL THEN 'cannot tell'
    WHEN age_days >= $min_age THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN source_volume_id IS NULL THEN 'needs source_volume_id: its volume is not known'
    WHEN NOT source_exists AND $min_age > 0 AND created_at IS NULL THEN 'needs created_at' END AS reason,
  source_exists, source_volume_id, age_days, size_gib, retention_policy,
  CAST(0.3 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM (
  SELECT s.id, s.account_id, s.source_volume_id, s.created_at, s.size_gib, s.retention_policy,
    v.volume_id IS NOT NULL AS source_exists,
    COALESCE(CAST(CAST($as_of AS DATE) + 1 - CAST(s.created_at AS DATE) AS BIGINT), 0) AS age_days
  FROM snapshots AS s
  LEFT JOIN (
    SELECT DISTINCT volume_id, account_id FROM volumes WHERE state IS NULL OR state <> 'deleted'
  ) AS v ON v.volume_id = s.source_volume_id AND v.account_id = s.account_id
) AS held
