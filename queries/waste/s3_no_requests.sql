-- title: Bucket without requests
-- purpose: Buckets with all data in the standard class that nobody has read or written for two months.
-- grain: bucket with data in the standard class only
-- resource: bill
-- provider: AWS
-- area: Object storage
-- rule: All data is in the standard class, and the last request for an object is more than {idle_days} days ago
-- when: quiet_days > $idle_days
-- param idle_days (integer, default: 60, unit: days, range: 14..365): The last request for an object is longer ago than
--   this
-- param saved_percent (number, default: 30, unit: %, range: 10..95): Expected saving; infrequent access is about 45 %
--   and instant retrieval 68 % cheaper a GB (2026-10), before fees
-- column quiet_days (integer, days): Days since the last request for an object
-- column last_request (date): Day of the last request for an object
-- column storage_cost (money, currency): Effective cost of its standard storage in 30 days
-- column gb_months (number, GB-months): Standard storage of 30 days
-- saving: {saved_percent} % of the cost of its standard storage by a colder class
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 65
-- conflict: bucket 3
-- remedy: Ask the owner whether the data is still needed | S3 > bucket > Management: add a lifecycle rule to a colder
--   class | Delete what nobody needs
-- cli: aws s3api put-bucket-lifecycle-configuration --bucket {resource_id} --lifecycle-configuration file://rule.json
-- source: AWS Cloud Intelligence Dashboards (CID KPI): no put, get or copy for two months, 30 %, 2026-10; here other
--   requests for objects count as use too
-- history: bill
-- requires charges: resource_id, sub_account_id, x_operation, charge_period_start, charge_category
-- needs values: charges.x_operation, charges.resource_id
WITH storage AS (
  SELECT resource_id AS subject, sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency,
    SUM(CASE WHEN x_operation = 'StandardStorage' THEN 0 ELSE 1 END) AS other_classes,
    SUM(COALESCE(consumed_quantity, pricing_quantity)) AS gb_months, SUM(effective_cost) AS storage_cost,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM lines30
  WHERE charge_category = 'Usage' AND resource_id IS NOT NULL
    AND regexp_matches(lower(service_name), 's3|simple storage service|glacier')
    AND regexp_matches(x_operation, 'Storage$|ObjectOverhead$')
  GROUP BY resource_id, sub_account_id, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
),
requests AS (
  SELECT resource_id, sub_account_id, MAX(CAST(charge_period_start AS DATE)) AS last_request
  FROM charges
  WHERE charge_category = 'Usage' AND resource_id IS NOT NULL
    AND charge_period_start < CAST($now AS TIMESTAMP)
    AND regexp_matches(x_operation, 'Object|UploadPart|MultipartUpload')
      AND NOT regexp_matches(x_operation, 'Overhead|Storage$')
  GROUP BY resource_id, sub_account_id
)
SELECT s.subject, s.account, s.region,
  CASE WHEN r.last_request IS NULL THEN 'cannot tell'
    WHEN CAST($as_of AS DATE) - r.last_request > $idle_days THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN r.last_request IS NULL
    THEN 'needs a request: the bill has none for its objects, which may mean none or none billed' END AS reason,
  CAST(CAST($as_of AS DATE) - r.last_request AS BIGINT) AS quiet_days, r.last_request, s.storage_cost, s.gb_months,
  CAST(0.5 * $saved_percent / 100 AS DOUBLE) AS share_low, CAST($saved_percent / 100.0 AS DOUBLE) AS share,
    CAST(LEAST(2.0 * $saved_percent / 100, 0.95) AS DOUBLE) AS share_high,
  s.currency, s.base_billed, s.storage_cost AS base_effective, s.base_contracted, s.base_list
FROM storage AS s
LEFT JOIN requests AS r ON r.resource_id = s.subject AND r.sub_account_id IS NOT DISTINCT FROM s.account
WHERE s.other_classes = 0
