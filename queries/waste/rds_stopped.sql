-- title: Stopped database
-- purpose: A database that is switched off and still pays for storage and backups.
-- grain: database that is available or stopped
-- resource: rds_instances
-- provider: any
-- area: Databases
-- rule: It is stopped
-- when: state = stopped
-- column state (text): State
-- column allocated_storage_gib (integer, GiB): Storage allotted
-- column instance_class (text): Size
-- column engine (text): Engine
-- saving: List price of its storage
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: database 1
-- remedy: Ask the owner: it starts again by itself after seven days | Take a last snapshot and delete it; a snapshot
--   costs less than the storage
-- cli: aws rds delete-db-instance --db-instance-identifier {resource_id} --final-db-snapshot-identifier
--   last-{resource_id} --region {region}
-- source: Requirement 002 (stopped database); CloudBurn, 2026-10
-- history: inventory
-- requires rds_instances: id, account_id, state, allocated_storage_gib, storage_monthly_cost, instance_class, engine
-- needs rows: rds_instances
-- needs values: rds_instances.state
SELECT id AS subject, account_id AS account,
  CASE WHEN state IS NULL THEN 'cannot tell' WHEN state = 'stopped' THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN state IS NULL THEN 'needs state' END AS reason,
  state, allocated_storage_gib, instance_class, engine,
  0.5 * CAST(storage_monthly_cost AS DOUBLE) AS list_low, CAST(storage_monthly_cost AS DOUBLE) AS list
FROM rds_instances
WHERE state IN ('available', 'stopped') OR state IS NULL
