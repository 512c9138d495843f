-- title: Several load balancers for one
-- purpose: Application load balancers of one account, region and environment that one could stand in for.
-- grain: account x region x environment
-- resource: group
-- provider: any
-- area: Networking
-- rule: {min_balancers} application load balancers or more in the same account, region and environment
-- when: balancers >= $min_balancers
-- param min_balancers (integer, cautious: 5, default: 3, aggressive: 2, unit: load balancers, range: 2..20):
--   From this many on they are reported
-- column balancers (integer, load balancers): Application load balancers
-- column env (text): Environment
-- column requests_day (number, requests/day): Their requests a day together
-- saving: The hourly price of all but one; what they charge by traffic stays; low: nothing, where owners or
--   certificates differ
-- kind: saving
-- risk: medium
-- effort: high
-- restart: no
-- reversible: yes
-- confidence: 40
-- conflict: network 5
-- remedy: Look at owners, certificates and quotas: it is advice only | Move the services to one load balancer by host
--   and path rules | Delete the others
-- source: Requirement 002 (multiple load balancers); 3 and the presets are our own choice, 2026-10
-- history: inventory
-- requires load_balancers: id, account_id, lb_arn, type, region, env, hourly_cost, avg_request_count_7d
-- needs rows: load_balancers
-- needs values: load_balancers.type
SELECT account_id || '/' || COALESCE(region, 'no region') || '/' || COALESCE(env, 'no env') AS subject,
  account_id AS account, region,
    CAST(COUNT(*) AS VARCHAR) || ' application load balancers, ' || COALESCE(env, 'no env') AS name,
  CASE WHEN COUNT(*) < $min_balancers THEN 'passed' WHEN region IS NULL OR env IS NULL THEN 'cannot tell'
    ELSE 'flagged' END AS verdict,
  CASE WHEN COUNT(*) >= $min_balancers AND (region IS NULL OR env IS NULL)
    THEN 'needs region and env: what belongs together is not known' END AS reason,
  CAST(COUNT(*) AS BIGINT) AS balancers, env, SUM(avg_request_count_7d) AS requests_day,
  CAST(0.0 AS DOUBLE) AS list_low,
  (COUNT(*) - 1) * AVG(CAST(hourly_cost AS DOUBLE)) * 730 AS list,
  (COUNT(*) - 1) * AVG(CAST(hourly_cost AS DOUBLE)) * 730 AS list_high,
  string_agg(lb_arn, chr(10) ORDER BY lb_arn) AS parts
FROM load_balancers
WHERE type = 'application'
GROUP BY account_id, region, env
