-- title: Storage account grows
-- purpose: Storage accounts whose cost grows from month to month, most often for want of a lifecycle rule.
-- grain: storage account on the bill
-- resource: bill
-- provider: Azure
-- area: Object storage
-- rule: It cost more than {min_cost} in 30 days and more than {min_growth} % more than in the 30 days before
-- when: cost_now > $min_cost; growth_percent > $min_growth
-- param min_growth (number, default: 5, unit: %, range: 0..50): Growth above this
-- param min_cost (number, default: 50, unit: currency, range: 0..500): Accounts that cost less in 30 days are left
--   alone
-- param saved_percent (number, default: 25, unit: %, range: 5..60): Expected saving of a lifecycle rule
-- column growth_percent (number, %): Growth over the 30 days before
-- column cost_now (money, currency): Effective cost of the last 30 days
-- column cost_before (money, currency): Effective cost of the 30 days before
-- column first_day (date): First day it was charged
-- saving: {saved_percent} % of its cost, by moving and deleting old data; a rule of thumb, look at the data first
-- kind: review
-- risk: low
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 40
-- conflict: bucket 11
-- remedy: Storage account > Insights: see which containers grow | Data management > Lifecycle management: move old data
--   to cool or archive, delete what is not needed
-- cli: az storage account management-policy show --ids {resource_id}
-- source: Azure Optimization Engine: above 5 % and 50 a month, 25 %, 2026-10
-- history: bill
-- requires daily_resource_costs: charge_date, provider_name, service_category, resource_id, sub_account_id,
--   billing_currency, region_id, effective_cost
-- requires resource_costs: resource_id, sub_account_id, billing_currency, first_charge_date
WITH sums AS (
  SELECT resource_id AS subject, sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency,
    SUM(CASE WHEN charge_date > CAST($as_of AS DATE) - 30 THEN effective_cost ELSE 0 END) AS cost_now,
    SUM(CASE WHEN charge_date <= CAST($as_of AS DATE) - 30 THEN effective_cost ELSE 0 END) AS cost_before,
    MAX(charge_date) AS last_day
  FROM daily_resource_costs
  WHERE charge_date BETWEEN CAST($as_of AS DATE) - 59 AND CAST($as_of AS DATE) AND resource_id IS NOT NULL
    AND service_category = 'Storage' AND regexp_matches(lower(provider_name), 'microsoft|azure')
    AND NOT regexp_matches(lower(resource_id), '/(disks|snapshots|galleries)/')
  GROUP BY resource_id, sub_account_id, billing_currency
),
ages AS (
  SELECT s.*, c.first_charge_date AS first_day,
    100.0 * CAST(s.cost_now - s.cost_before AS DOUBLE) / NULLIF(CAST(s.cost_before AS DOUBLE), 0) AS growth_percent
  FROM sums AS s
  LEFT JOIN resource_costs AS c ON c.resource_id = s.subject AND c.sub_account_id IS NOT DISTINCT FROM s.account
    AND c.billing_currency = s.currency
)
SELECT subject, account, region,
  CASE WHEN growth_percent IS NULL OR first_day > CAST($as_of AS DATE) - 59 THEN 'cannot tell'
    WHEN CAST(cost_now AS DOUBLE) > $min_cost AND growth_percent > $min_growth THEN 'flagged' ELSE 'passed' END
      AS verdict,
  CASE WHEN growth_percent IS NULL OR first_day > CAST($as_of AS DATE) - 59 THEN 'needs 60 days of cost of it' END
    AS reason,
  growth_percent, cost_now, cost_before, first_day,
  CAST(0.0 AS DOUBLE) AS share_low, CAST($saved_percent / 100.0 AS DOUBLE) AS share,
  CAST(1.5 * $saved_percent / 100.0 AS DOUBLE) AS share_high
FROM ages
WHERE last_day > CAST($as_of AS DATE) - 30
