-- title: Data transfer on the bill
-- purpose: Charges whose usage type or description speaks of data transfer, by service and region.
-- grain: service x region
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column service_name (text): Service
-- column region_id (text): Region
-- column effective_cost (money, $currency): Effective cost
-- column quantity (number, consumed unit): Consumed quantity, in the units of the lines
-- requires charge_days: charge_date, billing_currency, service_name, region_id, x_usage_type, charge_description, effective_cost, consumed_quantity
SELECT service_name, region_id, SUM(effective_cost) AS effective_cost, SUM(consumed_quantity) AS quantity
FROM charge_days
WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
  AND (
    x_usage_type LIKE '%DataTransfer%' OR x_usage_type LIKE '%Bytes%'
    OR LOWER(charge_description) LIKE '%data transfer%'
  )
GROUP BY service_name, region_id
ORDER BY effective_cost DESC NULLS LAST, service_name NULLS LAST, region_id NULLS LAST
