-- title: Oversized database
-- purpose: A running database whose machine is larger than its load.
-- grain: available database
-- resource: rds_instances
-- provider: any
-- area: Databases
-- rule: It is available, and its mean CPU of the last seven days is below {max_cpu} %
-- when: avg_cpu_7d < $max_cpu
-- param max_cpu (number, cautious: 10, default: 20, aggressive: 40, unit: %, range: 1..60):
--   Mean CPU below this leaves room for half the size
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column avg_connections_7d (number, connections): Mean connections of seven days
-- column instance_class (text): Size
-- column engine (text): Engine
-- column target_class (text): Next smaller size of its family; empty at its smallest
-- saving: Half the list price of the machine: each size of a family costs half of the next; of 12xlarge a third; low:
--   half of that, or nothing where its family has no smaller size
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 60
-- conflict: database 6
-- remedy: Look at memory and operations of its busiest hour: memory is the usual limit | Modify the instance to the
--   next smaller class in the maintenance window
-- cli: aws rds modify-db-instance --db-instance-identifier {resource_id} --db-instance-class {target_class} --region
--   {region}
-- source: Requirement 002 (oversized database); 10 %: CloudBurn; 40 %: AWS Labs CFM tips, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires rds_instances: id, account_id, state, avg_cpu_7d, avg_connections_7d, instance_class, engine, hourly_cost
-- needs rows: rds_instances
-- needs values: rds_instances.avg_cpu_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN avg_cpu_7d IS NULL THEN 'cannot tell' WHEN avg_cpu_7d < $max_cpu THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN avg_cpu_7d IS NULL THEN 'needs avg_cpu_7d: there is no CPU metric of it' END AS reason,
  avg_cpu_7d, avg_connections_7d, instance_class, engine, target_class,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(0.4 AS DOUBLE) AS share, CAST(0.5 AS DOUBLE) AS share_high,
  CASE WHEN target_class IS NULL THEN 0.0 ELSE 0.5 * freed * machine_month END AS list_low,
  freed * machine_month AS list, freed * machine_month AS list_high
FROM (
  SELECT id, account_id, avg_cpu_7d, avg_connections_7d, instance_class, engine,
    CAST(hourly_cost AS DOUBLE) * 730 AS machine_month,
    CASE
      WHEN strpos(instance_class, '.24xlarge') > 0 THEN REPLACE(instance_class, '.24xlarge', '.12xlarge')
      WHEN strpos(instance_class, '.16xlarge') > 0 THEN REPLACE(instance_class, '.16xlarge', '.8xlarge')
      WHEN strpos(instance_class, '.12xlarge') > 0 THEN REPLACE(instance_class, '.12xlarge', '.8xlarge')
      WHEN strpos(instance_class, '.8xlarge') > 0 THEN REPLACE(instance_class, '.8xlarge', '.4xlarge')
      WHEN strpos(instance_class, '.4xlarge') > 0 THEN REPLACE(instance_class, '.4xlarge', '.2xlarge')
      WHEN strpos(instance_class, '.2xlarge') > 0 THEN REPLACE(instance_class, '.2xlarge', '.xlarge')
      WHEN strpos(instance_class, '.xlarge') > 0 THEN REPLACE(instance_class, '.xlarge', '.large')
    END AS target_class,
    CASE WHEN strpos(instance_class, '.12xlarge') > 0 THEN 1.0 / 3 ELSE 0.5 END AS freed
  FROM rds_instances
  WHERE state = 'available'
) AS held
