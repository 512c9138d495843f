-- title: Unattached disk or address
-- purpose: A disk or static address of Google Cloud that nothing uses.
-- grain: disk or static address
-- resource: bill
-- provider: Google Cloud
-- area: Compute
-- rule: It is attached to nothing; a disk is known to be unused for {min_days_unused} days or more
-- when: state = available or state = unassociated; days_unused >= $min_days_unused
-- param min_days_unused (integer, cautious: 30, default: 0, aggressive: 0, unit: days, range: 0..90):
--   Days without a read or write before a disk is reported
-- column state (text): State
-- column kind (text): Disk or address
-- column days_unused (integer, days): Days it is known to be unused; 0 where the last use is not known
-- saving: All that it costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: volume 1
-- remedy: Ask the owner | Take a snapshot of a disk | Delete the disk, release the address
-- cli: gcloud compute disks delete {resource_id} --zone {region}
-- source: GCP Thrifty reports it at once; 30 days: OptimNow, 2026-10
-- history: inventory
-- requires volumes: volume_id, account_id, provider, state, last_used_at, region
-- requires elastic_ips: allocation_id, account_id, provider, state, public_ip
-- requires cloud_accounts: id, account_number
SELECT h.subject, a.account_number AS account, h.region, h.name,
  CASE WHEN h.state IS NULL THEN 'cannot tell' WHEN h.state NOT IN ('available', 'unassociated') THEN 'passed'
    WHEN $min_days_unused > 0 AND h.days_unused IS NULL THEN 'cannot tell'
    WHEN COALESCE(h.days_unused, 0) >= $min_days_unused THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN h.state IS NULL THEN 'needs state'
    WHEN h.state IN ('available', 'unassociated') AND $min_days_unused > 0 AND h.days_unused IS NULL
      THEN 'needs the time of its last use: how long it is unattached is not known' END AS reason,
  h.state, h.kind, COALESCE(h.days_unused, 0) AS days_unused
FROM (
  SELECT volume_id AS subject, account_id, region, volume_id AS name, state, 'disk' AS kind,
    CAST(CAST($as_of AS DATE) + 1 - CAST(last_used_at AS DATE) AS BIGINT) AS days_unused
  FROM volumes
  WHERE provider = 'Google Cloud' AND (state IN ('available', 'in-use') OR state IS NULL)
  UNION ALL
  SELECT allocation_id, account_id, NULL, COALESCE(public_ip, allocation_id), state, 'address', CAST(NULL AS BIGINT)
  FROM elastic_ips
  WHERE provider = 'Google Cloud'
) AS h
LEFT JOIN cloud_accounts AS a ON a.id = h.account_id
