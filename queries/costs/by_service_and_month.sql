-- title: Cost by service and month
-- purpose: What each service cost in each calendar month of the charge days, with its share of the month.
-- grain: month x service
-- param first (date, default: first day of data): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column month (date): First day of the month
-- column service_name (text): Service as on the bill
-- column effective_cost (money, $currency): Effective cost
-- column share (number, %): Share of the month
-- requires daily_costs: charge_date, billing_currency, service_name, effective_cost
-- chart: bar service_name effective_cost
SELECT
  CAST(date_trunc('month', charge_date) AS DATE) AS month,
  service_name,
  SUM(effective_cost) AS effective_cost,
  100.0 * CAST(SUM(effective_cost) AS DOUBLE)
    / NULLIF(CAST(SUM(SUM(effective_cost)) OVER (PARTITION BY CAST(date_trunc('month', charge_date) AS DATE)) AS DOUBLE), 0)
    AS share
FROM daily_costs
WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
GROUP BY 1, 2
ORDER BY month, effective_cost DESC NULLS LAST, service_name NULLS LAST
