-- title: Idle public address billed
-- purpose: Public IPv4 addresses that the bill calls idle: on nothing, or on something that is stopped.
-- grain: resource of the bill, or account and region where the bill names none
-- resource: bill
-- provider: AWS
-- area: Network
-- rule: It was billed as idle for more than {min_hours} hours of 30 days
-- when: hours > $min_hours
-- param min_hours (number, cautious: 168, default: 0, aggressive: 0, unit: hours, range: 0..700): Idle hours of 30 days
--   above this are reported
-- column hours (number, hours): Hours billed as idle in 30 days
-- column cost (money, currency): Effective cost of these hours
-- column last_day (date): Last day billed as idle
-- saving: What the idle hours cost; an address in use costs the same, so only giving it back saves
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 90
-- conflict: address 1
-- remedy: EC2 > Elastic IPs: sort by associated instance | Ask the owner whether the address is in an allow list of
--   someone else |
--   Release the address; it cannot be got back
-- cli: aws ec2 describe-addresses --region {region} --query "Addresses[?AssociationId==null]"
-- source: Usage types of idle addresses as in the AWS Cloud Intelligence Dashboards (CUDOS); hours of the cautious
--   preset are our own choice, 2026-10
-- history: bill
WITH seen AS (
  SELECT *,
    meter IS NULL AND charge_description IS NULL AS untold,
    regexp_matches(
      lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')), 'idleaddress|idle public ipv4'
    ) AS hit
  FROM lines30
  WHERE charge_category = 'Usage'
    AND regexp_matches(lower(service_name), 'ec2|elastic compute cloud|vpc|virtual private cloud')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Idle addresses of ' || COALESCE(sub_account_id, 'unknown account')
        || ' in ' || COALESCE(region_id, 'unknown region')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(CASE WHEN hit THEN COALESCE(consumed_quantity, pricing_quantity) END) AS hours,
    SUM(effective_cost) AS cost, MAX(charge_date) AS last_day,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  WHERE hit OR untold
  GROUP BY 1, sub_account_id, untold, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
)
SELECT subject, account, region,
  CASE WHEN untold OR hours IS NULL THEN 'cannot tell' WHEN hours > $min_hours THEN 'flagged' ELSE 'passed' END
    AS verdict,
  CASE WHEN untold THEN 'needs a usage type, SKU meter or description of its lines'
    WHEN hours IS NULL THEN 'needs consumed_quantity: its lines have no hours' END AS reason,
  hours, cost, last_day, currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
