-- title: Service always on outside production
-- purpose: A managed service outside production that could sleep at night and on weekends.
-- grain: managed service
-- resource: managed_services
-- provider: any
-- area: Managed services
-- rule: In dev, staging or preview, with a mean CPU of {max_cpu} % or less
-- when: env = dev or env = staging or env = preview; avg_cpu_7d <= $max_cpu or avg_cpu_7d is null
-- param max_cpu (number, cautious: 30, default: 100, aggressive: 100, unit: %, range: 1..100):
--   Mean CPU up to this; at 100 it is not looked at
-- param saved_share (number, default: 65, unit: %, range: 30..75):
--   Share of the week it can be off; 118 of 168 hours are 70 %
-- column env (text): Environment
-- column avg_cpu_7d (number, %): Mean CPU of seven days
-- column service_type (text): Kind of service
-- column instance_type (text): Size of its nodes
-- column node_count (integer, nodes): Nodes
-- saving: 65 % of what it costs; low: half; high: 70 %
-- kind: saving
-- risk: low
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 50
-- conflict: service 4
-- remedy: Ask who works with it and when; some services cannot be stopped | Stop and start it by a schedule, or make it
--   anew each morning
-- source: Requirement 002 (always running dev, 65 %); 70 %: getnable finopsmcp; the cautious preset is our own choice,
--   2026-10
-- history: inventory
-- requires managed_services: id, account_id, env, avg_cpu_7d, service_type, instance_type, node_count
-- needs rows: managed_services
-- needs values: managed_services.env
SELECT id AS subject, account_id AS account,
  CASE WHEN env IS NULL THEN 'cannot tell' WHEN env NOT IN ('dev', 'staging', 'preview') THEN 'passed'
    WHEN $max_cpu < 100 AND avg_cpu_7d IS NULL THEN 'cannot tell'
    WHEN avg_cpu_7d > $max_cpu THEN 'passed' ELSE 'flagged' END AS verdict,
  CASE WHEN env IS NULL THEN 'needs env'
    WHEN env IN ('dev', 'staging', 'preview') AND $max_cpu < 100 AND avg_cpu_7d IS NULL
      THEN 'needs avg_cpu_7d' END AS reason,
  env, avg_cpu_7d, service_type, instance_type, node_count,
  LEAST(0.5, $saved_share / 100.0) AS share_low, $saved_share / CAST(100.0 AS DOUBLE) AS share,
    GREATEST(0.7, $saved_share / 100.0) AS share_high
FROM managed_services
