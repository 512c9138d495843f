-- title: Surplus CPU credits billed
-- purpose: Burstable machines that regularly work above their baseline and pay for surplus credits.
-- grain: machine with billed credits
-- resource: bill
-- provider: AWS
-- area: Compute
-- rule: Its CPU credits cost more than {min_cost} in 30 days and more than {min_percent} % of what it costs
-- when: credit_cost > $min_cost; credit_percent > $min_percent
-- param min_cost (number, cautious: 1, default: 1, aggressive: 0, unit: currency, range: 0..20): Credits of 30 days
--   above this cost are reported
-- param min_percent (number, cautious: 20, default: 0, aggressive: 0, unit: %, range: 0..60): Their share of the cost
--   of the machine must be above this
-- param saved_percent (number, default: 70, unit: %, range: 10..100): Share of the credits that a machine of fixed
--   performance saves after its higher price; own choice, without a catalogue
-- column credit_cost (money, currency): Effective cost of surplus credits in 30 days
-- column credit_percent (number, %): Their share of the cost of the machine
-- column credit_days (integer, days): Days with billed credits
-- saving: Cost of the credits, less the step in price to a type of fixed performance (expected {saved_percent} %
--   remain)
-- kind: saving
-- risk: low
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 60
-- conflict: machine 6
-- remedy: Look at the CPU credit balance of the machine | Move it to a type of fixed performance, such as m or c, or to
--   a larger burstable type |
--   Or switch the credit mode to standard if slowness at peaks is acceptable
-- cli: aws ec2 modify-instance-credit-specification --region {region} --instance-credit-specifications
--   "InstanceId={resource_id},CpuCredits=standard"
-- source: AWS Cloud Intelligence Dashboards (CUDOS) list any billed credits; limits of the presets are our own choice,
--   2026-10
-- history: bill
-- metric: cpu_avg
WITH seen AS (
  SELECT *,
    meter IS NULL AND charge_description IS NULL AS untold,
    regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')), 'cpu ?credits') AS hit
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'ec2|elastic compute cloud')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'CPU credits of ' || COALESCE(sub_account_id, 'unknown account')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(CASE WHEN hit THEN effective_cost END) AS credit_cost,
    100.0 * CAST(SUM(CASE WHEN hit THEN effective_cost END) AS DOUBLE)
      / NULLIF(CAST(SUM(effective_cost) AS DOUBLE), 0) AS credit_percent,
    CAST(COUNT(DISTINCT CASE WHEN hit THEN charge_date END) AS BIGINT) AS credit_days,
    SUM(CASE WHEN hit THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN hit THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN hit THEN list_cost END) AS base_list
  FROM seen
  WHERE hit OR untold OR resource_id IS NOT NULL
  GROUP BY 1, sub_account_id, untold, billing_currency
  HAVING untold OR SUM(CASE WHEN hit THEN 1 ELSE 0 END) > 0
)
SELECT subject, account, region,
  CASE WHEN untold OR credit_cost IS NULL THEN 'cannot tell'
    WHEN CAST(credit_cost AS DOUBLE) > $min_cost AND credit_percent > $min_percent THEN 'flagged' ELSE 'passed' END
      AS verdict,
  CASE WHEN untold THEN 'needs a usage type, SKU meter or description of its lines'
    WHEN credit_cost IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  credit_cost, credit_percent, credit_days,
  CAST(0.4 * $saved_percent / 100 AS DOUBLE) AS share_low, CAST($saved_percent / 100.0 AS DOUBLE) AS share,
    CAST(1.0 AS DOUBLE) AS share_high,
  currency, base_billed, credit_cost AS base_effective, base_contracted, base_list
FROM sums
