-- title: Old snapshot
-- purpose: A snapshot kept for longer than backups usually are.
-- grain: snapshot
-- resource: snapshots
-- provider: any
-- area: Block storage
-- rule: It was made more than {max_age} days ago
-- when: created_at < limit_time
-- param max_age (integer, cautious: 365, default: 90, aggressive: 30, unit: days, range: 7..730):
--   Age above which it is old
-- column created_at (time): When it was made
-- column limit_time (time): Old when made before this time
-- column age_days (integer, days): Days since it was made
-- column size_gib (integer, GiB): Size of the volume when it was made
-- column retention_policy (text): Rule that keeps it
-- saving: All that the snapshot costs; low: only the blocks no other snapshot of the volume has are freed
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 55
-- conflict: snapshot 3
-- remedy: Look for a law, an image or a backup plan that needs it | Move it to the archive tier or delete it | Keep 7
--   daily, 4 weekly and 12 monthly copies by a lifecycle rule
-- cli: aws ec2 delete-snapshot --snapshot-id {resource_id} --region {region}
-- source: Requirement 002 (created months ago); 90 days: Steampipe AWS Thrifty; a year: AWS Cloud Intelligence
--   Dashboards; 30 days: getnable finopsmcp, 2026-10
-- history: dates
-- requires snapshots: id, account_id, provider, created_at, size_gib, retention_policy
-- needs rows: snapshots
-- needs values: snapshots.created_at
SELECT id AS subject, account_id AS account,
  CASE WHEN created_at IS NULL THEN 'cannot tell'
    WHEN created_at < CAST($now AS TIMESTAMP) - CAST($max_age AS INTEGER) * INTERVAL 1 DAY THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN created_at IS NULL THEN 'needs created_at: its age is not known' END AS reason,
  created_at, CAST($now AS TIMESTAMP) - CAST($max_age AS INTEGER) * INTERVAL 1 DAY AS limit_time,
  CAST(CAST($as_of AS DATE) + 1 - CAST(created_at AS DATE) AS BIGINT) AS age_days, size_gib, retention_policy,
  CAST(0.3 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM snapshots
WHERE provider NOT IN ('Microsoft', 'Google Cloud') AND (created_at IS NULL OR created_at < CAST($now AS TIMESTAMP))
