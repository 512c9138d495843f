-- title: Machine deallocated for long
-- purpose: A machine of Azure that is deallocated and still pays for its disks.
-- grain: deallocated machine
-- resource: instances
-- provider: Azure
-- area: Compute
-- rule: It is deallocated, and its last activity was more than {max_days} days ago
-- when: days_inactive > $max_days
-- param max_days (integer, cautious: 90, default: 30, aggressive: 7, unit: days, range: 1..365):
--   Days without activity before it is reported
-- column days_inactive (integer, days): Days since its last activity
-- column state (text): State
-- column disks (integer, disks): Disks attached to it
-- column instance_type (text): Size
-- saving: What its disks cost, not the machine
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 60
-- conflict: volume 1
-- remedy: Ask the owner: it may stand by for a disaster | Take snapshots of its disks on standard storage | Delete the
--   machine with its disks
-- cli: az vm delete --ids {resource_id}
-- source: Azure Optimization Engine (30 days); 7 and 90 days are our own choice, 2026-10
-- history: dates
-- requires instances: id, account_id, instance_id, provider, state, last_active_at, instance_type
-- requires volumes: volume_id, account_id, attached_instance_id
-- needs rows: instances
SELECT i.id AS subject, i.account_id AS account,
  CASE WHEN i.days_inactive IS NULL THEN 'cannot tell' WHEN i.days_inactive > $max_days THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN i.days_inactive IS NULL
    THEN 'needs last_active_at: since when it is deallocated is not known' END AS reason,
  i.days_inactive, i.state, COALESCE(v.disks, 0) AS disks, i.instance_type, COALESCE(v.parts, '') AS parts
FROM (
  SELECT *, CAST(CAST($as_of AS DATE) + 1 - CAST(last_active_at AS DATE) AS BIGINT) AS days_inactive
  FROM instances
  WHERE provider = 'Microsoft' AND state IN ('stopped', 'deallocated')
) AS i
LEFT JOIN (
  SELECT attached_instance_id, account_id, CAST(COUNT(*) AS BIGINT) AS disks,
    string_agg(volume_id, chr(10) ORDER BY volume_id) AS parts
  FROM volumes WHERE attached_instance_id IS NOT NULL GROUP BY attached_instance_id, account_id
) AS v ON v.attached_instance_id = i.instance_id AND v.account_id = i.account_id
