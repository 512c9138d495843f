-- title: Data stream without records
-- purpose: Streams that are billed for capacity alone: nothing is written to them.
-- grain: stream
-- resource: bill
-- provider: AWS
-- area: Streaming
-- rule: In the last {window_days} days it was billed in one unit only, that of its capacity
-- when: units = 1
-- param window_days (integer, cautious: 30, default: 7, aggressive: 7, unit: days, range: 3..30): Days looked at
-- column units (integer): Different units billed, those of longer retention and of fan-out left out
-- column days_billed (integer, days): Days billed in the window
-- column measured_mbps (number, MB/s): Mean use of seven days, where the inventory has it
-- column cost (money, currency): Effective cost of the stream in 30 days
-- saving: All that the stream costs
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: service 1
-- remedy: Kinesis > Data streams > the stream > Monitoring: incoming data | Ask its consumers | Delete the stream, or
--   move it to on-demand capacity
-- cli: aws kinesis delete-stream --region {region} --stream-name NAME
-- source: AWS Cloud Intelligence Dashboards (CUDOS): one unit for 30 days; OptScale: capacity alone for 7 days, 2026-10
-- history: bill
-- requires resource_costs: resource_id, sub_account_id, billing_currency, inventory_table, inventory_id
-- requires streaming_clusters: id, avg_usage_mbps_7d
WITH seen AS (
  SELECT *, (meter IS NULL AND charge_description IS NULL) OR resource_id IS NULL AS untold,
    charge_date > CAST($as_of AS DATE) - CAST($window_days AS INTEGER) AS inside,
    regexp_matches(lower(COALESCE(meter, '')), 'extended-|extendedretention|efo|enhancedfanout|longterm') AS extra,
    lower(COALESCE(consumed_unit, pricing_unit, meter)) AS unit
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), '^(amazon ?)?kinesis( data streams)?$')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Streams of ' || COALESCE(sub_account_id, 'unknown account') ELSE resource_id END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    CAST(COUNT(DISTINCT CASE WHEN inside AND NOT extra THEN unit END) AS BIGINT) AS units,
    CAST(COUNT(DISTINCT CASE WHEN inside THEN charge_date END) AS BIGINT) AS days_billed, SUM(effective_cost) AS cost,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  GROUP BY 1, sub_account_id, untold, billing_currency
)
SELECT s.subject, s.account, s.region,
  CASE WHEN s.untold THEN 'cannot tell' WHEN s.days_billed < 0.8 * $window_days THEN 'cannot tell'
    WHEN h.avg_usage_mbps_7d > 0 THEN 'excluded' WHEN s.units = 1 THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN s.untold THEN 'needs resource ids and usage types of its lines'
    WHEN s.days_billed < 0.8 * $window_days THEN 'needs more days of lines in the window'
    WHEN h.avg_usage_mbps_7d > 0 THEN 'Its metrics show traffic' END AS reason,
  s.units, s.days_billed, h.avg_usage_mbps_7d AS measured_mbps, s.cost,
  s.currency, s.base_billed, s.cost AS base_effective, s.base_contracted, s.base_list
FROM sums AS s
LEFT JOIN resource_costs AS c ON c.resource_id = s.subject AND c.sub_account_id IS NOT DISTINCT FROM s.account
  AND c.billing_currency = s.currency
LEFT JOIN streaming_clusters AS h ON c.inventory_table = 'streaming_clusters' AND h.id = c.inventory_id
