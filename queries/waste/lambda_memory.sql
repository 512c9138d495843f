-- title: Function with much memory
-- purpose: A function with a lot of memory whose runs are short against its timeout: it does simple work.
-- grain: function
-- resource: lambda_functions
-- provider: AWS
-- area: Serverless
-- rule: It has {min_memory} MB of memory or more, and its mean duration is below {max_share} % of its timeout
-- when: memory_mb >= $min_memory; avg_duration_ms_7d < duration_limit_ms
-- param min_memory (integer, cautious: 2048, default: 1024, aggressive: 512, unit: MB, range: 256..4096): Memory from here on is much
-- param max_share (number, cautious: 20, default: 30, aggressive: 30, unit: %, range: 5..60): Duration below this share of the timeout is short
-- column memory_mb (integer, MB): Memory allotted
-- column avg_duration_ms_7d (number, ms): Mean duration
-- column duration_limit_ms (number, ms): Below this it is short
-- column timeout_seconds (integer, s): Longest run allowed
-- column invocations_7d (integer, calls): Calls in seven days
-- column duration_cost (money, currency): Effective cost of its GB-seconds in 30 days
-- saving: Half the memory halves the price of a second, but less memory is less CPU, so that it may run longer: high half of the cost of its
--   GB-seconds, expected a quarter, low nothing. Without a bill the same of its list cost
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 40
-- conflict: function 6
-- remedy: Read the line “Max Memory Used” in its log, or Lambda Insights | Try several sizes with Lambda Power Tuning: cost can rise with less memory |
--   Lambda > function > Configuration > General: set the memory
-- cli: aws lambda update-function-configuration --function-name {resource_id} --memory-size NUMBER --region {region}
-- source: Requirement 002 (memory of 1,024 MB and more for a simple function); 30 % of the timeout by CloudBurn; 2,048 and 512 MB and 20 % our own choice, 2026-10
-- history: inventory
-- requires lambda_functions: id, account_id, memory_mb, timeout_seconds, invocations_7d, avg_duration_ms_7d
-- requires charge_days: charge_date, charge_period_start, charge_category, resource_id, sub_account_id, billing_currency, x_usage_type, sku_meter, billed_cost, effective_cost, contracted_cost, list_cost
-- requires resource_costs: resource_id, sub_account_id, billing_currency, main_currency, inventory_table, inventory_id
-- needs rows: lambda_functions
-- needs values: lambda_functions.avg_duration_ms_7d
WITH run AS (
  SELECT c.inventory_id, c.billing_currency AS currency, SUM(d.billed_cost) AS base_billed,
    SUM(d.effective_cost) AS base_effective, SUM(d.contracted_cost) AS base_contracted, SUM(d.list_cost) AS base_list
  FROM resource_costs AS c
  JOIN charge_days AS d ON d.resource_id = c.resource_id AND d.billing_currency = c.billing_currency
    AND d.sub_account_id IS NOT DISTINCT FROM c.sub_account_id
  WHERE c.inventory_table = 'lambda_functions' AND c.main_currency AND d.charge_category = 'Usage'
    AND d.charge_date BETWEEN CAST($as_of AS DATE) - 29 AND CAST($as_of AS DATE)
    AND d.charge_period_start >= CAST($as_of AS DATE) - 29
    AND strpos(COALESCE(d.x_usage_type, d.sku_meter), 'Lambda-GB-Second') > 0
  GROUP BY c.inventory_id, c.billing_currency
),
judged AS (
  SELECT f.id, f.account_id, f.memory_mb, f.timeout_seconds, f.invocations_7d, f.avg_duration_ms_7d,
    $max_share / 100 * f.timeout_seconds * 1000 AS duration_limit_ms,
    CASE WHEN f.memory_mb IS NULL OR f.timeout_seconds IS NULL THEN 'needs memory_mb and timeout_seconds'
      WHEN f.avg_duration_ms_7d IS NULL THEN 'needs avg_duration_ms_7d: its duration is not known' END AS reason,
    r.currency, r.base_billed, r.base_effective, r.base_contracted, r.base_list
  FROM lambda_functions AS f LEFT JOIN run AS r ON r.inventory_id = f.id
)
SELECT id AS subject, account_id AS account,
  CASE WHEN reason IS NOT NULL THEN 'cannot tell'
    WHEN memory_mb >= $min_memory AND avg_duration_ms_7d < duration_limit_ms THEN 'flagged' ELSE 'passed' END AS verdict,
  reason, memory_mb, avg_duration_ms_7d, duration_limit_ms, timeout_seconds, invocations_7d,
  base_effective AS duration_cost,
  CAST(0 AS DOUBLE) AS share_low, CAST(0.25 AS DOUBLE) AS share, CAST(0.5 AS DOUBLE) AS share_high,
  currency, base_billed, base_effective, base_contracted, base_list
FROM judged
