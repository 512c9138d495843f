-- title: Unattached managed disk
-- purpose: A managed disk of Azure that no machine uses.
-- grain: managed disk
-- resource: volumes
-- provider: Azure
-- area: Block storage
-- rule: It is attached to nothing, and known to be unused for {min_days_unused} days or more
-- when: state = available; days_unused >= $min_days_unused
-- param min_days_unused (integer, cautious: 30, default: 0, aggressive: 0, unit: days, range: 0..90):
--   Days without a read or write before it is reported
-- column state (text): State
-- column days_unused (integer, days): Days it is known to be unused; 0 where the last use is not known
-- column volume_type (text): Type
-- column size_gib (integer, GiB): Size
-- saving: All that the disk costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: volume 1
-- remedy: Ask the owner: site recovery and Kubernetes keep such disks on purpose | Take a snapshot on standard storage
--   | Delete the disk
-- cli: az disk delete --ids {resource_id}
-- source: Microsoft FinOps hubs and Azure Thrifty report it at once; 30 days: Vantage and Azure Optimization Engine,
--   2026-10
-- history: inventory
-- requires volumes: id, account_id, provider, state, last_used_at, volume_type, size_gib
-- needs rows: volumes
SELECT id AS subject, account_id AS account,
  CASE WHEN state IS NULL THEN 'cannot tell' WHEN state <> 'available' THEN 'passed'
    WHEN $min_days_unused > 0 AND last_used_at IS NULL THEN 'cannot tell'
    WHEN days_unused >= $min_days_unused THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN state IS NULL THEN 'needs state'
    WHEN state = 'available' AND $min_days_unused > 0 AND last_used_at IS NULL
      THEN 'needs last_used_at: how long it is unattached is not known' END AS reason,
  state, days_unused, volume_type, size_gib
FROM (
  SELECT *, COALESCE(CAST(CAST($as_of AS DATE) + 1 - CAST(last_used_at AS DATE) AS BIGINT), 0) AS days_unused
  FROM volumes
  WHERE (state IN ('available', 'in-use') OR state IS NULL) AND provider = 'Microsoft'
) AS held
