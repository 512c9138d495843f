-- title: Currencies of the bill
-- purpose: What is billed in which currency. Amounts of different currencies are never added.
-- grain: currency x provider
-- column billing_currency (text): Currency
-- column provider_name (text): Provider
-- column billed_cost (money, billing_currency): Billed cost
-- column effective_cost (money, billing_currency): Effective cost
-- column first_day (date): First charge day
-- column last_day (date): Last charge day
-- requires daily_costs: billing_currency, provider_name, billed_cost, effective_cost, charge_date
SELECT
  billing_currency, provider_name, SUM(billed_cost) AS billed_cost, SUM(effective_cost) AS effective_cost,
  MIN(charge_date) AS first_day, MAX(charge_date) AS last_day
FROM daily_costs
GROUP BY billing_currency, provider_name
ORDER BY billing_currency, provider_name NULLS LAST
