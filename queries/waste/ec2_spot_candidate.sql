-- title: Short-lived on demand
-- purpose: Machines that lived for a few hours at the full price: such work can often run on Spot.
-- grain: machine on the bill
-- resource: bill
-- provider: AWS
-- area: Compute
-- rule: It came and went within the last {days} days, ran less than {max_hours} hours, and all of them on demand
-- when: hours < $max_hours; age_days <= $days; other_hours = 0
-- param max_hours (number, cautious: 3, default: 6, aggressive: 24, unit: hours, range: 1..48): Fewer hours than this are a short life
-- param days (integer, cautious: 3, default: 3, aggressive: 7, unit: days, range: 1..14): Days looked back for machines that came
-- param saved_percent (number, default: 55, unit: %, range: 20..80): Mean discount of Spot, without a price list of Spot
-- column hours (number, hours): On-demand hours in 30 days
-- column other_hours (number, hours): Spot and committed hours in 30 days
-- column first_day (date): First day on the bill
-- column last_day (date): Last day with hours
-- column age_days (integer, days): Days since it came
-- column instance_type (text): Its type; of several the last by name
-- column hours_cost (money, currency): Effective cost of its on-demand hours
-- saving: {saved_percent} % of what this machine cost (low 30 %, high 70 %): a month in which as much work comes again
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 40
-- conflict: machine 9
-- remedy: Find what starts these machines: a pipeline, a batch queue, a scaling group | Check that the work may be interrupted with two minutes' notice |
--   Let it ask for Spot, with at least five instance types
-- cli: aws ec2 describe-spot-price-history --instance-types {instance_type} --product-descriptions Linux/UNIX --region {region}
-- source: OptScale (lived less than 6 hours within 3 days); 55 % by AWS Cloud Intelligence Dashboards (KPI); other presets our own choice, 2026-10
-- history: bill
WITH typed AS (
  SELECT *,
    COALESCE(json_extract_string(sku_price_details, '/InstanceType'),
      json_extract_string(sku_price_details, '/instance_type'),
      CASE WHEN regexp_matches(meter, 'BoxUsage$') THEN 'm1.small'
        WHEN regexp_matches(meter, 'BoxUsage|DedicatedUsage') THEN split_part(meter, ':', 2) END) AS instance_type
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'ec2|elastic compute cloud')
),
machine_lines AS (
  SELECT *,
    COALESCE(resource_id, instance_type || ' machines of ' || COALESCE(sub_account_id, 'unknown account')) AS subject,
    split_part(instance_type, '.', 1) AS family
  FROM typed
  WHERE regexp_matches(meter, 'BoxUsage|DedicatedUsage')
    OR (x_usage_type IS NULL AND instance_type IS NOT NULL
      AND NOT regexp_matches(COALESCE(meter, ''), 'EBSOptimized|CPUCredits|Unused|SpotUsage'))
    OR (meter IS NULL AND instance_type IS NULL AND starts_with(resource_id, 'i-'))
),
machines AS (
  SELECT m.resource_id AS subject, m.sub_account_id, m.billing_currency, MAX(m.region_id) AS region,
    MAX(m.instance_type) AS instance_type, MIN(c.first_charge_date) AS first_day, MAX(m.charge_date) AS last_day,
    COUNT(CASE WHEN m.pricing_category IS NULL OR COALESCE(m.pricing_quantity, m.consumed_quantity) IS NULL THEN 1 END)
      AS untold,
    SUM(CASE WHEN m.pricing_category = 'Standard' THEN COALESCE(m.pricing_quantity, m.consumed_quantity) ELSE 0 END)
      AS hours,
    SUM(CASE WHEN m.pricing_category <> 'Standard' THEN COALESCE(m.pricing_quantity, m.consumed_quantity) ELSE 0 END)
      AS other_hours,
    SUM(CASE WHEN m.pricing_category = 'Standard' THEN m.billed_cost END) AS base_billed,
    SUM(CASE WHEN m.pricing_category = 'Standard' THEN m.effective_cost END) AS base_effective,
    SUM(CASE WHEN m.pricing_category = 'Standard' THEN m.contracted_cost END) AS base_contracted,
    SUM(CASE WHEN m.pricing_category = 'Standard' THEN m.list_cost END) AS base_list
  FROM machine_lines AS m
  JOIN cost30 AS c ON c.resource_id = m.resource_id AND c.sub_account_id IS NOT DISTINCT FROM m.sub_account_id
    AND c.currency = m.billing_currency
  GROUP BY m.resource_id, m.sub_account_id, m.billing_currency
),
aged AS (
  SELECT *, CAST(CAST($as_of AS DATE) + 1 - first_day AS BIGINT) AS age_days,
    last_day = CAST($as_of AS DATE) AS on_last_day
  FROM machines
),
judged AS (
  SELECT *,
    CASE WHEN untold > 0 THEN 'needs pricing category and quantity of its lines'
      WHEN hours < $max_hours AND age_days <= $days AND other_hours = 0 AND on_last_day
        THEN 'needs a later day of the bill: it may still run' END AS reason
  FROM aged
)
SELECT subject, sub_account_id AS account, region,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell'
    WHEN hours < $max_hours AND age_days <= $days AND other_hours = 0 THEN 'flagged' ELSE 'passed' END AS verdict,
  reason, hours, other_hours, first_day, last_day, age_days, instance_type, base_effective AS hours_cost,
  CAST(0.3 AS DOUBLE) AS share_low, $saved_percent / 100 AS share,
  GREATEST(CAST(0.7 AS DOUBLE), $saved_percent / 100) AS share_high,
  billing_currency AS currency, base_billed, base_effective, base_contracted, base_list
FROM judged
