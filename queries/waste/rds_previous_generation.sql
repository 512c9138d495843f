-- title: Database of an old class
-- purpose: Databases on demand on a class whose successor is faster for about the same price.
-- grain: database with instance hours on demand
-- resource: bill
-- provider: AWS
-- area: Databases
-- rule: Its family is one of {old_families}
-- when: old = true; quiet_days <= $max_quiet_days
-- param old_families (text, cautious: t2 m3 m4, default: t2 m3 m4, aggressive: t1 t2 t3 m1 m2 m3 m4 m5 r3 r4 r5 x1):
--   Families with a newer sibling, apart by spaces (2026-10)
-- param saved_percent (number, default: 5, unit: %, range: 1..30): Expected saving of the newer sibling
-- param max_quiet_days (integer, default: 2, unit: days, range: 0..10): Its last line is at most so many days old
-- column class (text): Instance class
-- column family (text): Its family
-- column old (boolean): Whether the family is in the list
-- column cost (money, currency): Effective cost of instance hours on demand in 30 days
-- column quiet_days (integer, days): Days since its last line
-- saving: {saved_percent} % of the instance hours on demand
-- kind: saving
-- risk: low
-- effort: low
-- restart: yes
-- reversible: yes
-- confidence: 60
-- conflict: database 8
-- remedy: Choose the newer class with as much memory; a burstable class may need a fixed one | Check the engine version
--   |
--   RDS > the database > Modify: class, in a maintenance window
-- cli: aws rds modify-db-instance --region {region} --db-instance-identifier NAME --db-instance-class CLASS
-- source: Steampipe AWS Thrifty (t2, m3, m4), AWS Cloud Intelligence Dashboards (CID KPI): 5 %, 2026-10; the aggressive
--   list is our own choice
-- history: bill
WITH hours AS (
  SELECT *,
    CASE WHEN strpos(COALESCE(meter, ''), ':db.') > 0 THEN split_part(meter, ':', 2)
      ELSE COALESCE(json_extract_string(sku_price_details, '/instance_type'),
        json_extract_string(sku_price_details, '/InstanceType'))
      END AS class
  FROM lines30
  WHERE charge_category = 'Usage' AND COALESCE(pricing_category, 'Standard') = 'Standard'
    AND regexp_matches(lower(service_name), 'rds|relational database')
    AND (meter IS NULL
      OR regexp_matches(meter,
      '(InstanceUsage|Multi-AZUsage|InstanceUsageIOOptimized|Multi-AZClusterUsage|MirrorUsage)'))
),
sums AS (
  SELECT
    COALESCE(resource_id, 'Databases of ' || COALESCE(sub_account_id, 'unknown account')) AS subject,
    sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency, class,
      split_part(class, '.', 2) AS family,
    MAX(charge_date) AS last_day, SUM(effective_cost) AS cost, SUM(billed_cost) AS base_billed,
    SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM hours
  GROUP BY 1, sub_account_id, billing_currency, class
),
newest AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY subject, account, currency ORDER BY last_day DESC, class) AS place,
    strpos(' ' || $old_families || ' ', ' ' || family || ' ') > 0 AS old
  FROM sums
)
SELECT subject, account, region,
  CASE WHEN class IS NULL THEN 'cannot tell'
    WHEN old AND CAST($as_of AS DATE) - last_day <= $max_quiet_days THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN class IS NULL THEN 'needs the class of the database: a usage type or the properties of the SKU' END
    AS reason,
  class, family, old, cost, CAST(CAST($as_of AS DATE) - last_day AS BIGINT) AS quiet_days,
  CAST(0.5 * $saved_percent / 100.0 AS DOUBLE) AS share_low, CAST($saved_percent / 100.0 AS DOUBLE) AS share,
  CAST(2.0 * $saved_percent / 100.0 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM newest
WHERE place = 1
