-- title: Group minimum too high
-- purpose: A scaling group whose minimum keeps more machines running than its load needs.
-- grain: scaling group
-- resource: autoscaling_groups
-- provider: any
-- area: Compute
-- rule: Its minimum is above one and above what it needs at {target_utilisation} % utilisation, which is below {max_utilisation} % now
-- when: min_size > 1; current_utilization < $max_utilisation; needed < min_size
-- param max_utilisation (number, cautious: 20, default: 30, aggressive: 40, unit: %, range: 10..60): Utilisation below this is low
-- param target_utilisation (number, cautious: 50, default: 60, aggressive: 60, unit: %, range: 40..80): Utilisation to plan for
-- param least (integer, cautious: 2, default: 1, aggressive: 1, unit: machines, range: 1..4): Machines that always stay; two for two zones
-- column current_utilization (number, %): Mean CPU across the group
-- column min_size (integer, machines): Fewest machines
-- column desired_capacity (integer, machines): Machines wanted now
-- column needed (integer, machines): Machines that carry the load at the target
-- column needed_at_peak (integer, machines): The same for a load half as high again
-- column members (integer, machines): Running members in the inventory
-- column instance_type (text): Size of its machines
-- saving: Machines above the need, as a share of what all members cost; low when peaks are half as high again as now
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 60
-- conflict: machine 5
-- remedy: Look at the highest load of the last weeks: the peak decides, not the mean | Keep two machines at least where the service must survive the loss of a zone |
--   EC2 > Auto Scaling groups: lower the minimum and let the scaling policy work
-- cli: aws autoscaling update-auto-scaling-group --auto-scaling-group-name {resource_id} --min-size {needed} --region {region}
-- source: Requirement 002 (over-provisioned minimum; 40 % in its manual step); 20 %, 50 % and two machines our own choice, 2026-10
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
    AVG(CAST(hourly_cost + COALESCE(gpu_hourly_cost, 0) AS DOUBLE)) AS hourly,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM resource_costs AS c WHERE c.resource_id = i.instance_id AND c.main_currency)
      THEN 1 ELSE 0 END) AS billed
  FROM instances AS i WHERE autoscaling_group_id IS NOT NULL AND state = 'running'
  GROUP BY autoscaling_group_id
),
sized AS (
  SELECT g.id, g.account_id, g.current_utilization, g.min_size, g.desired_capacity, g.instance_type, m.parts, m.hourly,
    COALESCE(m.members, 0) AS members, COALESCE(m.billed, 0) AS billed,
    CAST(GREATEST($least, CEIL(g.desired_capacity * g.current_utilization / $target_utilisation)) AS BIGINT) AS needed,
    CAST(GREATEST($least, CEIL(g.desired_capacity * g.current_utilization * 1.5 / $target_utilisation)) AS BIGINT)
      AS needed_at_peak,
    CASE WHEN g.current_utilization IS NULL THEN 'needs current_utilization: its load is not known'
      WHEN g.min_size IS NULL OR g.desired_capacity IS NULL THEN 'needs min_size and desired_capacity' END AS reason
  FROM autoscaling_groups AS g LEFT JOIN members AS m ON m.autoscaling_group_id = g.id
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell'
    WHEN min_size > 1 AND current_utilization < $max_utilisation AND needed < min_size THEN 'flagged'
    ELSE 'passed' END AS verdict,
  reason, current_utilization, min_size, desired_capacity,
  CASE WHEN reason IS NULL THEN needed END AS needed, CASE WHEN reason IS NULL THEN needed_at_peak END AS needed_at_peak,
  members, instance_type, parts,
  GREATEST(0.0, CAST(min_size - needed_at_peak AS DOUBLE)) / NULLIF(GREATEST(desired_capacity, min_size), 0) AS share_low,
  CAST(min_size - needed AS DOUBLE) / NULLIF(GREATEST(desired_capacity, min_size), 0) AS share,
  CAST(min_size - needed AS DOUBLE) / NULLIF(GREATEST(desired_capacity, min_size), 0) AS share_high,
  CASE WHEN billed = 0 THEN GREATEST(0.0, CAST(min_size - needed_at_peak AS DOUBLE)) * hourly * 730 END AS list_low,
  CASE WHEN billed = 0 THEN (min_size - needed) * hourly * 730 END AS list
FROM sized
