-- title: Cost without a tag
-- purpose: Effective cost of usage whose charge lines lack the tag, by account and service.
-- grain: account x service
-- param tag (text): Tag key as on the bill
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column sub_account_id (text): Account
-- column service_name (text): Service
-- column untagged (money, $currency): Effective cost without the tag
-- column all_cost (money, $currency): Effective cost of all usage
-- column untagged_percent (number, %): Share without the tag
-- requires charge_days: charge_date, billing_currency, charge_category, sub_account_id, service_name, tags, effective_cost
-- chart: bar service_name untagged
WITH lines AS (
  SELECT
    sub_account_id, service_name, effective_cost,
    json_extract_string(
      CASE WHEN json_valid(tags) THEN tags END, '/' || REPLACE(REPLACE($tag, '~', '~0'), '/', '~1')
    ) AS value
  FROM charge_days
  WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
    AND charge_category = 'Usage'
)
SELECT
  sub_account_id, service_name,
  COALESCE(SUM(effective_cost) FILTER (WHERE value IS NULL OR value = ''), 0) AS untagged,
  SUM(effective_cost) AS all_cost,
  100.0 * CAST(COALESCE(SUM(effective_cost) FILTER (WHERE value IS NULL OR value = ''), 0) AS DOUBLE)
    / NULLIF(CAST(SUM(effective_cost) AS DOUBLE), 0) AS untagged_percent
FROM lines
GROUP BY sub_account_id, service_name
ORDER BY untagged DESC, sub_account_id NULLS LAST, service_name NULLS LAST
