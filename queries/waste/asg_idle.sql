-- title: Idle scaling group
-- purpose: A scaling group whose machines run and do no work.
-- grain: scaling group with machines
-- resource: autoscaling_groups
-- provider: any
-- area: Compute
-- rule: It wants machines, and its mean CPU of the last {days} days is below {max_cpu} %
-- when: mean_cpu < $max_cpu; desired_capacity > 0
-- param max_cpu (number, cautious: 2, default: 5, aggressive: 10, unit: %, range: 1..20): Mean CPU below this is idle
-- param days (integer, cautious: 30, default: 14, aggressive: 14, unit: days, range: 7..60): Days looked back
-- column mean_cpu (number, %): Mean CPU of these days
-- column highest_cpu (number, %): Highest CPU of these days
-- column measured_days (integer, days): Days with a value
-- column desired_capacity (integer, machines): Machines wanted now
-- column members (integer, machines): Running members in the inventory
-- column instance_type (text): Size of its machines
-- saving: All that its members cost; low nothing when the highest CPU reached 50 %, for then it is a standby or a batch
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 65
-- conflict: machine 1
-- remedy: Ask the owner what it is for | EC2 > Auto Scaling groups: set minimum and desired capacity to zero and wait two weeks |
--   Delete the group with its launch template and load balancer
-- cli: aws autoscaling update-auto-scaling-group --auto-scaling-group-name {resource_id} --min-size 0 --desired-capacity 0 --region {region}
-- source: Idle threshold of Requirement 002 for machines, over 14 days as Compute Optimizer; 2 %, 10 % and 30 days our own choice, 2026-10
-- history: metrics
-- metric: cpu_avg
-- requires autoscaling_groups: id, account_id, name, desired_capacity, instance_type
-- requires instances: instance_id, account_id, autoscaling_group_id, state, hourly_cost, gpu_hourly_cost
-- requires resource_costs: resource_id, main_currency
-- needs rows: autoscaling_groups
WITH used AS (
  SELECT resource_id, account_id, AVG(cpu_avg) AS mean_cpu, MAX(COALESCE(cpu_max, cpu_avg)) AS highest_cpu,
    CAST(COUNT(DISTINCT CASE WHEN cpu_avg IS NOT NULL THEN date END) AS BIGINT) AS measured_days
  FROM metric_days
  WHERE resource_type = 'autoscaling_groups' AND date > CAST($as_of AS DATE) - CAST($days AS INTEGER)
  GROUP BY resource_id, account_id
),
members AS (
  SELECT autoscaling_group_id, CAST(COUNT(*) AS BIGINT) AS members,
    string_agg(instance_id, chr(10) ORDER BY instance_id) AS parts,
    SUM(CAST(hourly_cost + COALESCE(gpu_hourly_cost, 0) AS DOUBLE)) AS hourly,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM resource_costs AS c WHERE c.resource_id = i.instance_id AND c.main_currency)
      THEN 1 ELSE 0 END) AS billed
  FROM instances AS i WHERE autoscaling_group_id IS NOT NULL AND state = 'running'
  GROUP BY autoscaling_group_id
),
judged AS (
  SELECT g.id, g.account_id, g.desired_capacity, g.instance_type, u.mean_cpu, u.highest_cpu, m.parts,
    COALESCE(u.measured_days, 0) AS measured_days, COALESCE(m.members, 0) AS members,
    COALESCE(u.measured_days, 0) < 0.8 * $days AS unmeasured,
    CASE WHEN COALESCE(m.billed, 0) = 0 THEN m.hourly * 730 END AS list_month
  FROM autoscaling_groups AS g
  LEFT JOIN used AS u ON u.resource_id = g.name AND u.account_id = g.account_id
  LEFT JOIN members AS m ON m.autoscaling_group_id = g.id
)
SELECT id AS subject, account_id AS account,
  CASE WHEN unmeasured OR desired_capacity IS NULL THEN 'cannot tell'
    WHEN mean_cpu < $max_cpu AND desired_capacity > 0 THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN unmeasured
      THEN 'needs ' || CAST($days AS VARCHAR) || ' days of the CPU of the group (four fifths of them at least)'
    WHEN desired_capacity IS NULL THEN 'needs desired_capacity' END AS reason,
  mean_cpu, highest_cpu, measured_days, desired_capacity, members, instance_type, parts,
  CAST(CASE WHEN highest_cpu >= 50 THEN 0 ELSE 1 END AS DOUBLE) AS share_low, CAST(1 AS DOUBLE) AS share,
  CASE WHEN highest_cpu >= 50 THEN 0 ELSE list_month END AS list_low, list_month AS list
FROM judged
