-- title: Largest resources
-- purpose: The resources with most effective cost in the period.
-- grain: resource x service x account x region
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- param at_most (integer, default: 50): How many
-- column resource_id (text): Resource
-- column resource_name (text): Newest name on the bill
-- column service_name (text): Service
-- column sub_account_id (text): Account
-- column region_id (text): Region
-- column effective_cost (money, $currency): Effective cost
-- column days (integer, days): Days with a charge
-- requires daily_resource_costs: charge_date, billing_currency, resource_id, service_name, sub_account_id, region_id, effective_cost
-- requires dimension_labels: dimension, value, label
-- chart: bar resource_id effective_cost
SELECT
  costs.resource_id,
  labels.label AS resource_name,
  costs.service_name, costs.sub_account_id, costs.region_id,
  SUM(costs.effective_cost) AS effective_cost,
  COUNT(DISTINCT costs.charge_date) AS days
FROM daily_resource_costs AS costs
LEFT JOIN dimension_labels AS labels ON labels.dimension = 'resource' AND labels.value = costs.resource_id
WHERE costs.charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND costs.billing_currency = $currency
  AND costs.resource_id IS NOT NULL
GROUP BY costs.resource_id, labels.label, costs.service_name, costs.sub_account_id, costs.region_id
ORDER BY effective_cost DESC NULLS LAST, costs.resource_id, costs.service_name NULLS LAST
LIMIT $at_most
