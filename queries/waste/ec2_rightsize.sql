-- title: Oversized instance
-- purpose: A large machine with little load: a smaller one of the same family would do the work.
-- grain: running instance
-- resource: instances
-- provider: AWS
-- area: Compute
-- rule: It runs, is larger than medium, and its mean CPU of the last seven days is from {min_cpu} to below {max_cpu} %, with memory of at most {max_memory} %
-- when: avg_cpu_7d >= $min_cpu; avg_cpu_7d < $max_cpu; size_class <> small; current_memory is null or current_memory <= $max_memory
-- param min_cpu (number, cautious: 5, default: 5, aggressive: 5, unit: %, range: 1..20): Below this mean CPU it is idle, which is a check of its own
-- param max_cpu (number, cautious: 10, default: 20, aggressive: 40, unit: %, range: 5..50): Mean CPU below this is little
-- param max_memory (number, cautious: 45, default: 100, aggressive: 100, unit: %, range: 20..100): Newest memory reading above which it is left alone; 100: memory is not looked at; below 100 a machine without a reading cannot be judged
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column current_memory (number, %): Newest memory reading; null without an agent
-- column avg_network_7d (number, MB/s): Mean network of seven days
-- column instance_type (text): Size
-- column size_class (text): small up to medium, else large
-- column grouped (boolean): Member of a scaling group: its size is set there
-- saving: An estimate until a target is picked on the page Rightsizing: within a family the next smaller size costs half.
--   Expected half of the cost; high three quarters (two sizes) when the mean CPU is below 10 %; low a quarter, because peaks
--   will keep some of these machines as they are, and nothing when memory is unknown or above 45 %
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 50
-- conflict: machine 6
-- remedy: Look at the highest CPU, memory, network and disk throughput of the last weeks, month ends included |
--   Pick a smaller size of the same family that leaves a fifth of headroom | Members of a scaling group: change the template of the group |
--   Stop it, change the type, start it, and watch it for a week
-- cli: aws ec2 modify-instance-attribute --instance-id {resource_id} --instance-type Value=TYPE --region {region}
-- source: Requirement 002 (large type with low use; 20 % as for databases); mean below 40 % by CFM tips, 10 % and memory our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires instances: id, account_id, state, instance_type, avg_cpu_7d, avg_network_7d, current_memory, autoscaling_group_id
-- needs rows: instances
-- needs values: instances.avg_cpu_7d, instances.instance_type
WITH sized AS (
  SELECT id, account_id, instance_type, avg_cpu_7d, avg_network_7d, current_memory,
    autoscaling_group_id IS NOT NULL AS grouped,
    CASE WHEN instance_type IS NULL OR strpos(instance_type, '.') = 0 THEN NULL
      WHEN split_part(instance_type, '.', 2) IN ('nano', 'micro', 'small', 'medium') THEN 'small'
      ELSE 'large' END AS size_class
  FROM instances WHERE state = 'running'
),
judged AS (
  SELECT *,
    CASE WHEN avg_cpu_7d IS NULL THEN 'needs avg_cpu_7d: there is no CPU metric of it'
      WHEN size_class IS NULL THEN 'needs an instance_type such as m5.xlarge, whose size can be read'
      WHEN current_memory IS NULL AND $max_memory < 100
        THEN 'needs current_memory: there is no memory reading of it' END AS reason
  FROM sized
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell'
    WHEN avg_cpu_7d >= $min_cpu AND avg_cpu_7d < $max_cpu AND size_class <> 'small'
      AND (current_memory IS NULL OR current_memory <= $max_memory) THEN 'flagged'
    ELSE 'passed' END AS verdict,
  reason, avg_cpu_7d, current_memory, avg_network_7d, instance_type, size_class, grouped,
  CASE WHEN current_memory <= 45 THEN 0.25 ELSE 0.0 END AS share_low, 0.5 AS share,
  CASE WHEN avg_cpu_7d < 10 THEN 0.75 ELSE 0.5 END AS share_high
FROM judged
