-- title: Longest timeout of all
-- purpose: A function with the longest timeout there is: a run that hangs is paid for to its end.
-- grain: function
-- resource: lambda_functions
-- provider: AWS
-- area: Serverless
-- rule: Its timeout is {timeout} seconds or more
-- when: timeout_seconds >= $timeout
-- param timeout (integer, cautious: 900, default: 900, aggressive: 600, unit: s, range: 300..900): Timeout from here on is reported; 900 is the longest
-- column timeout_seconds (integer, s): Longest run allowed
-- column avg_duration_ms_7d (number, ms): Mean duration
-- column invocations_7d (integer, calls): Calls in seven days
-- column memory_mb (integer, MB): Memory allotted
-- saving: None: a timeout costs nothing until a run hangs
-- kind: hygiene
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 80
-- remedy: Look at the longest duration of the last weeks, not the mean | Lambda > function > Configuration > General: set the timeout to about twice that |
--   Work that needs more than minutes belongs in a container or a state machine
-- cli: aws lambda update-function-configuration --function-name {resource_id} --timeout NUMBER --region {region}
-- source: Requirement 002 (timeout of 900 seconds; twice the longest run instead); 600 seconds our own choice, 2026-10
-- history: inventory
-- requires lambda_functions: id, account_id, timeout_seconds, avg_duration_ms_7d, invocations_7d, memory_mb
-- needs rows: lambda_functions
-- needs values: lambda_functions.timeout_seconds
SELECT id AS subject, account_id AS account,
  CASE WHEN timeout_seconds IS NULL THEN 'cannot tell' WHEN timeout_seconds >= $timeout THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN timeout_seconds IS NULL THEN 'needs timeout_seconds' END AS reason,
  timeout_seconds, avg_duration_ms_7d, invocations_7d, memory_mb, CAST(0 AS DOUBLE) AS share
FROM lambda_functions
