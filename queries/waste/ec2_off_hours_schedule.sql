-- title: Runs nights and weekends
-- purpose: Machines outside production that run all hours of the week, though people need them only at work.
-- grain: running instance outside production
-- resource: instances
-- provider: any
-- area: Compute
-- rule: It runs, its environment is one of {environments}, and nothing says that it sleeps
-- when: outside_production = true
-- param environments (text, cautious: dev preview, default: dev staging preview, aggressive: dev staging preview test qa sandbox): Environments that nobody needs at night, apart by spaces
-- param sleep_percent (number, cautious: 50, default: 65, aggressive: 70, unit: %, range: 30..70): Share of the week it can sleep; 70 % leaves 50 hours of work
-- column env (text): Environment
-- column env_source (text): Where the environment is said: column env or tag
-- column outside_production (boolean): The environment is one of those
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column launch_time (time, UTC): When it was started
-- column schedule (text): Hours it runs, where its attributes say so
-- column lifecycle (text): spot or on_demand, where its attributes say so
-- saving: Cost of the hours asleep: expected {sleep_percent} %, low 50 % (nights of twelve hours), high 70 % (50 of 168 hours kept);
--   disks go on costing. What a commitment pays for saves only when the commitment is used elsewhere
-- kind: saving
-- risk: low
-- effort: low
-- restart: yes
-- reversible: yes
-- confidence: 65
-- conflict: machine 4
-- remedy: Agree the hours with the team, in its time zone | Add a start and stop schedule (Instance Scheduler, EventBridge Scheduler or a scheduled action of the scaling group) |
--   Tell people how to start it outside these hours
-- cli: aws ec2 stop-instances --instance-ids {resource_id} --region {region}
-- source: Requirement 002 (nights and weekends: 65 %); 50 of 168 hours by getnable finopsmcp; other environments our own choice, 2026-10
-- history: inventory
-- metric: cpu_avg
-- requires instances: id, account_id, env, tags, state, launch_time, avg_cpu_7d, provider_attributes
-- needs rows: instances
WITH placed AS (
  SELECT id, account_id, avg_cpu_7d, launch_time,
    COALESCE(env, json_extract_string(tags, '/env'), json_extract_string(tags, '/environment')) AS env,
    CASE WHEN env IS NOT NULL THEN 'column' ELSE 'tag' END AS env_source,
    json_extract_string(provider_attributes, '/schedule') AS schedule,
    json_extract_string(provider_attributes, '/lifecycle') AS lifecycle
  FROM instances WHERE state = 'running'
),
said AS (
  SELECT *, strpos(' ' || CAST($environments AS VARCHAR) || ' ', ' ' || env || ' ') > 0 AS outside_production
  FROM placed
),
judged AS (
  SELECT *,
    CASE WHEN NOT outside_production THEN 'passed'
      WHEN schedule = 'weekdays' OR lifecycle = 'spot'
        OR launch_time > CAST($now AS TIMESTAMP) - INTERVAL 7 DAY THEN 'excluded'
      WHEN outside_production IS NULL OR launch_time IS NULL THEN 'cannot tell'
      ELSE 'flagged' END AS verdict
  FROM said
)
SELECT id AS subject, account_id AS account, verdict,
  CASE WHEN verdict = 'excluded' THEN 'It does not run all hours of the week'
    WHEN verdict = 'cannot tell' AND env IS NULL THEN 'needs env: neither column nor tag says its environment'
    WHEN verdict = 'cannot tell' THEN 'needs launch_time: it may be younger than a week' END AS reason,
  env, CASE WHEN env IS NOT NULL THEN env_source END AS env_source, outside_production, avg_cpu_7d, launch_time,
  schedule, lifecycle,
  LEAST(0.5, $sleep_percent / 100) AS share_low, $sleep_percent / 100 AS share,
  GREATEST(0.7, $sleep_percent / 100) AS share_high
FROM judged
