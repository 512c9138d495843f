-- title: Several snapshots a day
-- purpose: More copies of one volume on one day than are needed.
-- grain: snapshot with a known source and day
-- resource: snapshots
-- provider: any
-- area: Block storage
-- rule: {keep} newer snapshots of the same volume are of the same day
-- when: place > $keep
-- param keep (integer, cautious: 4, default: 1, aggressive: 1, unit: snapshots/day, range: 1..24):
--   Newest snapshots of a day and volume that are kept
-- column place (integer): Its place among those of the day, newest first
-- column copies (integer, snapshots): Snapshots of the volume on the day
-- column source_volume_id (text): Its volume
-- column created_at (time): When it was made
-- column size_gib (integer, GiB): Size of the volume when it was made
-- column retention_policy (text): Rule that keeps it
-- saving: All that the snapshot costs; low: only the blocks no other snapshot of the volume has are freed
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 70
-- conflict: snapshot 2
-- remedy: Look whether an hourly rule makes them on purpose | Delete all but the newest of the day | Change the
--   lifecycle rule
-- cli: aws ec2 delete-snapshot --snapshot-id {resource_id} --region {region}
-- source: Requirement 002 (multiple per day); four a day is our own choice, 2026-10
-- history: dates
-- requires snapshots: id, account_id, source_volume_id, created_at, size_gib, retention_policy
-- needs rows: snapshots
-- needs values: snapshots.source_volume_id, snapshots.created_at
SELECT id AS subject, account_id AS account,
  CASE WHEN source_volume_id IS NULL OR created_at IS NULL THEN 'cannot tell'
    WHEN place > $keep THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN source_volume_id IS NULL THEN 'needs source_volume_id: its volume is not known'
    WHEN created_at IS NULL THEN 'needs created_at' END AS reason,
  place, copies, source_volume_id, created_at, size_gib, retention_policy,
  CAST(0.3 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM (
  SELECT id, account_id, source_volume_id, created_at, size_gib, retention_policy,
    CAST(ROW_NUMBER() OVER (PARTITION BY account_id, source_volume_id, CAST(created_at AS DATE)
      ORDER BY created_at DESC, id) AS BIGINT) AS place,
    CAST(COUNT(*) OVER (PARTITION BY account_id, source_volume_id, CAST(created_at AS DATE)) AS BIGINT) AS copies
  FROM snapshots
  WHERE created_at IS NULL OR created_at < CAST($now AS TIMESTAMP)
) AS held
