-- title: Very large instance
-- purpose: Machines so large that each deserves a look; size alone is no waste.
-- grain: running instance
-- resource: instances
-- provider: AWS
-- area: Compute
-- rule: It runs, and its size is {min_size} times an xlarge or more, or a whole host
-- when: size_factor >= $min_size
-- param min_size (integer, cautious: 10, default: 4, aggressive: 2, unit: xlarge, range: 2..24): Sizes from this multiple of an xlarge on are looked at
-- column size_factor (integer, xlarge): Size as a multiple of an xlarge; 0: smaller than that, 999: a whole host
-- column instance_type (text): Size
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column current_memory (number, %): Newest memory reading
-- saving: None by itself: the amount is what the machine costs, for the order of the list
-- kind: review
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 30
-- remedy: Look at CPU, memory and network of the busiest weeks | Ask whether two smaller machines would do as well |
--   If it is used little, see the finding about its size
-- cli: aws ec2 describe-instance-types --instance-types {instance_type} --region {region}
-- source: Steampipe Thrifty (from 10xlarge or metal) and CloudBurn (from 2xlarge); 4xlarge our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires instances: id, account_id, state, instance_type, avg_cpu_7d, current_memory
-- needs rows: instances
-- needs values: instances.instance_type
WITH named AS (
  SELECT id, account_id, instance_type, avg_cpu_7d, current_memory,
    CASE WHEN strpos(instance_type, '.') > 0 THEN split_part(instance_type, '.', 2) END AS size
  FROM instances WHERE state = 'running'
),
sized AS (
  SELECT *,
    CAST(CASE WHEN size IS NULL THEN NULL WHEN starts_with(size, 'metal') THEN 999 WHEN size = 'xlarge' THEN 1
      WHEN regexp_matches(size, '^[0-9]{1,3}xlarge$') THEN CAST(REPLACE(size, 'xlarge', '') AS INTEGER)
      ELSE 0 END AS BIGINT) AS size_factor
  FROM named
)
SELECT id AS subject, account_id AS account,
  CASE WHEN size_factor IS NULL THEN 'cannot tell' WHEN size_factor >= $min_size THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN size_factor IS NULL THEN 'needs an instance_type such as m5.xlarge, whose size can be read' END AS reason,
  size_factor, instance_type, avg_cpu_7d, current_memory
FROM sized
