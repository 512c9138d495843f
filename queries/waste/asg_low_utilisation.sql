-- title: Group of oversized machines
-- purpose: A scaling group whose machines have little load: machines of a smaller size would do.
-- grain: scaling group
-- resource: autoscaling_groups
-- provider: any
-- area: Compute
-- rule: Its utilisation is below {max_utilisation} %
-- when: current_utilization < $max_utilisation
-- param max_utilisation (number, cautious: 20, default: 30, aggressive: 40, unit: %, range: 10..60): Utilisation below this is low
-- column current_utilization (number, %): Mean CPU across the group
-- column min_size (integer, machines): Fewest machines
-- column desired_capacity (integer, machines): Machines wanted now
-- column members (integer, machines): Running members in the inventory
-- column instance_type (text): Size of its machines
-- saving: The next smaller size of a family costs half: expected half of what the members cost; high three quarters (two sizes)
--   when utilisation is below 15 %; low a quarter, because memory or peaks will keep some groups as they are
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 50
-- conflict: machine 6
-- remedy: Look at utilisation over weeks, for this is one reading, and at memory | Make a new version of the launch template with a smaller size |
--   Refresh the group machine by machine
-- cli: aws autoscaling start-instance-refresh --auto-scaling-group-name {resource_id} --region {region}
-- source: Requirement 002 (low utilisation: 30 %, 40 % in its manual step); 20 % our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires autoscaling_groups: id, account_id, min_size, desired_capacity, current_utilization, instance_type
-- requires instances: instance_id, account_id, autoscaling_group_id, state, hourly_cost, gpu_hourly_cost
-- requires resource_costs: resource_id, main_currency
-- needs rows: autoscaling_groups
-- needs values: autoscaling_groups.current_utilization
WITH members AS (
  SELECT autoscaling_group_id, CAST(COUNT(*) AS BIGINT) AS members,
    string_agg(instance_id, chr(10) ORDER BY instance_id) AS parts,
    SUM(CAST(hourly_cost + COALESCE(gpu_hourly_cost, 0) AS DOUBLE)) AS hourly,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM resource_costs AS c WHERE c.resource_id = i.instance_id AND c.main_currency)
      THEN 1 ELSE 0 END) AS billed
  FROM instances AS i WHERE autoscaling_group_id IS NOT NULL AND state = 'running'
  GROUP BY autoscaling_group_id
),
sized AS (
  SELECT g.id, g.account_id, g.current_utilization, g.min_size, g.desired_capacity, g.instance_type, m.parts,
    COALESCE(m.members, 0) AS members,
    CAST(CASE WHEN g.current_utilization < 15 THEN 0.75 ELSE 0.5 END AS DOUBLE) AS share_high,
    CASE WHEN COALESCE(m.billed, 0) = 0 THEN m.hourly * 730 END AS list_month
  FROM autoscaling_groups AS g LEFT JOIN members AS m ON m.autoscaling_group_id = g.id
)
SELECT id AS subject, account_id AS account,
  CASE WHEN current_utilization IS NULL THEN 'cannot tell'
    WHEN current_utilization < $max_utilisation THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN current_utilization IS NULL THEN 'needs current_utilization: its load is not known' END AS reason,
  current_utilization, min_size, desired_capacity, members, instance_type, parts,
  CAST(0.25 AS DOUBLE) AS share_low, CAST(0.5 AS DOUBLE) AS share, share_high,
  list_month * 0.25 AS list_low, list_month * 0.5 AS list, list_month * share_high AS list_high
FROM sized
