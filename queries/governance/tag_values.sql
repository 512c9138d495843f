-- title: Values of a tag
-- purpose: Every value of a tag with its effective cost; near-misses in spelling stand together.
-- grain: tag value
-- param tag (text): Tag key as on the bill
-- param first (date, default: first day of the last month): First charge day
-- param last (date, default: last day of data): Last charge day
-- param currency (text, default: main currency): Billing currency
-- column tag_value (text): Value, null where the tag is absent
-- column spelling (text): The value in lower case without blanks, dashes and underscores
-- column effective_cost (money, $currency): Effective cost
-- column charge_count (integer, lines): Charge lines
-- requires charge_days: charge_date, billing_currency, tags, effective_cost
WITH lines AS (
  SELECT
    effective_cost,
    json_extract_string(
      CASE WHEN json_valid(tags) THEN tags END, '/' || REPLACE(REPLACE($tag, '~', '~0'), '/', '~1')
    ) AS tag_value
  FROM charge_days
  WHERE charge_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE) AND billing_currency = $currency
)
SELECT
  tag_value,
  REPLACE(REPLACE(REPLACE(LOWER(tag_value), ' ', ''), '-', ''), '_', '') AS spelling,
  SUM(effective_cost) AS effective_cost,
  COUNT(*) AS charge_count
FROM lines
GROUP BY tag_value
ORDER BY spelling NULLS LAST, effective_cost DESC NULLS LAST, tag_value
