-- title: Services that changed most from one month to the next
-- purpose: Effective cost of each service in the month of `month` and in the month before. Whole months are compared, so choose a complete
--   month. New and vanished services are there, with nothing on the other side.
-- grain: service
-- param month (date, default: first day of the last month): Any day of the later month
-- param currency (text, default: main currency): Billing currency
-- column service_name (text): Service as on the bill
-- column before (money, $currency): Effective cost of the month before
-- column now (money, $currency): Effective cost of the month
-- column change (money, $currency): Now less before
-- column change_percent (number, %): Change in percent of before; null for a new service
-- requires daily_costs: charge_date, billing_currency, service_name, effective_cost
-- chart: bar service_name change
WITH bounds AS (
  SELECT CAST(date_trunc('month', CAST($month AS DATE)) AS DATE) AS start_now
), months AS (
  SELECT
    start_now,
    CAST(start_now - INTERVAL 1 MONTH AS DATE) AS start_before,
    CAST(start_now + INTERVAL 1 MONTH AS DATE) AS end_now
  FROM bounds
), sums AS (
  SELECT
    costs.service_name,
    COALESCE(SUM(costs.effective_cost) FILTER (WHERE costs.charge_date < months.start_now), 0) AS before,
    COALESCE(SUM(costs.effective_cost) FILTER (WHERE costs.charge_date >= months.start_now), 0) AS now
  FROM daily_costs AS costs, months
  WHERE costs.charge_date >= months.start_before AND costs.charge_date < months.end_now AND costs.billing_currency = $currency
  GROUP BY costs.service_name
)
SELECT
  service_name, before, now, now - before AS change,
  100.0 * CAST(now - before AS DOUBLE) / NULLIF(CAST(before AS DOUBLE), 0) AS change_percent
FROM sums
ORDER BY ABS(now - before) DESC, service_name NULLS LAST
