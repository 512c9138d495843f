-- title: From list price to what was paid
-- purpose: How negotiated prices and commitments lower the cost of each service. Lines without a list or contracted cost are left out, because the
--   difference would be unknown.
-- grain: service
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column service_name (text): Service
-- column list_cost (money, $currency): At list prices
-- column negotiated (money, $currency): Taken off by negotiated prices
-- column committed (money, $currency): Taken off by commitments
-- column effective_cost (money, $currency): What remains
-- requires charge_days: charge_date, billing_currency, service_name, charge_category, list_cost, contracted_cost, effective_cost
-- chart: bar service_name list_cost
SELECT
  service_name,
  SUM(list_cost) AS list_cost,
  SUM(list_cost - contracted_cost) AS negotiated,
  SUM(contracted_cost - effective_cost) AS committed,
  SUM(effective_cost) AS effective_cost
FROM charge_days
WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
  AND charge_category = 'Usage' AND list_cost IS NOT NULL AND contracted_cost IS NOT NULL AND effective_cost IS NOT NULL
GROUP BY service_name
ORDER BY list_cost DESC, service_name NULLS LAST
