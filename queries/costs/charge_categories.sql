-- title: Usage, purchases, tax, credits and adjustments
-- purpose: What kind of charge the cost is, and how much of it corrects earlier invoices.
-- grain: charge category x charge class
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column charge_category (text): Usage, Purchase, Tax, Credit or Adjustment
-- column charge_class (text): Correction, or null
-- column billed_cost (money, $currency): Billed cost
-- column effective_cost (money, $currency): Effective cost
-- column charge_count (integer, lines): Charge lines
-- requires daily_costs: charge_date, billing_currency, charge_category, charge_class, billed_cost, effective_cost, charge_count
-- chart: bar charge_category billed_cost
SELECT
  charge_category, charge_class,
  SUM(billed_cost) AS billed_cost,
  SUM(effective_cost) AS effective_cost,
  CAST(SUM(charge_count) AS BIGINT) AS charge_count
FROM daily_costs
WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
GROUP BY charge_category, charge_class
ORDER BY charge_category, charge_class NULLS FIRST
