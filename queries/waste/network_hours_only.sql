-- title: Network part without traffic
-- purpose: Load balancers, NAT gateways, VPN connections, endpoints and direct lines that are billed by the hour and
--   carry nothing.
-- grain: network resource billed by the hour
-- resource: bill
-- provider: AWS
-- area: Network
-- rule: Billed for more than {min_hours} hours of 30 days, with less than {max_other} GB or capacity units of use
-- when: clock_hours > $min_hours; other_units < $max_other; hours_cost > 0
-- param min_hours (number, cautious: 336, default: 336, aggressive: 168, unit: hours, range: 24..700): Billed for more
--   hours than this
-- param max_other (number, cautious: 0.000001, default: 0.001, aggressive: 0.001, unit: GB or LCU-hours, range: 0.0001..10):
--   Use of 30 days below this is none
-- column clock_hours (number, hours): Hours billed in 30 days, at most 24 a day however many zones it is in
-- column other_units (number): GB, capacity units and other use of 30 days
-- column hours_cost (money, currency): Effective cost of the hours
-- column part (text): Load balancer, NAT gateway, VPN, endpoint or direct line
-- saving: What the hours cost
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: network 1
-- remedy: Ask whether it stands by for a failure | Look at its traffic metrics of four weeks | Remove routes and names
--   that point to it, then delete it
-- cli: aws resourcegroupstaggingapi get-resources --region {region} --resource-arn-list {resource_id}
-- source: AWS Cloud Intelligence Dashboards (CUDOS): only hours and above 336 of them, or less than 0.001 of anything
--   else; 168 is our own choice, 2026-10
-- history: bill
-- needs values: charges.resource_id
WITH told AS (
  SELECT *,
    CASE
      WHEN regexp_matches(lower(service_name), 'load balancing|elb') THEN 'load balancer'
      WHEN regexp_matches(lower(COALESCE(meter, '') || resource_id), 'natgateway') THEN 'NAT gateway'
      WHEN COALESCE(x_operation, '') = 'CreateVpnConnection' OR regexp_matches(COALESCE(meter, ''), 'VPN-Usage-Hours')
        THEN 'VPN'
      WHEN COALESCE(x_operation, '') LIKE 'VpcEndpoint%' OR regexp_matches(COALESCE(meter, ''), 'VpcEndpoint')
        THEN 'endpoint'
      WHEN regexp_matches(lower(service_name), 'direct ?connect') THEN 'direct line' END AS part,
    lower(COALESCE(consumed_unit, pricing_unit, '')) AS unit
  FROM lines30
  WHERE charge_category = 'Usage' AND resource_id IS NOT NULL
),
seen AS (
  SELECT *,
    unit IN ('hrs', 'hours', 'hour', 'hr')
      OR (unit = '' AND regexp_matches(COALESCE(meter, ''), '-Hours$|LoadBalancerUsage|PortUsage')) AS hourly
  FROM told WHERE part IS NOT NULL
),
sums AS (
  SELECT resource_id AS subject, sub_account_id AS account, MAX(region_id) AS region, MAX(resource_name) AS name,
    billing_currency AS currency, MAX(part) AS part,
    LEAST(SUM(CASE WHEN hourly THEN COALESCE(consumed_quantity, pricing_quantity) END),
      24.0 * COUNT(DISTINCT CASE WHEN hourly THEN charge_date END)) AS clock_hours,
    SUM(CASE WHEN hourly THEN 0 ELSE COALESCE(consumed_quantity, pricing_quantity, 1) END) AS other_units,
    SUM(CASE WHEN hourly THEN effective_cost END) AS hours_cost,
    SUM(CASE WHEN hourly THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN hourly THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN hourly THEN list_cost END) AS base_list
  FROM seen
  GROUP BY resource_id, sub_account_id, billing_currency
  HAVING SUM(CASE WHEN hourly THEN 1 ELSE 0 END) > 0
    AND MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
)
SELECT subject, account, region, name,
  CASE WHEN clock_hours IS NULL OR hours_cost IS NULL THEN 'cannot tell'
    WHEN clock_hours > $min_hours AND other_units < $max_other AND hours_cost > 0 THEN 'flagged' ELSE 'passed' END
      AS verdict,
  CASE WHEN clock_hours IS NULL OR hours_cost IS NULL THEN 'needs consumed_quantity and effective_cost of its hours' END
    AS reason,
  clock_hours, other_units, hours_cost, part,
  currency, base_billed, hours_cost AS base_effective, base_contracted, base_list
FROM sums
