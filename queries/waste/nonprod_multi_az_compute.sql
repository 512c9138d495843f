-- title: Several zones outside production
-- purpose: Machines of one environment outside production spread over zones, which pay for the traffic between them.
-- grain: account x region x environment
-- resource: group
-- provider: any
-- area: Network
-- rule: Its environment is one of {environments}, its running machines are in more than one zone, and traffic between zones of the account there costs {min_cost} or more in 30 days
-- when: zones > 1; traffic_cost >= $min_cost
-- param environments (text, cautious: dev preview, default: dev staging preview, aggressive: dev staging preview test qa sandbox): Environments that need no second zone, apart by spaces
-- param min_cost (number, cautious: 50, default: 1, aggressive: 0, unit: currency, range: 0..200): Traffic between zones of 30 days from this cost on
-- column zones (integer, zones): Zones with running machines
-- column machines (integer, machines): Running machines whose zone is known
-- column zone_names (text): These zones
-- column env (text): Environment
-- column traffic_cost (number, currency): Effective cost of traffic between zones of the account in the region, in 30 days, of all environments
-- saving: At most the traffic between zones of the account in the region; of which environment it is the bill does not say, so it
--   is named here and not added up
-- kind: review
-- risk: low
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 30
-- remedy: Look which machines talk to each other (flow logs) | Keep one zone for each environment outside production |
--   Set the subnets of its groups and databases to that zone
-- cli: aws ec2 describe-instances --filters Name=tag:env,Values={env} --query "Reservations[].Instances[].Placement.AvailabilityZone" --region {region}
-- source: OptimNow (outside production and more than one zone); costs our own choice, 2026-10
-- history: inventory
-- requires instances: account_id, region, env, state, provider_attributes
-- requires cloud_accounts: id, account_number
-- needs rows: instances
WITH placed AS (
  SELECT account_id, region, env, json_extract_string(provider_attributes, '/availability_zone') AS zone
  FROM instances
  WHERE state = 'running' AND region IS NOT NULL
    AND strpos(' ' || CAST($environments AS VARCHAR) || ' ', ' ' || env || ' ') > 0
),
zones AS (SELECT DISTINCT account_id, region, env, zone FROM placed WHERE zone IS NOT NULL),
named AS (
  SELECT account_id, region, env, CAST(COUNT(*) AS BIGINT) AS zones, string_agg(zone, ', ' ORDER BY zone) AS zone_names
  FROM zones GROUP BY account_id, region, env
),
groups AS (
  SELECT account_id, region, env, CAST(COUNT(zone) AS BIGINT) AS machines
  FROM placed GROUP BY account_id, region, env
),
traffic AS (
  SELECT sub_account_id, region_id, MAX(billing_currency) AS currency, SUM(billed_cost) AS base_billed,
    SUM(effective_cost) AS base_effective, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM lines30
  WHERE charge_category = 'Usage' AND strpos(meter, 'DataTransfer-Regional-Bytes') > 0
  GROUP BY sub_account_id, region_id HAVING COUNT(DISTINCT billing_currency) = 1
),
held AS (
  SELECT g.account_id, g.region, g.env, g.machines, COALESCE(n.zones, 0) AS zones, n.zone_names,
    COALESCE(CAST(t.base_effective AS DOUBLE), 0) AS traffic_cost,
    t.currency, t.base_billed, t.base_effective, t.base_contracted, t.base_list
  FROM groups AS g
  LEFT JOIN named AS n ON n.account_id = g.account_id AND n.region = g.region AND n.env = g.env
  LEFT JOIN cloud_accounts AS a ON a.id = g.account_id
  LEFT JOIN traffic AS t ON t.sub_account_id = a.account_number AND t.region_id = g.region
)
SELECT account_id || '/' || region || '/' || env AS subject, account_id AS account, region,
  env || ' in ' || region AS name,
  CASE WHEN machines = 0 THEN 'cannot tell' WHEN zones > 1 AND traffic_cost >= $min_cost THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN machines = 0 THEN 'needs the zone of its machines (provider_attributes, availability_zone)' END AS reason,
  zones, machines, zone_names, env, traffic_cost,
  CAST(0 AS DOUBLE) AS share_low, CAST(0.5 AS DOUBLE) AS share, CAST(1 AS DOUBLE) AS share_high,
  currency, base_billed, base_effective, base_contracted, base_list
FROM held
