-- title: Database with few connections
-- purpose: A database that few clients use; it may be left over, or share a machine with another.
-- grain: database with a known number of connections
-- resource: rds_instances
-- provider: any
-- area: Databases
-- rule: Mean connections of the last seven days below {max_connections}
-- when: avg_connections_7d < $max_connections
-- param max_connections (number, cautious: 2, default: 10, aggressive: 20, unit: connections, range: 1..50):
--   Mean connections below this are few
-- column avg_connections_7d (number, connections): Mean connections of seven days
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column state (text): State
-- column instance_class (text): Size
-- column engine (text): Engine
-- saving: All that the database costs times the confidence that it can go; high: all; low: nothing
-- kind: saving
-- risk: high
-- effort: medium
-- restart: no
-- reversible: no
-- confidence: 40
-- conflict: database 3
-- remedy: Look whether a pooler stands before it: then few connections are much work | Ask the owner | Move its schema
--   to another server, then take a last snapshot and delete it
-- cli: aws rds create-db-snapshot --db-instance-identifier {resource_id} --db-snapshot-identifier last-{resource_id}
--   --region {region}
-- source: Requirement 002 (low connections); 2: Steampipe AWS Thrifty; 20: AWS Labs CFM tips, 2026-10
-- history: inventory
-- metric: connections
-- requires rds_instances: id, account_id, state, avg_connections_7d, avg_cpu_7d, instance_class, engine
-- needs rows: rds_instances
-- needs values: rds_instances.avg_connections_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN avg_connections_7d IS NULL THEN 'cannot tell' WHEN avg_connections_7d < $max_connections THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN avg_connections_7d IS NULL THEN 'needs avg_connections_7d' END AS reason,
  avg_connections_7d, avg_cpu_7d, state, instance_class, engine,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(0.4 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM rds_instances
WHERE state IS NULL OR state <> 'stopped' OR avg_connections_7d IS NOT NULL
