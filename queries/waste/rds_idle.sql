-- title: Idle database
-- purpose: A running database nobody connects to.
-- grain: available database
-- resource: rds_instances
-- provider: any
-- area: Databases
-- rule: It is available, with {max_connections} mean connections of the last seven days or fewer and a mean CPU of
--   {max_cpu} % or less
-- when: avg_connections_7d <= $max_connections; avg_cpu_7d <= $max_cpu or avg_cpu_7d is null
-- param max_connections (number, cautious: 0, default: 0, aggressive: 1, unit: connections, range: 0..5):
--   Mean connections up to this are none
-- param max_cpu (number, cautious: 5, default: 100, aggressive: 100, unit: %, range: 1..100):
--   Mean CPU up to this; at 100 it is not looked at
-- column avg_connections_7d (number, connections): Mean connections of seven days
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column instance_class (text): Size
-- column engine (text): Engine
-- saving: List price of the machine; high: its storage as well, when it is deleted
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: database 1
-- remedy: Ask the owner: standbys and replicas look idle | Stop it, which lasts seven days | Take a last snapshot and
--   delete it
-- cli: aws rds stop-db-instance --db-instance-identifier {resource_id} --region {region}
-- source: AWS Trusted Advisor (no connection for 7 days); 5 %: Cloudaware; below 1: AWS Labs CFM tips, 2026-10
-- history: inventory
-- metric: connections
-- requires rds_instances: id, account_id, state, avg_connections_7d, avg_cpu_7d, instance_class, engine, hourly_cost,
--   storage_monthly_cost
-- needs rows: rds_instances
-- needs values: rds_instances.avg_connections_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN avg_connections_7d IS NULL THEN 'cannot tell'
    WHEN avg_connections_7d > $max_connections THEN 'passed'
    WHEN avg_cpu_7d IS NULL AND $max_cpu < 100 THEN 'cannot tell'
    WHEN avg_cpu_7d > $max_cpu THEN 'passed' ELSE 'flagged' END AS verdict,
  CASE WHEN avg_connections_7d IS NULL THEN 'needs avg_connections_7d'
    WHEN avg_connections_7d <= $max_connections AND avg_cpu_7d IS NULL AND $max_cpu < 100
      THEN 'needs avg_cpu_7d' END AS reason,
  avg_connections_7d, avg_cpu_7d, instance_class, engine,
  CAST(hourly_cost AS DOUBLE) * 730 AS list_low, CAST(hourly_cost AS DOUBLE) * 730 AS list,
  CAST(hourly_cost AS DOUBLE) * 730 + COALESCE(CAST(storage_monthly_cost AS DOUBLE), 0) AS list_high
FROM rds_instances
WHERE state = 'available'
