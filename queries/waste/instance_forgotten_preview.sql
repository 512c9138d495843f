-- title: Forgotten preview machine
-- purpose: A machine of a preview environment that has outlived its review.
-- grain: instance of a preview environment
-- resource: instances
-- provider: any
-- area: Compute
-- rule: Its environment is preview, it was launched more than {max_age_days} days ago and is not terminated
-- when: launch_time < launched_before
-- param max_age_days (integer, cautious: 30, default: 7, aggressive: 3, unit: days, range: 1..60): A preview older than this is forgotten
-- column launch_time (time, UTC): When it was started; a restart begins anew
-- column launched_before (time, UTC): Older than this is forgotten
-- column age_days (integer, days): Its age
-- column state (text): Life-cycle state
-- column env_source (text): Where the environment is said: column env or tag
-- column instance_type (text): Size
-- saving: All that the machine costs; attached disks and addresses are not part of it
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: machine 1
-- remedy: Look whether the change it was made for is merged or closed | Ask its author |
--   Terminate it together with its disks, addresses and databases, best by removing the whole environment
-- cli: aws ec2 terminate-instances --instance-ids {resource_id} --region {region}
-- source: Requirement 002 (forgotten preview: 7 days); 30 and 3 days our own choice, 2026-10
-- history: dates
-- requires instances: id, account_id, env, tags, state, launch_time, instance_type
-- needs rows: instances
WITH placed AS (
  SELECT id, account_id, state, launch_time, instance_type,
    COALESCE(env, json_extract_string(tags, '/env'), json_extract_string(tags, '/environment')) AS env,
    CASE WHEN env IS NOT NULL THEN 'column' ELSE 'tag' END AS env_source,
    CAST($now AS TIMESTAMP) - CAST($max_age_days AS INTEGER) * INTERVAL 1 DAY AS launched_before
  FROM instances
)
SELECT id AS subject, account_id AS account,
  CASE WHEN launch_time IS NULL THEN 'cannot tell' WHEN launch_time < launched_before THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN launch_time IS NULL THEN 'needs launch_time: its age is not known' END AS reason,
  launch_time, launched_before, CAST($as_of AS DATE) + 1 - CAST(launch_time AS DATE) AS age_days, state, env_source,
  instance_type
FROM placed
WHERE env = 'preview' AND COALESCE(state, 'unknown') <> 'terminated'
