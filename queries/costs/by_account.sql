-- title: Cost by account on the four bases
-- purpose: Billed, effective, contracted and list cost of each account, and what discounts and commitments took off the list.
-- grain: account
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column sub_account_id (text): Account
-- column account_name (text): Newest name on the bill
-- column billed_cost (money, $currency): Cash basis
-- column effective_cost (money, $currency): Accrual basis
-- column contracted_cost (money, $currency): At negotiated prices, before commitments
-- column list_cost (money, $currency): At list prices
-- column saved_percent (number, %): Effective below list
-- requires daily_costs: charge_date, billing_currency, sub_account_id, billed_cost, effective_cost, contracted_cost, list_cost
-- requires dimension_labels: dimension, value, label
-- chart: bar sub_account_id effective_cost
SELECT
  costs.sub_account_id,
  labels.label AS account_name,
  SUM(costs.billed_cost) AS billed_cost,
  SUM(costs.effective_cost) AS effective_cost,
  SUM(costs.contracted_cost) AS contracted_cost,
  SUM(costs.list_cost) AS list_cost,
  100.0 * CAST(SUM(costs.list_cost) - SUM(costs.effective_cost) AS DOUBLE) / NULLIF(CAST(SUM(costs.list_cost) AS DOUBLE), 0)
    AS saved_percent
FROM daily_costs AS costs
LEFT JOIN dimension_labels AS labels ON labels.dimension = 'account' AND labels.value = costs.sub_account_id
WHERE costs.charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND costs.billing_currency = $currency
GROUP BY costs.sub_account_id, labels.label
ORDER BY effective_cost DESC NULLS LAST, costs.sub_account_id NULLS LAST
