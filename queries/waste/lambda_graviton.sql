-- title: Function on x86
-- purpose: Functions that run on x86 processors, whose seconds cost a fifth more than on Arm.
-- grain: function on the bill
-- resource: bill
-- provider: AWS
-- area: Serverless
-- rule: It has GB-seconds that are not of Arm processors
-- when: x86_gb_seconds > 0
-- param saved_percent (number, default: 20, unit: %, range: 5..34): Price difference of a GB-second
-- column x86_gb_seconds (number, GB-s): GB-seconds on x86 in 30 days
-- column x86_cost (money, currency): Effective cost of these
-- column arm_gb_seconds (number, GB-s): GB-seconds on Arm in 30 days
-- column last_day (date): Last day with GB-seconds on x86
-- saving: {saved_percent} % of its GB-seconds on x86; low half of that, when it runs longer on Arm
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 50
-- conflict: function 8
-- remedy: Look for native libraries and layers: they must be there for arm64 | Publish a version for arm64 and shift a tenth of the calls to it |
--   Compare duration and errors, then shift the rest
-- cli: aws lambda update-function-code --function-name {resource_id} --architectures arm64 --zip-file fileb://FILE --region {region}
-- source: AWS Cloud Intelligence Dashboards (KPI: 20 %) and Steampipe Thrifty; usage types without ARM, 2026-10
-- history: bill
WITH seen AS (
  SELECT *, COALESCE(resource_id, 'Functions of ' || COALESCE(sub_account_id, 'unknown account')) AS subject,
    meter IS NULL AS untold,
    strpos(meter, 'Lambda-GB-Second') > 0 AND strpos(upper(meter), 'ARM') = 0 AS x86,
    strpos(meter, 'Lambda-GB-Second') > 0 AND strpos(upper(meter), 'ARM') > 0 AS arm
  FROM lines30
  WHERE charge_category = 'Usage' AND strpos(lower(service_name), 'lambda') > 0
),
functions AS (
  SELECT subject, sub_account_id, billing_currency, MAX(region_id) AS region,
    COUNT(CASE WHEN untold THEN 1 END) AS untold,
    SUM(CASE WHEN x86 THEN COALESCE(consumed_quantity, pricing_quantity) ELSE 0 END) AS x86_gb_seconds,
    SUM(CASE WHEN arm THEN COALESCE(consumed_quantity, pricing_quantity) ELSE 0 END) AS arm_gb_seconds,
    MAX(CASE WHEN x86 THEN charge_date END) AS last_day,
    SUM(CASE WHEN x86 THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN x86 THEN effective_cost END) AS base_effective,
    SUM(CASE WHEN x86 THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN x86 THEN list_cost END) AS base_list
  FROM seen WHERE untold OR x86 OR arm
  GROUP BY subject, sub_account_id, billing_currency
)
SELECT subject, sub_account_id AS account, region,
  CASE WHEN x86_gb_seconds > 0 THEN 'flagged' WHEN untold > 0 OR x86_gb_seconds IS NULL THEN 'cannot tell'
    ELSE 'passed' END AS verdict,
  CASE WHEN x86_gb_seconds > 0 THEN NULL WHEN untold > 0 THEN 'needs a usage type or SKU meter of its lines'
    WHEN x86_gb_seconds IS NULL THEN 'needs the quantity of its lines' END AS reason,
  x86_gb_seconds, base_effective AS x86_cost, arm_gb_seconds, last_day,
  $saved_percent / 200 AS share_low, $saved_percent / 100 AS share, $saved_percent / 100 AS share_high,
  billing_currency AS currency, base_billed, base_effective, base_contracted, base_list
FROM functions
