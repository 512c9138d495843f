-- title: Web firewall without requests
-- purpose: Web access lists and their rules that are paid every month and see no request.
-- grain: web access list
-- resource: bill
-- provider: AWS
-- area: Network
-- rule: Monthly fees on at least {min_days} of 30 days and at most {max_requests} requests
-- when: fee_days >= $min_days; requests <= $max_requests; fee_cost > 0
-- param max_requests (number, cautious: 0, default: 0, aggressive: 100, unit: requests, range: 0..1000): At most so
--   many billed requests in 30 days
-- param min_days (integer, cautious: 28, default: 7, aggressive: 7, unit: days, range: 1..30): Fees on at least so many
--   days, so that a new list is left alone
-- column requests (number, requests): Requests billed in 30 days
-- column fee_cost (money, currency): Effective cost of the monthly fees
-- column fee_days (integer, days): Days with fees
-- saving: The monthly fees of the list and its rules
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 75
-- conflict: network 1
-- remedy: WAF > Web ACLs: look what it is attached to | Ask the owner of that resource | Detach it and delete it with
--   its rules
-- cli: aws wafv2 list-resources-for-web-acl --region {region} --web-acl-arn {resource_id}
-- source: AWS Cloud Intelligence Dashboards (CUDOS): month lines and no request lines, 2026-10; days and the aggressive
--   limit are our own choice
-- history: bill
-- needs values: charges.resource_id
WITH seen AS (
  SELECT *,
    lower(COALESCE(consumed_unit, pricing_unit, '')) LIKE 'request%'
      OR regexp_matches(lower(COALESCE(meter, '')), 'request') AS request
  FROM lines30
  WHERE charge_category = 'Usage' AND resource_id IS NOT NULL AND regexp_matches(lower(service_name), '(^| |aws)waf')
),
sums AS (
  SELECT resource_id AS subject, sub_account_id AS account, MAX(region_id) AS region, MAX(resource_name) AS name,
    billing_currency AS currency,
    SUM(CASE WHEN request THEN COALESCE(consumed_quantity, pricing_quantity) ELSE 0 END) AS requests,
    SUM(CASE WHEN request THEN 0 ELSE effective_cost END) AS fee_cost,
    CAST(COUNT(DISTINCT CASE WHEN NOT request THEN charge_date END) AS BIGINT) AS fee_days,
    SUM(CASE WHEN request THEN 0 ELSE billed_cost END) AS base_billed,
    SUM(CASE WHEN request THEN 0 ELSE contracted_cost END) AS base_contracted,
    SUM(CASE WHEN request THEN 0 ELSE list_cost END) AS base_list
  FROM seen
  GROUP BY resource_id, sub_account_id, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
)
SELECT subject, account, region, name,
  CASE WHEN fee_cost IS NULL THEN 'cannot tell'
    WHEN fee_days >= $min_days AND requests <= $max_requests AND fee_cost > 0 THEN 'flagged' ELSE 'passed' END
      AS verdict,
  CASE WHEN fee_cost IS NULL THEN 'needs effective_cost of its fees' END AS reason,
  requests, fee_cost, fee_days, currency, base_billed, fee_cost AS base_effective, base_contracted, base_list
FROM sums
