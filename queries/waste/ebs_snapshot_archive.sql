-- title: Snapshot for the archive tier
-- purpose: Snapshots kept for long in the standard tier that could move to the archive tier.
-- grain: snapshot on the bill
-- resource: bill
-- provider: AWS
-- area: Block storage
-- rule: It has been billed, or is known, for more than {min_age_days} days
-- when: age_days > $min_age_days
-- param min_age_days (integer, default: 90, unit: days, range: 30..365): Older than this
-- param saved_percent (number, default: 75, unit: %, range: 10..75): Difference of the prices of both tiers (0.05 and
--   0.0125 USD a GB and month, us-east-1, 2026-10)
-- column age_days (integer, days): Days since it was created, or since its first charge
-- column first_seen (date): Creation day, else first charge day
-- column size_gb_months (number, GB-months): Billed in 30 days
-- column cost (money, currency): Effective cost of 30 days
-- saving: {saved_percent} % of its cost at best; less where it is a small increment, because the archive keeps a full
--   copy
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 45
-- conflict: snapshot 9
-- remedy: Check that nothing restores from it: images, recovery plans | EC2 > Snapshots > Actions > Archive snapshot |
--   It stays there for 90 days at least, and a restore costs 0.03 USD a GB and takes up to three days
-- cli: aws ec2 modify-snapshot-tier --region {region} --snapshot-id {resource_id} --storage-tier archive
-- source: AWS Cloud Intelligence Dashboards (CUDOS) and OptimNow: older than 90 days, 75 %, 2026-10
-- history: bill
-- requires daily_costs: charge_date, charge_count
-- requires resource_costs: resource_id, sub_account_id, billing_currency, first_charge_date, inventory_table,
--   inventory_id
-- requires snapshots: id, created_at
WITH cover AS (
  SELECT MIN(charge_date) AS first_day FROM daily_costs WHERE charge_count > 0
),
seen AS (
  SELECT *, (meter IS NULL AND charge_description IS NULL) OR resource_id IS NULL AS untold,
    lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')) AS said
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name),
    'ec2|elastic compute cloud|ebs|elastic block store')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Snapshots of ' || COALESCE(sub_account_id, 'unknown account') ELSE resource_id END
      AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(COALESCE(consumed_quantity, pricing_quantity)) AS size_gb_months, SUM(effective_cost) AS cost,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  WHERE (meter IS NULL AND charge_description IS NULL)
    OR (regexp_matches(said, 'ebs:snapshot|snapshot data stored|snapshot storage')
      AND NOT regexp_matches(said, 'archive'))
  GROUP BY 1, sub_account_id, untold, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
),
ages AS (
  SELECT s.*, (SELECT first_day FROM cover) AS first_day, h.created_at IS NOT NULL AS known,
    COALESCE(CAST(h.created_at AS DATE), c.first_charge_date) AS first_seen,
    CAST($as_of AS DATE) - COALESCE(CAST(h.created_at AS DATE), c.first_charge_date) AS age_days
  FROM sums AS s
  LEFT JOIN resource_costs AS c ON c.resource_id = s.subject AND c.sub_account_id IS NOT DISTINCT FROM s.account
    AND c.billing_currency = s.currency
  LEFT JOIN snapshots AS h ON c.inventory_table = 'snapshots' AND h.id = c.inventory_id
)
SELECT subject, account, region,
  CASE WHEN untold OR age_days IS NULL THEN 'cannot tell' WHEN age_days > $min_age_days THEN 'flagged'
    WHEN NOT known AND first_seen <= first_day THEN 'cannot tell' ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs resource ids and usage types of its lines'
    WHEN age_days IS NULL THEN 'needs the first day it was charged'
    WHEN age_days > $min_age_days THEN NULL
    WHEN NOT known AND first_seen <= first_day THEN 'needs a longer bill: it is as old as the bill or older' END
      AS reason,
  CAST(age_days AS BIGINT) AS age_days, first_seen, size_gb_months, cost,
  CAST($saved_percent / 300.0 AS DOUBLE) AS share_low, CAST($saved_percent / 150.0 AS DOUBLE) AS share,
    CAST($saved_percent / 100.0 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM ages
