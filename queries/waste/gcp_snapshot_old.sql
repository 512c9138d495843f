-- title: Old snapshot of Google Cloud
-- purpose: A snapshot of Google Cloud kept for longer than backups usually are.
-- grain: snapshot
-- resource: snapshots
-- provider: Google Cloud
-- area: Block storage
-- rule: It was made more than {max_age} days ago
-- when: created_at < limit_time
-- param max_age (integer, cautious: 90, default: 30, aggressive: 30, unit: days, range: 7..730):
--   Age above which it is old
-- column created_at (time): When it was made
-- column limit_time (time): Old when made before this time
-- column size_gib (integer, GiB): Size
-- saving: All that the snapshot costs; low: only the blocks no other snapshot has are freed
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 55
-- conflict: snapshot 3
-- remedy: Look for a law or a backup plan that needs it | Delete it | Keep 7 daily, 4 weekly and 12 monthly copies by a
--   rule
-- cli: gcloud compute snapshots delete {resource_id}
-- source: getnable finopsmcp (30 days); GCP Thrifty (90 days), 2026-10
-- history: dates
-- requires snapshots: id, account_id, provider, created_at, size_gib
-- needs rows: snapshots
SELECT id AS subject, account_id AS account,
  CASE WHEN created_at < limit_time THEN 'flagged' WHEN created_at IS NULL THEN 'cannot tell'
    ELSE 'passed' END AS verdict,
  CASE WHEN created_at IS NULL THEN 'needs created_at: its age is not known' END AS reason,
  created_at, limit_time, size_gib,
  CAST(0.3 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM (
  SELECT *, CAST($now AS TIMESTAMP) - CAST($max_age AS INTEGER) * INTERVAL 1 DAY AS limit_time
  FROM snapshots
  WHERE provider = 'Google Cloud' AND (created_at IS NULL OR created_at < CAST($now AS TIMESTAMP))
) AS held
