-- title: gp2 volume
-- purpose: A volume of the former general purpose type; gp3 costs a fifth less for the same size.
-- grain: gp2 volume of the bill or the inventory
-- resource: bill
-- provider: AWS
-- area: Block storage
-- rule: Its type is gp2, and its gp2 storage cost {min_cost} or more in 30 days
-- when: volume_type = gp2; gp2_cost >= $min_cost or gp2_cost is null; days_unseen <= $max_days_unseen
-- param min_cost (number, cautious: 5, default: 0, aggressive: 0, unit: currency, range: 0..50):
--   Cost of its gp2 storage in 30 days; a fifth of it is about what is saved
-- param max_days_unseen (integer, cautious: 3, default: 30, aggressive: 30, unit: days, range: 0..30):
--   Days since its last line on the bill; after more it counts as deleted
-- param extra_throughput (number, cautious: 125, default: 125, aggressive: 0, unit: MB/s, range: 0..125):
--   Throughput to buy beyond the 125 MB/s of gp3 for a volume above 150 GiB
-- column volume_type (text): Type now, from the inventory where it is there
-- column size_gib (number, GiB): Provisioned size: from the inventory, else the largest day of the bill
-- column gp2_cost (money, currency): Effective cost of gp2 storage in 30 days; list price of a month without a bill
-- column days_unseen (integer, days): Days since its last line on the bill; 0 where only the inventory has it
-- column added_iops (number, operations/s): Operations to buy beyond the 3,000 of gp3
-- column added_throughput (number, MB/s): Throughput to buy beyond the 125 MB/s of gp3
-- saving: gp2 cost minus 80 % of it for the storage, minus the operations and throughput that gp3 sells apart: 0.06 and
--   0.5 of the price of a GiB each
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 85
-- conflict: volume 7
-- remedy: Check that 3,000 operations and 125 MB/s are enough, else provision what gp2 gave | Modify the volume to gp3;
--   it stays in use meanwhile | Change the template that made it
-- cli: aws ec2 modify-volume --volume-id {resource_id} --volume-type gp3 --region {region}
-- source: AWS Cloud Intelligence Dashboards (CID KPI): rows and formula; Steampipe AWS Thrifty reports any gp2; the
--   least cost is our own choice, 2026-10
-- history: bill
-- requires volumes: id, account_id, volume_id, volume_type, state, size_gib, monthly_cost
-- requires cloud_accounts: id, account_number
WITH lines AS (
  SELECT resource_id, sub_account_id, billing_currency, region_id, charge_date,
    COALESCE(consumed_quantity, pricing_quantity) AS gib_months,
    GREATEST(CAST(charge_period_end AS DATE) - CAST(charge_period_start AS DATE), 1) AS line_days,
    CAST(CAST(date_trunc('month', charge_date) AS DATE) + INTERVAL 1 MONTH AS DATE)
      - CAST(date_trunc('month', charge_date) AS DATE) AS month_days,
    billed_cost, effective_cost, contracted_cost, list_cost
  FROM lines30
  WHERE charge_category = 'Usage' AND resource_id IS NOT NULL
    AND (pricing_unit LIKE 'GB-Mo%' OR consumed_unit LIKE 'GB-Mo%')
    AND (strpos(x_usage_type, 'EBS:VolumeUsage.gp2') > 0
      OR (x_usage_type IS NULL AND provider_name = 'AWS'
        AND regexp_matches(LOWER(COALESCE(sku_meter, '') || ' ' || COALESCE(charge_description, '')),
          '(^|[^a-z0-9])gp2([^a-z0-9]|$)')))
),
billed AS (
  SELECT resource_id, sub_account_id, billing_currency, MAX(region_id) AS region, MAX(gib) AS gib,
    MAX(charge_date) AS last_day, SUM(billed_cost) AS base_billed, SUM(effective_cost) AS base_effective,
    SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list,
    ROW_NUMBER() OVER (
      PARTITION BY resource_id, sub_account_id ORDER BY SUM(effective_cost) DESC, billing_currency) AS place
  FROM (
    SELECT resource_id, sub_account_id, billing_currency, charge_date, MAX(region_id) AS region_id,
      SUM(gib_months) * MAX(month_days) / MAX(line_days) AS gib, SUM(billed_cost) AS billed_cost,
      SUM(effective_cost) AS effective_cost, SUM(contracted_cost) AS contracted_cost, SUM(list_cost) AS list_cost
    FROM lines GROUP BY resource_id, sub_account_id, billing_currency, charge_date
  ) AS days
  GROUP BY resource_id, sub_account_id, billing_currency
),
held AS (
  SELECT v.volume_id, a.account_number, MAX(v.volume_type) AS volume_type, MAX(v.state) AS state,
    MAX(v.size_gib) AS size_gib, MAX(v.monthly_cost) AS monthly_cost, MAX(v.region) AS region
  FROM volumes AS v LEFT JOIN cloud_accounts AS a ON a.id = v.account_id
  GROUP BY v.volume_id, a.account_number
),
both_sides AS (
  SELECT b.resource_id AS subject, b.sub_account_id AS account, b.region, COALESCE(h.volume_type, 'gp2') AS volume_type,
    h.state, COALESCE(CAST(h.size_gib AS DOUBLE), CAST(b.gib AS DOUBLE)) AS size_gib, b.base_effective AS gp2_cost,
    CAST(CAST($as_of AS DATE) - b.last_day AS BIGINT) AS days_unseen, b.billing_currency AS currency,
    b.base_billed, b.base_effective, b.base_contracted, b.base_list
  FROM billed AS b
  LEFT JOIN held AS h ON h.volume_id = b.resource_id AND h.account_number IS NOT DISTINCT FROM b.sub_account_id
  WHERE b.place = 1
  UNION ALL
  SELECT h.volume_id, h.account_number, h.region, h.volume_type, h.state, CAST(h.size_gib AS DOUBLE), h.monthly_cost, 0,
    'USD', NULL, NULL, NULL, NULL
  FROM held AS h
  WHERE h.volume_type = 'gp2' AND NOT EXISTS (
    SELECT 1 FROM billed AS b
    WHERE b.resource_id = h.volume_id AND b.sub_account_id IS NOT DISTINCT FROM h.account_number)
),
sized AS (
  SELECT *, LEAST(GREATEST(3 * size_gib, 3000), 16000) - 3000 AS added_iops,
    CASE WHEN size_gib <= 150 THEN 0.0 ELSE CAST($extra_throughput AS DOUBLE) END AS added_throughput
  FROM both_sides
)
SELECT subject, account, region,
  CASE WHEN volume_type <> 'gp2' THEN 'passed'
    WHEN state = 'deleted' THEN 'excluded'
    WHEN days_unseen > $max_days_unseen THEN 'excluded'
    WHEN COALESCE(size_gib, 0) <= 0 THEN 'cannot tell'
    WHEN gp2_cost IS NULL AND $min_cost > 0 THEN 'cannot tell'
    WHEN CAST(gp2_cost AS DOUBLE) < $min_cost THEN 'passed' ELSE 'flagged' END AS verdict,
  CASE WHEN volume_type <> 'gp2' THEN NULL
    WHEN state = 'deleted' THEN 'It is deleted'
    WHEN days_unseen > $max_days_unseen THEN 'It is no longer on the bill'
    WHEN COALESCE(size_gib, 0) <= 0 THEN 'needs the quantity of its lines or its size'
    WHEN gp2_cost IS NULL AND $min_cost > 0 THEN 'needs effective_cost of its lines' END AS reason,
  volume_type, size_gib, gp2_cost, days_unseen, added_iops, added_throughput,
  0.2 - 0.8 * (0.5 * added_throughput + 0.06 * added_iops) / NULLIF(size_gib, 0) AS share_low,
  0.2 - 0.8 * (0.5 * added_throughput + 0.06 * added_iops) / NULLIF(size_gib, 0) AS share,
  CAST(0.2 AS DOUBLE) AS share_high,
  currency, base_billed, base_effective, base_contracted, base_list
FROM sized
