-- title: Many operations provisioned
-- purpose: Volumes for which more speed is bought than most need; a list to look at.
-- grain: gp3, io1 or io2 volume
-- resource: volumes
-- provider: AWS
-- area: Block storage
-- rule: gp3 with more than {gp3_iops} operations a second or {gp3_throughput} MB/s, io1 or io2 with more than {io_iops}
--   operations
-- when: extra_iops > 0 or extra_throughput > 0
-- param gp3_iops (integer, cautious: 16000, default: 3000, aggressive: 3000, unit: operations/s, range: 3000..80000):
--   Operations of gp3 above this; 3,000 are included in its price
-- param gp3_throughput (integer, cautious: 1000, default: 125, aggressive: 125, unit: MB/s, range: 125..2000):
--   Throughput of gp3 above this; 125 are included in its price
-- param io_iops (integer, default: 32000, unit: operations/s, range: 1000..256000):
--   Operations of io1 and io2 above this
-- param iops_price (number, default: 0.005, unit: USD/operation-month, range: 0.001..0.1):
--   Price of a gp3 operation in us-east-1 of 2026-10
-- param throughput_price (number, default: 0.04, unit: USD/MB/s-month, range: 0.01..0.2):
--   Price of a gp3 MB/s in us-east-1 of 2026-10
-- param io_iops_price (number, default: 0.032, unit: USD/operation-month, range: 0.01..0.1):
--   Price of an io2 operation from 32,001 to 64,000 in us-east-1 of 2026-10
-- column iops (number, operations/s): Operations provisioned
-- column throughput (number, MB/s): Throughput provisioned
-- column extra_iops (number, operations/s): Operations above the limit
-- column extra_throughput (number, MB/s): Throughput above the limit
-- column mean_iops (number, operations/s):
--   Mean reads and writes a second of the last 30 days with metrics; peaks are higher
-- column volume_type (text): Type
-- column size_gib (integer, GiB): Size
-- saving: What lies above the limits, at the price of an operation and of a MB/s; the busiest hour decides
-- kind: review
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 35
-- conflict: volume 8
-- remedy: Look at operations and throughput of its busiest hour, backups included | Lower what is provisioned to that
--   and a reserve
-- cli: aws ec2 modify-volume --volume-id {resource_id} --iops 3000 --throughput 125 --region {region}
-- source: CloudBurn (gp3 above what is included), Steampipe AWS Thrifty (32,000), 2026-10; the cautious limits of gp3
--   are our own choice
-- history: inventory
-- metric: disk
-- requires volumes: id, account_id, volume_id, volume_type, state, size_gib, provider_attributes
-- requires metrics_daily: resource_type, resource_id, account_id, date, metric_payload
-- needs rows: volumes
-- needs values: volumes.provider_attributes
WITH held AS (
  SELECT id, account_id, volume_id, volume_type, size_gib,
    CASE WHEN regexp_matches(json_extract_string(provider_attributes, '/iops'), '^[0-9]{1,9}([.][0-9]+)?$')
      THEN CAST(json_extract_string(provider_attributes, '/iops') AS DOUBLE) END AS iops,
    CASE WHEN regexp_matches(json_extract_string(provider_attributes, '/throughput'), '^[0-9]{1,9}([.][0-9]+)?$')
      THEN CAST(json_extract_string(provider_attributes, '/throughput') AS DOUBLE) END AS throughput
  FROM volumes
  WHERE volume_type IN ('gp3', 'io1', 'io2') AND (state IS NULL OR state <> 'deleted')
),
used AS (
  SELECT resource_id, account_id AS owner,
    SUM(CASE WHEN regexp_matches(json_extract_string(metric_payload, '/disk'), '^[0-9]{1,15}([.][0-9]{1,15})?$')
      THEN CAST(json_extract_string(metric_payload, '/disk') AS DOUBLE) END)
      / NULLIF(COUNT(json_extract_string(metric_payload, '/disk')) * 86400.0, 0) AS mean_iops
  FROM metrics_daily
  WHERE resource_type = 'volumes' AND date BETWEEN CAST($as_of AS DATE) - 29 AND CAST($as_of AS DATE)
  GROUP BY resource_id, account_id
),
above AS (
  SELECT h.*, u.mean_iops,
    GREATEST(iops - CASE WHEN volume_type = 'gp3' THEN $gp3_iops ELSE $io_iops END, 0) AS extra_iops,
    CASE WHEN volume_type = 'gp3' THEN GREATEST(throughput - $gp3_throughput, 0) END AS extra_throughput
  FROM held AS h LEFT JOIN used AS u ON u.resource_id = h.volume_id AND u.owner = h.account_id
)
SELECT id AS subject, account_id AS account,
  CASE WHEN extra_iops > 0 OR extra_throughput > 0 THEN 'flagged'
    WHEN iops IS NULL THEN 'cannot tell' ELSE 'passed' END AS verdict,
  CASE WHEN iops IS NULL AND COALESCE(extra_throughput, 0) <= 0 THEN 'needs provider_attributes.iops' END AS reason,
  iops, throughput, extra_iops, extra_throughput, mean_iops, volume_type, size_gib,
  CAST(0.0 AS DOUBLE) AS list_low,
  COALESCE(extra_iops, 0) * CASE WHEN volume_type = 'gp3' THEN CAST($iops_price AS DOUBLE)
      ELSE CAST($io_iops_price AS DOUBLE) END
    + COALESCE(extra_throughput, 0) * CAST($throughput_price AS DOUBLE) AS list
FROM above
