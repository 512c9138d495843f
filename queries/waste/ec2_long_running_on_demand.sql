-- title: Old and not covered
-- purpose: Machines that have run for months at the on-demand price and that a commitment could cover.
-- grain: running instance on the bill
-- resource: instances
-- provider: any
-- area: Commitments
-- rule: It runs for more than {min_age_days} days, and commitments pay for at most {max_covered} % of its cost of the last 30 days
-- when: age_days > $min_age_days; covered_percent <= $max_covered
-- param min_age_days (integer, cautious: 180, default: 90, aggressive: 90, unit: days, range: 30..365): Older than this is steady
-- param max_covered (number, cautious: 0, default: 5, aggressive: 50, unit: %, range: 0..80): Share paid by commitments up to which it is not covered; age alone is never waste
-- column age_days (integer, days): Days since it was started
-- column covered_percent (number, %): Share of its hours' cost that commitments pay for
-- column on_demand_cost (money, currency): Effective cost of its on-demand hours in 30 days
-- column spot_cost (money, currency): Effective cost of its Spot hours in 30 days
-- column instance_type (text): Size
-- column grouped (boolean): Member of a scaling group: its fellows come and go, look at the hours of all
-- saving: 30 % of its on-demand hours (20 to 40 %, the usual discount of savings plans), named here and not added up: the page
--   Commitments works out what to buy from the hours of all machines
-- kind: review
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 40
-- remedy: Remove, schedule and shrink first | Look at the hours of the whole family over weeks, not at this machine alone |
--   Buy a savings plan or reservation for the part that never goes away
-- cli: aws ce get-savings-plans-purchase-recommendation --savings-plans-type COMPUTE_SP --term-in-years ONE_YEAR --payment-option NO_UPFRONT --lookback-period-in-days THIRTY_DAYS
-- source: OptScale (90 days and not covered) and CloudBurn (180 days); discounts of Requirement 002; covered shares our own choice, 2026-10
-- history: dates
-- requires instances: id, account_id, state, launch_time, instance_type, autoscaling_group_id
-- needs rows: instances
-- needs values: instances.launch_time
WITH spent AS (
  SELECT c.inventory_id, c.currency,
    SUM(CASE WHEN l.pricing_category = 'Committed' THEN l.effective_cost ELSE 0 END) AS committed_cost,
    SUM(CASE WHEN l.pricing_category = 'Dynamic' THEN l.effective_cost END) AS spot_cost,
    SUM(l.effective_cost) AS all_cost,
    COUNT(CASE WHEN l.pricing_category IS NULL THEN 1 END) AS untold,
    SUM(CASE WHEN l.pricing_category = 'Standard' THEN l.billed_cost END) AS base_billed,
    SUM(CASE WHEN l.pricing_category = 'Standard' THEN l.effective_cost END) AS base_effective,
    SUM(CASE WHEN l.pricing_category = 'Standard' THEN l.contracted_cost END) AS base_contracted,
    SUM(CASE WHEN l.pricing_category = 'Standard' THEN l.list_cost END) AS base_list
  FROM cost30 AS c
  JOIN lines30 AS l ON l.resource_id = c.resource_id AND l.billing_currency = c.currency
    AND l.sub_account_id IS NOT DISTINCT FROM c.sub_account_id
  WHERE c.inventory_table = 'instances' AND l.charge_category = 'Usage'
    AND regexp_matches(lower(COALESCE(l.pricing_unit, l.consumed_unit, '')), '^h(ou)?rs?')
  GROUP BY c.inventory_id, c.currency
),
held AS (
  SELECT i.id, i.account_id, i.instance_type, i.autoscaling_group_id IS NOT NULL AS grouped, s.*,
    CAST(CAST($as_of AS DATE) + 1 - CAST(i.launch_time AS DATE) AS BIGINT) AS age_days,
    100 * CAST(s.committed_cost AS DOUBLE) / NULLIF(CAST(s.all_cost AS DOUBLE), 0) AS covered_percent
  FROM instances AS i LEFT JOIN spent AS s ON s.inventory_id = i.id
  WHERE i.state = 'running'
),
judged AS (
  SELECT *,
    CASE WHEN age_days IS NULL THEN 'needs launch_time: its age is not known'
      WHEN covered_percent IS NULL OR untold > 0 THEN 'needs its hours on the bill, with pricing category and cost'
      WHEN spot_cost > 0 THEN 'Spot hours take no commitment' END AS reason
  FROM held
)
SELECT id AS subject, account_id AS account,
  CASE WHEN strpos(reason, 'needs') = 1 THEN 'cannot tell' WHEN reason IS NOT NULL THEN 'excluded'
    WHEN age_days > $min_age_days AND covered_percent <= $max_covered THEN 'flagged' ELSE 'passed' END AS verdict,
  reason, age_days, covered_percent, base_effective AS on_demand_cost, spot_cost, instance_type, grouped,
  CAST(0.2 AS DOUBLE) AS share_low, CAST(0.3 AS DOUBLE) AS share, CAST(0.4 AS DOUBLE) AS share_high,
  currency, base_billed, base_effective, base_contracted, base_list
FROM judged
