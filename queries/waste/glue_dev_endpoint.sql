-- title: Development endpoint left on
-- purpose: Glue development endpoints that are billed around the clock although people use them for a few hours.
-- grain: development endpoint, or account where the bill names none
-- resource: bill
-- provider: AWS
-- area: Analytics
-- rule: Billed for {min_hours} hours or more on {min_days} or more of 30 days, and still there
-- when: long_days >= $min_days; quiet_days <= $max_quiet_days
-- param min_hours (number, cautious: 16, default: 8, aggressive: 1, unit: hours, range: 1..24): Hours a day that count
-- param min_days (integer, cautious: 7, default: 7, aggressive: 1, unit: days, range: 1..30): On at least so many days
-- param max_quiet_days (integer, default: 2, unit: days, range: 0..10): Its last line is at most so many days old
-- param units_an_hour (number, default: 5, unit: DPU, range: 2..100): Size assumed where the bill has no hourly lines;
--   5 is what an endpoint has unless told otherwise
-- param work_hours (number, default: 8, unit: hours, range: 0..24): Hours of use a day that stay
-- column long_days (integer, days): Days with as many hours
-- column hours (number, hours): Hours billed in 30 days
-- column quiet_days (integer, days): Days since the last line
-- column cost (money, currency): Effective cost in 30 days
-- saving: Cost of the hours above {work_hours} a day; all of it when nobody uses it
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: service 1
-- remedy: Ask who works with it and save the notebooks | Glue > Dev endpoints: delete it | Use interactive sessions,
--   which stop by themselves
-- cli: aws glue delete-dev-endpoint --region {region} --endpoint-name NAME
-- source: Own choice: hours billed a day, 2026-10
-- history: bill
WITH seen AS (
  SELECT *, meter IS NULL AND charge_description IS NULL AS untold,
    regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
      'deved-dpu-hour|development endpoint') AS hit
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'glue')
),
days AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Development endpoints of ' || COALESCE(sub_account_id, 'unknown account')) END
        AS subject,
    sub_account_id, billing_currency, charge_date, untold, MAX(region_id) AS region,
    LEAST(24.0,
      CASE WHEN MAX(CASE WHEN charge_period_end <= charge_period_start + INTERVAL 1 HOUR THEN 0 ELSE 1 END) = 0
        THEN CAST(COUNT(DISTINCT charge_period_start) AS DOUBLE)
        ELSE SUM(COALESCE(consumed_quantity, pricing_quantity)) / CAST($units_an_hour AS DOUBLE) END) AS hours,
    SUM(effective_cost) AS cost, SUM(billed_cost) AS billed, SUM(contracted_cost) AS contracted,
      SUM(list_cost) AS listed
  FROM seen
  WHERE untold OR hit
  GROUP BY 1, sub_account_id, billing_currency, charge_date, untold
),
sums AS (
  SELECT subject, sub_account_id AS account, MAX(region) AS region, billing_currency AS currency, untold,
    CAST(COUNT(CASE WHEN hours >= $min_hours THEN 1 END) AS BIGINT) AS long_days, SUM(hours) AS hours,
    SUM(GREATEST(hours - $work_hours, 0)) AS outside_hours,
    CAST(CAST($as_of AS DATE) - MAX(charge_date) AS BIGINT) AS quiet_days, SUM(cost) AS cost,
    SUM(billed) AS base_billed, SUM(contracted) AS base_contracted, SUM(listed) AS base_list
  FROM days
  GROUP BY subject, sub_account_id, billing_currency, untold
)
SELECT subject, account, region,
  CASE WHEN untold OR hours IS NULL THEN 'cannot tell'
    WHEN long_days >= $min_days AND quiet_days <= $max_quiet_days THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs a usage type, SKU meter or description of its lines'
    WHEN hours IS NULL THEN 'needs consumed_quantity of its lines' END AS reason,
  long_days, hours, quiet_days, cost,
  CAST(0.75 * outside_hours / NULLIF(hours, 0) AS DOUBLE) AS share_low,
  CAST(outside_hours / NULLIF(hours, 0) AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
