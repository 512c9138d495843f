-- title: Snapshot old or on premium storage
-- purpose: A snapshot of Azure kept for longer than backups usually are, or on premium storage.
-- grain: snapshot
-- resource: snapshots
-- provider: Azure
-- area: Block storage
-- rule: It was made more than {max_age} days ago, or is on premium storage
-- when: created_at < limit_time or premium = true
-- param max_age (integer, cautious: 90, default: 30, aggressive: 30, unit: days, range: 7..730):
--   Age above which it is old
-- column created_at (time): When it was made
-- column limit_time (time): Old when made before this time
-- column premium (boolean): Whether it is on premium storage
-- column size_gib (integer, GiB): Size
-- saving: All that the snapshot costs; low: only the blocks no other snapshot has are freed; a younger one on premium
--   storage: 60 %, the difference to standard
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 55
-- conflict: snapshot 3
-- remedy: Look for a law or a backup plan that needs it | Delete it, or copy it to standard storage | Keep 7 daily, 4
--   weekly and 12 monthly copies by a rule
-- cli: az snapshot delete --ids {resource_id}
-- source: Microsoft FinOps toolkit workbook (30 days), Azure Thrifty (90 days, premium storage), 2026-10
-- history: dates
-- requires snapshots: id, account_id, provider, created_at, size_gib, provider_attributes
-- needs rows: snapshots
SELECT id AS subject, account_id AS account,
  CASE WHEN premium OR created_at < limit_time THEN 'flagged' WHEN created_at IS NULL THEN 'cannot tell'
    ELSE 'passed' END AS verdict,
  CASE WHEN created_at IS NULL AND NOT premium THEN 'needs created_at: its age is not known' END AS reason,
  created_at, limit_time, premium, size_gib,
  CAST(0.3 AS DOUBLE) AS share_low, CAST(CASE WHEN created_at < limit_time THEN 1.0 ELSE 0.6 END AS DOUBLE) AS share,
    CAST(CASE WHEN created_at < limit_time THEN 1.0 ELSE 0.6 END AS DOUBLE) AS share_high
FROM (
  SELECT *, CAST($now AS TIMESTAMP) - CAST($max_age AS INTEGER) * INTERVAL 1 DAY AS limit_time,
    LOWER(COALESCE(json_extract_string(provider_attributes, '/sku'), '')) LIKE 'premium%' AS premium
  FROM snapshots
  WHERE provider = 'Microsoft' AND (created_at IS NULL OR created_at < CAST($now AS TIMESTAMP))
) AS held
