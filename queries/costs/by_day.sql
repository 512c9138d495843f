-- title: Cost by day
-- purpose: Billed and effective cost of each day, with the mean of the seven days up to it.
-- grain: charge day
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column charge_date (date): Charge day
-- column billed_cost (money, $currency): Billed cost
-- column effective_cost (money, $currency): Effective cost
-- column mean_7d (number, $currency): Mean effective cost of the last seven days with charges
-- requires daily_costs: charge_date, billing_currency, billed_cost, effective_cost
-- chart: line charge_date effective_cost
SELECT
  charge_date,
  SUM(billed_cost) AS billed_cost,
  SUM(effective_cost) AS effective_cost,
  AVG(CAST(SUM(effective_cost) AS DOUBLE)) OVER (ORDER BY charge_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS mean_7d
FROM daily_costs
WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
GROUP BY charge_date
ORDER BY charge_date
