-- title: Unattached volume
-- purpose: A block volume that no machine uses.
-- grain: volume not being made or deleted
-- resource: volumes
-- provider: any
-- area: Block storage
-- rule: It is attached to nothing, and known to be unused for {min_days_unused} days or more
-- when: state = available; days_unused >= $min_days_unused
-- param min_days_unused (integer, cautious: 30, default: 0, aggressive: 0, unit: days, range: 0..90):
--   Days without a read or write before it is reported
-- column state (text): State
-- column days_unused (integer, days): Days it is known to be unused; 0 where the last use is not known
-- column volume_type (text): Type
-- column size_gib (integer, GiB): Size
-- saving: All that the volume costs, provisioned operations and throughput included
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 85
-- conflict: volume 1
-- remedy: Ask the owner: volumes of clusters and of blue-green releases are detached for minutes | Take a snapshot,
--   which costs about half of a gp3 volume of the same size | Delete the volume
-- cli: aws ec2 create-snapshot --volume-id {resource_id} --region {region} && aws ec2 delete-volume --volume-id
--   {resource_id} --region {region}
-- source: Requirement 002 (unattached volume); 30 days: AWS Labs CFM tips and Harness, 2026-10
-- history: inventory
-- requires volumes: id, account_id, provider, state, last_used_at, volume_type, size_gib
-- needs rows: volumes
-- needs values: volumes.state
SELECT id AS subject, account_id AS account,
  CASE WHEN state IS NULL THEN 'cannot tell'
    WHEN state <> 'available' THEN 'passed'
    WHEN $min_days_unused > 0 AND last_used_at IS NULL THEN 'cannot tell'
    WHEN days_unused >= $min_days_unused THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN state IS NULL THEN 'needs state'
    WHEN state = 'available' AND $min_days_unused > 0 AND last_used_at IS NULL
      THEN 'needs last_used_at: how long it is unattached is not known' END AS reason,
  state, days_unused, volume_type, size_gib
FROM (
  SELECT id, account_id, state, last_used_at, volume_type, size_gib,
    COALESCE(CAST(CAST($as_of AS DATE) + 1 - CAST(last_used_at AS DATE) AS BIGINT), 0) AS days_unused
  FROM volumes
  WHERE (state IN ('available', 'in-use') OR state IS NULL) AND provider NOT IN ('Microsoft', 'Google Cloud')
) AS held
