-- title: Archive in a dearer class
-- purpose: Data in the flexible archive class that could be in the deep archive class.
-- grain: bucket or vault with flexible archive storage
-- resource: bill
-- provider: AWS
-- area: Object storage
-- rule: Its flexible archive storage cost more than {min_cost} in 30 days
-- when: cost > $min_cost
-- param min_cost (number, cautious: 10, default: 0, aggressive: 0, unit: currency, range: 0..100): Storage of 30 days
--   above this cost is reported
-- param ratio_low (number, default: 27.5, unit: %, range: 10..60): Deep archive price as a share of the flexible price
--   in us-east-1 us-east-2 us-west-2 eu-west-1 and eu-north-1 (CUDOS, 2026-10; us-west-2 is our own addition)
-- param ratio_sao_paulo (number, default: 41.83, unit: %, range: 10..60): The same in sa-east-1
-- param ratio_other (number, default: 44.44, unit: %, range: 10..60): The same in all other regions
-- column cost (money, currency): Effective cost of flexible archive storage in 30 days
-- column gb_months (number, GB-months): Flexible archive storage of 30 days
-- column ratio_percent (number, %): Deep archive price as a share of this price, from the bill where it has both, else
--   from the list
-- column retrieval_cost (money, currency): Effective cost of retrievals in 30 days
-- saving: Cost of the storage x (1 - share of the deep archive price)
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 60
-- conflict: bucket 7
-- remedy: Check how fast the data must come back: a restore from deep archive takes 12 hours and more | S3 > bucket >
--   Management: change the lifecycle rule to deep archive | Data stays there for 180 days at least
-- cli: aws s3api put-bucket-lifecycle-configuration --bucket {resource_id} --lifecycle-configuration file://rule.json
-- source: AWS Cloud Intelligence Dashboards (CUDOS): price shares by region, 2026-10; us-west-2, which is not in that
--   list, like us-east-1
-- history: bill
WITH told AS (
  SELECT *, lower(COALESCE(meter, '')) AS said,
    meter IS NULL AND x_operation IS NULL AND charge_description IS NULL AS untold
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 's3|simple storage service|glacier')
),
seen AS (
  SELECT *,
    regexp_matches(said, 'timedstorage-glacierbytehrs') OR COALESCE(x_operation, '') = 'GlacierStorage'
      OR (COALESCE(x_operation, '') = 'Storage' AND strpos(lower(service_name), 'glacier') > 0
        AND strpos(lower(service_name), 'deep') = 0) AS flexible,
    regexp_matches(said, 'timedstorage-gda') OR COALESCE(x_operation, '') = 'DeepArchiveStorage' AS deep,
    regexp_matches(said, 'retrieval') OR regexp_matches(COALESCE(x_operation, ''), 'Retriev|RestoreObject') AS retrieval
  FROM told
),
deep_prices AS (
  SELECT region_id, billing_currency,
    CAST(SUM(effective_cost) AS DOUBLE) / NULLIF(SUM(COALESCE(consumed_quantity, pricing_quantity)), 0) AS price
  FROM seen WHERE deep GROUP BY region_id, billing_currency
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Archives of ' || COALESCE(sub_account_id, 'unknown account')) END AS subject,
    sub_account_id AS account, region_id AS region, untold, billing_currency AS currency,
    SUM(CASE WHEN flexible THEN COALESCE(consumed_quantity, pricing_quantity) END) AS gb_months,
    SUM(CASE WHEN flexible THEN effective_cost END) AS cost,
    SUM(CASE WHEN retrieval THEN effective_cost END) AS retrieval_cost,
    SUM(CASE WHEN flexible THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN flexible THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN flexible THEN list_cost END) AS base_list
  FROM seen
  WHERE flexible OR untold OR retrieval
  GROUP BY 1, sub_account_id, region_id, untold, billing_currency
  HAVING (untold OR SUM(CASE WHEN flexible THEN 1 ELSE 0 END) > 0)
    AND MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
),
ratios AS (
  SELECT s.*,
    COALESCE(
      100.0 * d.price / NULLIF(CAST(s.cost AS DOUBLE) / NULLIF(s.gb_months, 0), 0),
      CASE WHEN s.region IN ('us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1', 'eu-north-1') THEN $ratio_low
        WHEN s.region = 'sa-east-1' THEN $ratio_sao_paulo ELSE $ratio_other END) AS ratio_percent
  FROM sums AS s
  LEFT JOIN deep_prices AS d ON d.region_id = s.region AND d.billing_currency = s.currency
)
SELECT subject, account, region,
  CASE WHEN untold OR cost IS NULL THEN 'cannot tell' WHEN CAST(cost AS DOUBLE) > $min_cost THEN 'flagged'
    ELSE 'passed' END
    AS verdict,
  CASE WHEN untold THEN 'needs a usage type or operation of its lines' WHEN cost IS NULL
    THEN 'needs effective_cost of its lines' END
    AS reason,
  cost, gb_months, CAST(ratio_percent AS DOUBLE) AS ratio_percent, retrieval_cost,
  CAST(0.5 * (1.0 - ratio_percent / 100) AS DOUBLE) AS share_low, CAST(1.0 - ratio_percent / 100 AS DOUBLE) AS share,
    CAST(1.0 - ratio_percent / 100 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM ratios
