-- title: Provisioned concurrency unused
-- purpose: Environments of a function kept warm that hardly anything calls.
-- grain: function with provisioned concurrency
-- resource: lambda_functions
-- provider: AWS
-- area: Serverless
-- rule: Less than {max_used} % of the environments it keeps warm were busy on average in the last seven days
-- when: busy < busy_limit
-- param max_used (number, cautious: 20, default: 50, aggressive: 70, unit: %, range: 5..90): Mean share of busy environments below this is too little
-- param price_gb_second (number, default: 0.0000041667, unit: USD/GB-s): List price of a warm GB-second, us-east-1, 2026-10; used only without a bill
-- column busy (number, environments): Mean of environments busy: calls x duration over a week
-- column busy_limit (number, environments): Below this too few are busy
-- column provisioned_concurrency (integer, environments): Environments kept warm
-- column invocations_7d (integer, calls): Calls in seven days
-- column avg_duration_ms_7d (number, ms): Mean duration
-- column memory_mb (integer, MB): Memory of each
-- column provisioned_cost (money, currency): Effective cost of the warm environments in 30 days
-- saving: Environments above the mean use, as a share of what the bill charges for keeping them warm; low leaves twice the mean use,
--   because the mean hides peaks. Without a bill: environments x memory x list price x 2,628,000 s
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 70
-- conflict: function 3
-- remedy: Look at the highest ConcurrentExecutions of the last weeks: it decides, not the mean | Lambda > function > Configuration > Provisioned concurrency: lower it |
--   Or scale it by schedule or by utilisation with Application Auto Scaling
-- cli: aws lambda put-provisioned-concurrency-config --function-name {resource_id} --qualifier ALIAS --provisioned-concurrent-executions NUMBER --region {region}
-- source: Requirement 002 (unused provisioned concurrency); 50 % by getnable finopsmcp, 20 and 70 % our own choice, 2026-10
-- history: inventory
-- metric: requests
-- requires lambda_functions: id, account_id, provisioned_concurrency, invocations_7d, avg_duration_ms_7d, memory_mb
-- requires charge_days: charge_date, charge_period_start, charge_category, resource_id, sub_account_id, billing_currency, x_usage_type, sku_meter, billed_cost, effective_cost, contracted_cost, list_cost
-- requires resource_costs: resource_id, sub_account_id, billing_currency, main_currency, inventory_table, inventory_id
-- needs rows: lambda_functions
WITH warm AS (
  SELECT c.inventory_id, c.billing_currency AS currency, SUM(d.billed_cost) AS base_billed,
    SUM(d.effective_cost) AS base_effective, SUM(d.contracted_cost) AS base_contracted, SUM(d.list_cost) AS base_list
  FROM resource_costs AS c
  JOIN charge_days AS d ON d.resource_id = c.resource_id AND d.billing_currency = c.billing_currency
    AND d.sub_account_id IS NOT DISTINCT FROM c.sub_account_id
  WHERE c.inventory_table = 'lambda_functions' AND c.main_currency AND d.charge_category = 'Usage'
    AND d.charge_date BETWEEN CAST($as_of AS DATE) - 29 AND CAST($as_of AS DATE)
    AND d.charge_period_start >= CAST($as_of AS DATE) - 29
    AND strpos(COALESCE(d.x_usage_type, d.sku_meter), 'Provisioned-Concurrency') > 0
  GROUP BY c.inventory_id, c.billing_currency
),
used AS (
  SELECT f.id, f.account_id, f.provisioned_concurrency, f.invocations_7d, f.avg_duration_ms_7d, f.memory_mb,
    COALESCE(f.invocations_7d, 0) * COALESCE(f.avg_duration_ms_7d, 0) / 1000.0 / 604800 AS busy,
    $max_used / 100 * f.provisioned_concurrency AS busy_limit,
    f.invocations_7d IS NULL OR (f.invocations_7d > 0 AND f.avg_duration_ms_7d IS NULL) AS unmeasured,
    w.currency, w.base_billed, w.base_effective, w.base_contracted, w.base_list
  FROM lambda_functions AS f LEFT JOIN warm AS w ON w.inventory_id = f.id
  WHERE f.provisioned_concurrency > 0
)
SELECT id AS subject, account_id AS account,
  CASE WHEN unmeasured THEN 'cannot tell' WHEN busy < busy_limit THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN unmeasured THEN 'needs invocations_7d and avg_duration_ms_7d: its use is not known' END AS reason,
  CASE WHEN NOT unmeasured THEN busy END AS busy, busy_limit, provisioned_concurrency, invocations_7d,
  avg_duration_ms_7d, memory_mb, base_effective AS provisioned_cost,
  GREATEST(0, provisioned_concurrency - CEIL(2 * busy)) / provisioned_concurrency AS share_low,
  (provisioned_concurrency - CEIL(busy)) / provisioned_concurrency AS share,
  CASE WHEN currency IS NULL THEN GREATEST(0, provisioned_concurrency - CEIL(2 * busy)) * memory_mb / 1024.0
    * $price_gb_second * 2628000 END AS list_low,
  CASE WHEN currency IS NULL THEN (provisioned_concurrency - CEIL(busy)) * memory_mb / 1024.0
    * $price_gb_second * 2628000 END AS list,
  currency, base_billed, base_effective, base_contracted, base_list
FROM used
