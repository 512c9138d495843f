-- title: Function never called
-- purpose: A function that nothing calls.
-- grain: function
-- resource: lambda_functions
-- provider: AWS
-- area: Serverless
-- rule: It was called at most {max_calls} times in the last seven days
-- when: invocations_7d <= $max_calls
-- param max_calls (integer, cautious: 0, default: 0, aggressive: 5, unit: calls, range: 0..50): Calls in seven days up to this are none
-- column invocations_7d (integer, calls): Calls in seven days
-- column provisioned_concurrency (integer, environments): Environments kept warm
-- column memory_mb (integer, MB): Memory allotted
-- saving: All that it costs: next to nothing, unless environments are kept warm
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 60
-- conflict: function 1
-- remedy: Look at its triggers: yearly jobs and functions for disasters are rarely called | Keep its code and remove its triggers |
--   Delete it with its log group, role and provisioned concurrency
-- cli: aws lambda delete-function --function-name {resource_id} --region {region}
-- source: No call at all by getnable finopsmcp (14 days) and Kulshan (90 days), here of the seven days the inventory knows; 5 calls by CFM tips, 2026-10
-- history: inventory
-- metric: requests
-- requires lambda_functions: id, account_id, invocations_7d, provisioned_concurrency, memory_mb
-- needs rows: lambda_functions
-- needs values: lambda_functions.invocations_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN invocations_7d IS NULL THEN 'cannot tell' WHEN invocations_7d <= $max_calls THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN invocations_7d IS NULL THEN 'needs invocations_7d: its calls are not known' END AS reason,
  invocations_7d, provisioned_concurrency, memory_mb
FROM lambda_functions
