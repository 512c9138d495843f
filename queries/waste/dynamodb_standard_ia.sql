-- title: Table for infrequent access
-- purpose: Tables where storage costs so much more than requests that the infrequent-access table class is cheaper.
-- grain: table
-- resource: bill
-- provider: AWS
-- area: Databases
-- rule: With requests at {request_factor} times and storage at {storage_factor} times their cost it would save more
--   than {min_percent} %
-- when: saved_percent > $min_percent
-- param min_percent (number, cautious: 10, default: 0, aggressive: 0, unit: %, range: 0..40): A saving above this share
--   of the cost of the table is reported
-- param request_factor (number, default: 1.25, unit: times, range: 1..2): Price of requests in the other class (CUDOS,
--   2026-10)
-- param storage_factor (number, default: 0.4, unit: times, range: 0.1..1): Price of storage in the other class (CUDOS,
--   2026-10)
-- column saved_percent (number, %): Saving as a share of requests and storage
-- column request_cost (money, currency): Reads and writes of 30 days
-- column storage_cost (money, currency): Storage of 30 days
-- saving: Requests and storage now, less {request_factor} times the requests and {storage_factor} times the storage
-- kind: saving
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 80
-- conflict: database 7
-- remedy: DynamoDB > Tables > the table > Actions > Update table class: Standard-IA | It can be changed twice in 30
--   days | Look again when requests grow
-- cli: aws dynamodb update-table --region {region} --table-name NAME --table-class STANDARD_INFREQUENT_ACCESS
-- source: AWS Cloud Intelligence Dashboards (CUDOS): 1.25 times requests, 0.4 times storage, 2026-10; the cautious
--   share is our own choice
-- history: bill
WITH told AS (
  SELECT *, meter IS NULL AND charge_description IS NULL AS unnamed,
    COALESCE(meter, '') || ' ' || COALESCE(charge_description, '') AS said
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'dynamodb')
),
seen AS (
  SELECT *,
    regexp_matches(said, '(Read|Write)(CapacityUnit-Hrs|RequestUnits)') AS request,
    regexp_matches(COALESCE(x_operation, ''), 'StandardStorage') OR regexp_matches(said, 'TimedStorage-ByteHrs')
      AS stored,
    regexp_matches(said, '(^|-)IA-') OR regexp_matches(COALESCE(x_operation, ''), 'InfrequentAccess|IAStorage') AS rare
  FROM told
),
tables AS (
  SELECT *, unnamed OR resource_id IS NULL AS untold FROM seen WHERE unnamed OR request OR stored OR rare
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Tables of ' || COALESCE(sub_account_id, 'unknown account') ELSE resource_id END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(CASE WHEN rare THEN 1 ELSE 0 END) AS rare_lines,
    SUM(CASE WHEN pricing_category = 'Committed' THEN 1 ELSE 0 END) AS committed_lines,
    SUM(CASE WHEN request THEN effective_cost ELSE 0 END) AS request_cost,
    SUM(CASE WHEN stored THEN effective_cost ELSE 0 END) AS storage_cost,
    SUM(CASE WHEN request OR stored THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN request OR stored THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN request OR stored THEN list_cost END) AS base_list
  FROM tables
  GROUP BY 1, sub_account_id, untold, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
),
shares AS (
  SELECT *, request_cost + storage_cost AS cost,
    100.0 * ((1 - $request_factor) * CAST(request_cost AS DOUBLE) + (1 - $storage_factor)
      * CAST(storage_cost AS DOUBLE))
      / NULLIF(CAST(request_cost + storage_cost AS DOUBLE), 0) AS saved_percent
  FROM sums
)
SELECT subject, account, region,
  CASE WHEN untold THEN 'cannot tell' WHEN committed_lines > 0 THEN 'excluded'
    WHEN saved_percent > $min_percent THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs resource ids and usage types of its lines'
    WHEN committed_lines > 0 THEN 'Reserved capacity does not apply to the other class' END AS reason,
  CAST(saved_percent AS DOUBLE) AS saved_percent, request_cost, storage_cost,
  CAST(0.8 * saved_percent / 100 AS DOUBLE) AS share_low, CAST(saved_percent / 100 AS DOUBLE) AS share,
  CAST(saved_percent / 100 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM shares
WHERE untold OR rare_lines = 0
