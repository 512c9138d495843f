-- title: Steady use without commitment
-- purpose: Compute that runs on demand at all times and could be covered by a savings plan or reservations.
-- grain: payer, provider and currency
-- resource: group
-- provider: any
-- area: Commitments
-- rule: The level reached in all but {floor_percent} % of the hours (days, where the bill has no hours) is worth more
--   than {min_floor} in 30 days
-- when: floor_cost > $min_floor
-- param floor_percent (number, cautious: 5, default: 20, aggressive: 50, unit: %, range: 1..60): Share of hours or days
--   that may fall below the level; they would leave the commitment unused
-- param min_floor (number, cautious: 100, default: 10, aggressive: 1, unit: currency, range: 0..5000): Levels worth
--   less than this in 30 days are left alone
-- param discount (number, default: 20, unit: %, range: 5..60): Expected discount of a commitment of one year, without a
--   price list of commitments
-- param discount_low (number, default: 10, unit: %, range: 1..60): Lowest discount
-- param discount_high (number, default: 30, unit: %, range: 5..75): Highest discount
-- column floor_cost (number, currency): The steady level over 30 days
-- column covered_cost (number, currency): Part of the cost at or below the level, which a commitment would cover
-- column on_demand_cost (money, currency): Effective cost of eligible use on demand in 30 days
-- column covered_percent (number, %): The covered part as a share of it
-- column slots (integer): Hours or days with use on demand
-- column slots_all (integer): Hours or days of the 30 days
-- column unit (text): hours or days
-- saving: What the commitment covers, less its price: the level at {discount} % discount, paid in hours without use
--   too; buy after removing and resizing what is too much
-- kind: review
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 50
-- conflict: commitment 10
-- remedy: First remove idle machines and resize large ones | Look at the use of a year for seasons and plans to leave |
--   Buy for one year without upfront payment, in steps, below the steady level
-- cli: aws ce get-savings-plans-purchase-recommendation --savings-plans-type COMPUTE_SP --term-in-years ONE_YEAR
--   --payment-option NO_UPFRONT --lookback-period-in-days THIRTY_DAYS
-- source: AWS Cloud Intelligence Dashboards (CID KPI): 20 % of on-demand compute; shares of hours of the presets are
--   our own choice, 2026-10
-- history: bill
-- requires daily_costs: charge_date, charge_count
WITH eligible AS (
  SELECT COALESCE(billing_account_id, 'unknown payer') || ' ' || COALESCE(provider_name, 'unknown provider')
      || ' (' || billing_currency || ')' AS subject,
    billing_account_id, billing_currency, charge_period_start, charge_date,
    CASE WHEN charge_period_end <= charge_period_start + INTERVAL 1 HOUR THEN 1 ELSE 0 END AS hourly,
    billed_cost, effective_cost, contracted_cost, list_cost
  FROM lines30
  WHERE charge_category = 'Usage' AND COALESCE(pricing_category, 'Standard') = 'Standard'
    AND service_category = 'Compute'
    AND commitment_discount_id IS NULL
    AND (regexp_matches(COALESCE(meter, ''), 'BoxUsage:|DedicatedUsage:|Fargate|Lambda-GB-Second')
      OR (COALESCE(meter, '') NOT LIKE '%:%' AND (json_extract_string(sku_price_details, '/InstanceType') IS NOT NULL
        OR commitment_program_eligibility_details IS NOT NULL)))
),
kinds AS (
  SELECT subject, MIN(hourly) AS hourly, MAX(billing_account_id) AS account, MAX(billing_currency) AS currency,
    SUM(effective_cost) AS on_demand_cost, SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted,
    SUM(list_cost) AS base_list
  FROM eligible
  GROUP BY subject
),
slots AS (
  SELECT e.subject, CASE WHEN k.hourly = 1 THEN e.charge_period_start ELSE CAST(e.charge_date AS TIMESTAMP) END AS slot,
    SUM(e.effective_cost) AS cost, MAX(CASE WHEN k.hourly = 1 THEN 720 ELSE 30 END) AS slots_all
  FROM eligible AS e JOIN kinds AS k ON k.subject = e.subject
  GROUP BY e.subject, CASE WHEN k.hourly = 1 THEN e.charge_period_start ELSE CAST(e.charge_date AS TIMESTAMP) END
),
ranks AS (
  SELECT subject, CAST(cost AS DOUBLE) AS cost, slots_all,
    ROW_NUMBER() OVER (PARTITION BY subject ORDER BY cost) AS place, COUNT(*) OVER (PARTITION BY subject) AS slots
  FROM slots
),
floors AS (
  SELECT subject,
    COALESCE(MIN(CASE WHEN slots_all - slots < slots_all * $floor_percent / 100.0
      AND place + slots_all - slots >= slots_all * $floor_percent / 100.0 THEN cost END), 0.0) AS floor
  FROM ranks
  GROUP BY subject
),
levels AS (
  SELECT r.subject, CAST(MAX(r.slots) AS BIGINT) AS slots, CAST(MAX(r.slots_all) AS BIGINT) AS slots_all,
    CAST(MAX(f.floor) * MAX(r.slots_all) AS DOUBLE) AS floor_cost,
      CAST(SUM(LEAST(r.cost, f.floor)) AS DOUBLE) AS covered_cost
  FROM ranks AS r JOIN floors AS f ON f.subject = r.subject
  GROUP BY r.subject
),
cover AS (
  SELECT MIN(charge_date) AS first_day FROM daily_costs WHERE charge_count > 0
)
SELECT k.subject, k.account,
  CASE WHEN (SELECT first_day FROM cover) > CAST($as_of AS DATE) - 23 OR k.on_demand_cost IS NULL THEN 'cannot tell'
    WHEN f.floor_cost > $min_floor THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN (SELECT first_day FROM cover) > CAST($as_of AS DATE) - 23 THEN 'needs 30 days of bill'
    WHEN k.on_demand_cost IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  f.floor_cost, f.covered_cost, k.on_demand_cost,
  100.0 * f.covered_cost / NULLIF(CAST(k.on_demand_cost AS DOUBLE), 0) AS covered_percent, f.slots, f.slots_all,
  CASE WHEN k.hourly = 1 THEN 'hours' ELSE 'days' END AS unit,
  CAST((f.covered_cost - f.floor_cost * (1 - $discount_low / 100.0)) / NULLIF(CAST(k.on_demand_cost AS DOUBLE), 0)
    AS DOUBLE) AS share_low,
  CAST((f.covered_cost - f.floor_cost * (1 - $discount / 100.0)) / NULLIF(CAST(k.on_demand_cost AS DOUBLE), 0)
    AS DOUBLE) AS share,
  CAST((f.covered_cost - f.floor_cost * (1 - $discount_high / 100.0)) / NULLIF(CAST(k.on_demand_cost AS DOUBLE), 0)
    AS DOUBLE) AS share_high,
  k.currency, k.base_billed, k.on_demand_cost AS base_effective, k.base_contracted, k.base_list
FROM kinds AS k JOIN levels AS f ON f.subject = k.subject
