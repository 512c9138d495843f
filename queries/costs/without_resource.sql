-- title: Cost that names no resource
-- purpose: Effective cost of charge lines without a resource, by service and charge category: what drilling down cannot reach.
-- grain: service x charge category
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column service_name (text): Service
-- column charge_category (text): Charge category
-- column effective_cost (money, $currency): Effective cost
-- column charge_count (integer, lines): Charge lines
-- requires charge_days: charge_date, billing_currency, resource_id, service_name, charge_category, effective_cost
SELECT service_name, charge_category, SUM(effective_cost) AS effective_cost, COUNT(*) AS charge_count
FROM charge_days
WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency AND resource_id IS NULL
GROUP BY service_name, charge_category
ORDER BY ABS(SUM(effective_cost)) DESC NULLS LAST, service_name NULLS LAST, charge_category
