-- title: Database on x86
-- purpose: Open-source databases on x86 classes that have a sibling with an Arm processor at a lower price.
-- grain: database with instance hours on demand
-- resource: bill
-- provider: AWS
-- area: Databases
-- rule: Its class is not Arm, and its engine is MySQL, MariaDB, PostgreSQL or Aurora
-- when: arm = false; open_engine = true; quiet_days <= $max_quiet_days
-- param saved_percent (number, default: 10, unit: %, range: 2..30): Expected saving of the Arm sibling
-- param max_quiet_days (integer, default: 2, unit: days, range: 0..10): Its last line is at most so many days old
-- column class (text): Instance class
-- column engine (text): Engine, or the code of the operation
-- column arm (boolean): Whether the class is Arm
-- column open_engine (boolean): Whether the engine runs on Arm
-- column cost (money, currency): Effective cost of instance hours on demand in 30 days
-- column quiet_days (integer, days): Days since its last line
-- saving: {saved_percent} % of the instance hours on demand
-- kind: saving
-- risk: low
-- effort: low
-- restart: yes
-- reversible: yes
-- confidence: 65
-- conflict: database 8
-- remedy: Check that the engine version runs on the Arm class and that the region has it | Try it on a copy or a
--   replica |
--   RDS > the database > Modify: class, in a maintenance window
-- cli: aws rds modify-db-instance --region {region} --db-instance-identifier NAME --db-instance-class CLASS
-- source: Steampipe AWS Thrifty (class not Graviton), AWS Cloud Intelligence Dashboards (CID KPI): 10 %, four
--   open-source engines, 2026-10
-- history: bill
WITH hours AS (
  SELECT *,
    CASE WHEN strpos(COALESCE(meter, ''), ':db.') > 0 THEN split_part(meter, ':', 2)
      ELSE COALESCE(json_extract_string(sku_price_details, '/instance_type'),
        json_extract_string(sku_price_details, '/InstanceType'))
      END AS class,
    lower(COALESCE(json_extract_string(sku_price_details, '/database_engine'),
      json_extract_string(sku_price_details, '/x_Engine'),
      CASE
        WHEN x_operation LIKE '%:0002' THEN 'mysql' WHEN x_operation LIKE '%:0014' THEN 'postgresql'
        WHEN x_operation LIKE '%:0016' THEN 'aurora mysql' WHEN x_operation LIKE '%:0018' THEN 'mariadb'
        WHEN x_operation LIKE '%:0021' THEN 'aurora postgresql' WHEN x_operation LIKE 'CreateDBInstance:%'
          THEN x_operation END)) AS engine
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
    sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency, class, engine,
    MAX(charge_date) AS last_day, SUM(effective_cost) AS cost, SUM(billed_cost) AS base_billed,
    SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM hours
  GROUP BY 1, sub_account_id, billing_currency, class, engine
),
newest AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY subject, account, currency ORDER BY last_day DESC, class, engine)
    AS place FROM sums
)
SELECT subject, account, region,
  CASE WHEN class IS NULL OR engine IS NULL THEN 'cannot tell'
    WHEN NOT regexp_matches(class, '^db[.][a-z]+[0-9]+g') AND regexp_matches(engine, 'mysql|mariadb|postgres|aurora')
      AND CAST($as_of AS DATE) - last_day <= $max_quiet_days THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN class IS NULL THEN 'needs the class of the database: a usage type or the properties of the SKU'
    WHEN engine IS NULL THEN 'needs the engine of the database: an operation or the properties of the SKU' END
      AS reason,
  class, engine, regexp_matches(class, '^db[.][a-z]+[0-9]+g') AS arm,
  regexp_matches(engine, 'mysql|mariadb|postgres|aurora') AS open_engine, cost,
  CAST(CAST($as_of AS DATE) - last_day AS BIGINT) AS quiet_days,
  CAST(0.5 * $saved_percent / 100.0 AS DOUBLE) AS share_low, CAST($saved_percent / 100.0 AS DOUBLE) AS share,
  CAST(1.5 * $saved_percent / 100.0 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM newest
WHERE place = 1
