-- title: Log storage grows on
-- purpose: Log groups whose storage grew in each of three periods of 30 days, as if nothing were ever deleted.
-- grain: log group with billed storage
-- resource: bill
-- provider: AWS
-- area: Logs
-- rule: Stored logs grew by more than {min_growth} % in each of three periods of 30 days, to {min_gb} GB or more
-- when: growth_1 > $min_growth; growth_2 > $min_growth; growth_3 > $min_growth; stored_gb >= $min_gb
-- param min_growth (number, default: 0, unit: %, range: 0..20): Growth above this in each period, from its first to its
--   last five days
-- param min_gb (number, default: 1, unit: GB, range: 0..100): Groups that store less are left alone
-- column growth_1 (number, %): Growth in the first period of 30 days
-- column growth_2 (number, %): Growth in the second
-- column growth_3 (number, %): Growth in the third, the last
-- column stored_gb (number, GB): Stored in the last five days, on average
-- column kept_percent (number, %): Stored 90 days ago, as a share of what is stored now: all of it is older than 90
--   days
-- column cost (money, currency): Effective cost of the storage in 30 days
-- column retention_days (integer, days): Retention, where the inventory has it
-- column days_seen (integer, days): Days of 90 with lines
-- saving: Cost of the storage x the share that is older than 90 days
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 55
-- conflict: logs 11
-- remedy: Ask how long these logs are needed; audit logs may have to stay | CloudWatch > Log groups > Edit retention:
--   90 days or less |
--   Export what must be kept to a bucket with an archive class
-- cli: aws logs put-retention-policy --region {region} --log-group-name NAME --retention-in-days 90
-- source: nOps: growth in each of the last three 30-day periods, retention of 90 days, 2026-10; the least size is our
--   own choice
-- history: bill
-- requires resource_costs: resource_id, sub_account_id, billing_currency, inventory_table, inventory_id
-- requires log_groups: id, retention_days
WITH seen AS (
  SELECT *, meter IS NULL AND charge_description IS NULL AS untold, CAST($as_of AS DATE) - charge_date AS age,
    COALESCE(consumed_quantity, pricing_quantity) AS quantity
  FROM lines90
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'cloudwatch')
    AND ((meter IS NULL AND charge_description IS NULL)
      OR regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
        'timedstorage-bytehrs|of log storage'))
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Logs of ' || COALESCE(sub_account_id, 'unknown account')
        || ' in ' || COALESCE(region_id, 'unknown region')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    CAST(COUNT(DISTINCT charge_date) AS BIGINT) AS days_seen,
    SUM(CASE WHEN age BETWEEN 85 AND 89 THEN quantity END) AS begin_1,
      SUM(CASE WHEN age BETWEEN 60 AND 64 THEN quantity END) AS end_1,
    SUM(CASE WHEN age BETWEEN 55 AND 59 THEN quantity END) AS begin_2,
      SUM(CASE WHEN age BETWEEN 30 AND 34 THEN quantity END) AS end_2,
    SUM(CASE WHEN age BETWEEN 25 AND 29 THEN quantity END) AS begin_3,
      SUM(CASE WHEN age BETWEEN 0 AND 4 THEN quantity END) AS end_3,
    SUM(CASE WHEN age < 30 THEN effective_cost END) AS cost,
      SUM(CASE WHEN age < 30 THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN age < 30 THEN contracted_cost END) AS base_contracted,
      SUM(CASE WHEN age < 30 THEN list_cost END) AS base_list
  FROM seen
  GROUP BY 1, sub_account_id, untold, billing_currency
),
growths AS (
  SELECT *, 100.0 * (end_1 - begin_1) / NULLIF(begin_1, 0) AS growth_1,
    100.0 * (end_2 - begin_2) / NULLIF(begin_2, 0) AS growth_2,
    100.0 * (end_3 - begin_3) / NULLIF(begin_3, 0) AS growth_3, 30.0 * end_3 / 5 AS stored_gb,
    100.0 * begin_1 / NULLIF(end_3, 0) AS kept_percent
  FROM sums
),
known AS (
  SELECT g.*, h.retention_days
  FROM growths AS g
  LEFT JOIN resource_costs AS c ON c.resource_id = g.subject AND c.sub_account_id IS NOT DISTINCT FROM g.account
    AND c.billing_currency = g.currency
  LEFT JOIN log_groups AS h ON c.inventory_table = 'log_groups' AND h.id = c.inventory_id
)
SELECT subject, account, region,
  CASE WHEN untold OR days_seen < 72 OR growth_1 IS NULL OR growth_2 IS NULL OR growth_3 IS NULL THEN 'cannot tell'
    WHEN retention_days <= 90 THEN 'excluded'
    WHEN growth_1 > $min_growth AND growth_2 > $min_growth AND growth_3 > $min_growth AND stored_gb >= $min_gb
      THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs a usage type, SKU meter or description of its lines'
    WHEN days_seen < 72 OR growth_1 IS NULL OR growth_2 IS NULL OR growth_3 IS NULL
      THEN 'needs 90 days of lines of its storage'
    WHEN retention_days <= 90 THEN 'It keeps its logs for 90 days or less already' END AS reason,
  growth_1, growth_2, growth_3, stored_gb, kept_percent, cost, retention_days, days_seen,
  CAST(0.5 * kept_percent / 100 AS DOUBLE) AS share_low, CAST(kept_percent / 100 AS DOUBLE) AS share,
  CAST(kept_percent / 100 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM known
WHERE untold OR cost IS NOT NULL
