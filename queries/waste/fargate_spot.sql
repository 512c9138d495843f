-- title: Fargate work for Spot
-- purpose: Container tasks on demand whose tags say that they may be interrupted: batch work or no production.
-- grain: task or service on Fargate
-- resource: bill
-- provider: AWS
-- area: Containers
-- rule: Tags say that it is batch work or not production, and it pays the on-demand price of Fargate
-- when: evidence is not null; cost > $min_cost
-- param min_cost (number, cautious: 20, default: 1, aggressive: 0, unit: currency, range: 0..100): On-demand use of 30
--   days above this cost
-- param saved_percent (number, default: 70, unit: %, range: 10..70): Discount of Fargate Spot (OptimNow, 2026-10)
-- column evidence (text): The tag that says so
-- column cost (money, currency): Effective cost of Fargate on demand in 30 days
-- column days (integer, days): Days with use
-- saving: {saved_percent} % of its use on demand, if all of it may be interrupted
-- kind: review
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 40
-- conflict: function 9
-- remedy: Ask whether the work may stop within two minutes and start again | Give the service a capacity provider
--   strategy with FARGATE_SPOT | Keep a base of tasks on demand
-- cli: aws ecs update-service --region {region} --cluster CLUSTER --service SERVICE --capacity-provider-strategy
--   capacityProvider=FARGATE_SPOT,weight=1
-- source: OptimNow (70 %), 2026-10; tags alone count as evidence, names do not; limits are our own choice
-- history: bill
WITH seen AS (
  SELECT *, lower(COALESCE(
      json_extract_string(tags, '/env'), json_extract_string(tags, '/Env'), json_extract_string(tags, '/environment'),
      json_extract_string(tags, '/Environment'), json_extract_string(tags, '/user:env'),
        json_extract_string(tags, '/user:environment'),
      json_extract_string(tags, '/user:Environment'))) AS env,
    lower(COALESCE(
      json_extract_string(tags, '/workload'), json_extract_string(tags, '/Workload'),
        json_extract_string(tags, '/user:workload'),
      json_extract_string(tags, '/type'), json_extract_string(tags, '/Type'), json_extract_string(tags, '/user:type')))
        AS workload
  FROM lines30
  WHERE charge_category = 'Usage' AND COALESCE(pricing_category, 'Standard') = 'Standard' AND resource_id IS NOT NULL
    AND regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')), 'fargate')
    AND NOT regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')), 'spot|eks')
),
sums AS (
  SELECT resource_id AS subject, sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency,
    CAST(COUNT(tags) AS BIGINT) AS tagged,
    MAX(CASE WHEN regexp_matches(workload, 'batch|cron|worker|job') THEN 'workload ' || workload
      WHEN regexp_matches(env, '^(dev|development|test|testing|qa|staging|stage|preview|sandbox)')
        THEN 'environment ' || env END) AS evidence,
    SUM(effective_cost) AS cost, CAST(COUNT(DISTINCT charge_date) AS BIGINT) AS days, SUM(billed_cost) AS base_billed,
    SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  GROUP BY resource_id, sub_account_id, billing_currency
)
SELECT subject, account, region,
  CASE WHEN tagged = 0 THEN 'cannot tell' WHEN evidence IS NOT NULL AND CAST(cost AS DOUBLE) > $min_cost THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN tagged = 0 THEN 'needs tags that say what it is' END AS reason,
  evidence, cost, days,
  CAST(0.3 * $saved_percent / 100.0 AS DOUBLE) AS share_low, CAST(0.7 * $saved_percent / 100.0 AS DOUBLE) AS share,
  CAST($saved_percent / 100.0 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
