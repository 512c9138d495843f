-- title: Premium volume type
-- purpose: A volume with provisioned operations where gp3 may do.
-- grain: io1 or io2 volume
-- resource: volumes
-- provider: AWS
-- area: Block storage
-- rule: Its type is io1 or io2, and no more than {max_iops} operations a second are provisioned
-- when: volume_type = io1 or volume_type = io2; iops <= $max_iops or iops is null
-- param max_iops (integer, cautious: 3000, default: 16000, aggressive: 16000, unit: operations/s, range: 1000..80000):
--   Provisioned operations up to this are taken over by gp3
-- param gp3_ceiling (integer, default: 16000, unit: operations/s, range: 16000..80000): Most operations of a gp3 volume
-- param require_iops (boolean, cautious: true, default: false, aggressive: false):
--   Whether a volume without known operations is left alone
-- param gp3_price (number, default: 0.08, unit: USD/GiB-month, range: 0.05..0.2):
--   Price of gp3 storage in us-east-1 of 2026-10, where the inventory has no gp3 volume of the region
-- param gp3_iops_price (number, default: 0.005, unit: USD/operation-month, range: 0.001..0.02):
--   Price of a gp3 operation above 3,000 in us-east-1 of 2026-10
-- param gp3_throughput_price (number, default: 0.04, unit: USD/MB/s-month, range: 0.01..0.2):
--   Price of a gp3 MB/s above 125 in us-east-1 of 2026-10
-- column volume_type (text): Type
-- column iops (number, operations/s): Operations provisioned
-- column size_gib (integer, GiB): Size
-- column gp3_month (number, USD): What gp3 of the same size and operations costs a month
-- saving: Its list price minus gp3 of the same size and operations; low: with 125 MB/s more; 36 % (500 GiB at 0.125
--   against 0.08) where size or price is unknown
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 60
-- conflict: volume 7
-- remedy: Look at operations and latency of its busiest hour: databases may need the type | Modify the volume to gp3
--   with the operations it uses
-- cli: aws ec2 modify-volume --volume-id {resource_id} --volume-type gp3 --iops {iops} --region {region}
-- source: Requirement 002 (premium type waste); Steampipe AWS Thrifty: up to 16,000 operations, once the ceiling of
--   gp3, 2026-10
-- history: inventory
-- requires volumes: id, account_id, region, volume_type, state, size_gib, monthly_cost, provider_attributes
-- needs rows: volumes
-- needs values: volumes.volume_type
WITH held AS (
  SELECT id, account_id, region, volume_type, size_gib, CAST(monthly_cost AS DOUBLE) AS month_price,
    CASE WHEN regexp_matches(json_extract_string(provider_attributes, '/iops'), '^[0-9]{1,9}([.][0-9]+)?$')
      THEN CAST(json_extract_string(provider_attributes, '/iops') AS DOUBLE) END AS iops
  FROM volumes
  WHERE volume_type IN ('io1', 'io2') AND (state IS NULL OR state <> 'deleted')
),
gp3 AS (
  SELECT region, MIN(CAST(monthly_cost AS DOUBLE) / size_gib) AS gib_price
  FROM volumes WHERE volume_type = 'gp3' AND size_gib > 0 AND monthly_cost > 0 GROUP BY region
),
priced AS (
  SELECT h.*, h.size_gib * COALESCE(g.gib_price, CAST($gp3_price AS DOUBLE))
      + GREATEST(COALESCE(h.iops, 0) - 3000, 0) * CAST($gp3_iops_price AS DOUBLE) AS gp3_month
  FROM held AS h LEFT JOIN gp3 AS g ON g.region = h.region
)
SELECT id AS subject, account_id AS account,
  CASE WHEN iops IS NULL AND $require_iops THEN 'cannot tell'
    WHEN iops > $gp3_ceiling THEN 'excluded'
    WHEN iops > $max_iops THEN 'passed' ELSE 'flagged' END AS verdict,
  CASE WHEN iops IS NULL AND $require_iops THEN 'needs provider_attributes.iops: how fast it must be is not known'
    WHEN iops > $gp3_ceiling THEN 'More operations are provisioned than gp3 can do' END AS reason,
  volume_type, iops, size_gib, gp3_month,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(0.36 AS DOUBLE) AS share, CAST(0.36 AS DOUBLE) AS share_high,
  CASE WHEN iops IS NULL THEN 0.0
    ELSE month_price - gp3_month - 125 * CAST($gp3_throughput_price AS DOUBLE) END AS list_low,
  month_price - gp3_month AS list, month_price - gp3_month AS list_high
FROM priced
