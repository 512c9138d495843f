-- title: Services that appeared lately
-- purpose: Services whose first charge in an account lies in the period: what nobody may have asked for.
-- grain: account x service
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column sub_account_id (text): Account
-- column service_name (text): Service
-- column first_day (date): First charge day in the data
-- column effective_cost (money, $currency): Effective cost since
-- requires daily_costs: charge_date, billing_currency, sub_account_id, service_name, effective_cost
SELECT sub_account_id, service_name, MIN(charge_date) AS first_day, SUM(effective_cost) AS effective_cost
FROM daily_costs
WHERE billing_currency = $currency AND charge_date <= CAST($last AS DATE)
GROUP BY sub_account_id, service_name
HAVING MIN(charge_date) >= CAST($first AS DATE)
ORDER BY effective_cost DESC NULLS LAST, sub_account_id NULLS LAST, service_name NULLS LAST
