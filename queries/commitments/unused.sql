-- title: Commitments that were paid for and not used
-- purpose: Effective cost of the unused part of each reservation and savings plan in the period.
-- grain: commitment
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column commitment_discount_id (text): Reservation or savings plan
-- column used (money, $currency): Effective cost that covered usage
-- column unused (money, $currency): Effective cost that covered nothing
-- column unused_percent (number, %): Unused share
-- requires charge_days: charge_date, billing_currency, commitment_discount_id, commitment_discount_status, charge_category, effective_cost
-- chart: bar commitment_discount_id unused
WITH sums AS (
  SELECT
    commitment_discount_id,
    COALESCE(SUM(effective_cost) FILTER (WHERE commitment_discount_status = 'Used'), 0) AS used,
    COALESCE(SUM(effective_cost) FILTER (WHERE commitment_discount_status = 'Unused'), 0) AS unused
  FROM charge_days
  WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
    AND charge_category = 'Usage' AND commitment_discount_id IS NOT NULL
  GROUP BY commitment_discount_id
)
SELECT
  commitment_discount_id, used, unused,
  100.0 * CAST(unused AS DOUBLE) / NULLIF(CAST(used + unused AS DOUBLE), 0) AS unused_percent
FROM sums
ORDER BY unused DESC, commitment_discount_id
