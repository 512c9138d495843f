-- title: Idle instance
-- purpose: A running machine that does no work.
-- grain: running instance
-- resource: instances
-- provider: any
-- area: Compute
-- rule: It runs, and its mean CPU of the last seven days is below {max_cpu} %
-- when: avg_cpu_7d < $max_cpu
-- param max_cpu (number, cautious: 2, default: 5, aggressive: 10, unit: %, range: 1..20): Mean CPU below this is idle
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column avg_network_7d (number, MB/s): Mean network of seven days
-- column instance_type (text): Size
-- saving: All that the machine costs; attached disks and addresses are not part of it
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 70
-- conflict: machine 1
-- remedy: Ask the owner what it is for: standby, licence and monthly batch machines look idle | Stop it and wait two weeks |
--   Take a last snapshot of its disks, then terminate it
-- cli: aws ec2 stop-instances --instance-ids {resource_id} --region {region}
-- source: Requirement 002, idle instance; its manual step reviews everything below 10 %
-- history: inventory
-- metric: cpu_avg
-- requires instances: id, account_id, region, state, avg_cpu_7d, avg_network_7d, instance_type
-- needs rows: instances
-- needs values: instances.avg_cpu_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN avg_cpu_7d IS NULL THEN 'cannot tell' WHEN avg_cpu_7d < $max_cpu THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN avg_cpu_7d IS NULL THEN 'needs avg_cpu_7d: there is no CPU metric of it' END AS reason,
  avg_cpu_7d, avg_network_7d, instance_type
FROM instances
WHERE state = 'running'
