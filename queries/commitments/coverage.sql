-- title: How much usage commitments cover
-- purpose: Usage at contracted prices, by pricing category: what commitments covered, what ran on demand and on Spot.
-- grain: service x pricing category
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column service_name (text): Service
-- column pricing_category (text): Standard, Committed, Dynamic or Other
-- column contracted_cost (money, $currency): Usage at contracted prices
-- column share (number, %): Share of the service
-- requires daily_costs: charge_date, billing_currency, service_name, pricing_category, charge_category, contracted_cost
SELECT
  service_name, pricing_category,
  SUM(contracted_cost) AS contracted_cost,
  100.0 * CAST(SUM(contracted_cost) AS DOUBLE)
    / NULLIF(CAST(SUM(SUM(contracted_cost)) OVER (PARTITION BY service_name) AS DOUBLE), 0) AS share
FROM daily_costs
WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency AND charge_category = 'Usage'
GROUP BY service_name, pricing_category
ORDER BY service_name NULLS LAST, contracted_cost DESC NULLS LAST, pricing_category NULLS LAST
