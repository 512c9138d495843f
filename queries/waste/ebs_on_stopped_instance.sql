-- title: Volume of a stopped machine
-- purpose: A block volume whose machine is switched off.
-- grain: attached volume
-- resource: volumes
-- provider: any
-- area: Block storage
-- rule: The machine it is attached to is stopped, and it is known to be unused for {min_days_unused} days or more
-- when: machine_state = stopped; days_unused >= $min_days_unused
-- param min_days_unused (integer, cautious: 30, default: 0, aggressive: 0, unit: days, range: 0..90):
--   Days without a read or write before it is reported
-- column machine_state (text): State of the machine
-- column machine (text): Machine it is attached to
-- column days_unused (integer, days): Days it is known to be unused; 0 where the last use is not known
-- column volume_type (text): Type
-- column size_gib (integer, GiB): Size
-- saving: All that the volume costs; nothing when the machine is started again
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 60
-- conflict: volume 1
-- remedy: Ask the owner whether the machine will run again | Take a snapshot | Detach and delete the volume, or
--   terminate the machine with its volumes
-- cli: aws ec2 create-snapshot --volume-id {resource_id} --region {region}
-- source: Steampipe AWS Thrifty and CloudBurn report it at once, 2026-10; 30 days is our own choice
-- history: inventory
-- requires volumes: id, account_id, state, attached_instance_id, last_used_at, volume_type, size_gib
-- requires instances: instance_id, account_id, state
-- needs rows: volumes, instances
-- needs values: instances.state
SELECT id AS subject, account_id AS account,
  CASE WHEN attached_instance_id IS NULL OR machine_state IS NULL THEN 'cannot tell'
    WHEN machine_state <> 'stopped' THEN 'passed'
    WHEN $min_days_unused > 0 AND last_used_at IS NULL THEN 'cannot tell'
    WHEN days_unused >= $min_days_unused THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN attached_instance_id IS NULL THEN 'needs attached_instance_id'
    WHEN machine_state IS NULL THEN 'needs the machine it is attached to, with its state'
    WHEN machine_state = 'stopped' AND $min_days_unused > 0 AND last_used_at IS NULL
      THEN 'needs last_used_at: since when the machine is stopped is not known' END AS reason,
  machine_state, attached_instance_id AS machine, days_unused, volume_type, size_gib
FROM (
  SELECT v.id, v.account_id, v.attached_instance_id, v.last_used_at, v.volume_type, v.size_gib, i.machine_state,
    COALESCE(CAST(CAST($as_of AS DATE) + 1 - CAST(v.last_used_at AS DATE) AS BIGINT), 0) AS days_unused
  FROM volumes AS v
  LEFT JOIN (
    SELECT instance_id, account_id, MAX(state) AS machine_state FROM instances GROUP BY instance_id, account_id
  ) AS i ON i.instance_id = v.attached_instance_id AND i.account_id = v.account_id
  WHERE v.state = 'in-use'
) AS held
