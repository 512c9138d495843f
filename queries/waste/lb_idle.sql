-- title: Unused load balancer
-- purpose: A load balancer that gets next to no requests.
-- grain: load balancer
-- resource: load_balancers
-- provider: any
-- area: Networking
-- rule: Fewer than {max_requests} requests a day in the mean of the last seven days
-- when: avg_request_count_7d < $max_requests
-- param max_requests (number, cautious: 1, default: 1, aggressive: 100, unit: requests/day, range: 0.1..1000):
--   Mean requests a day below this are none
-- column avg_request_count_7d (number, requests/day): Mean requests a day of seven days
-- column type (text): Kind
-- column env (text): Environment
-- saving: All that the load balancer costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: network 1
-- remedy: Look whether it has targets; a network load balancer counts flows, not requests | Look for names that point
--   to it | Delete it with its target groups
-- cli: aws elbv2 delete-load-balancer --load-balancer-arn {resource_id} --region {region}
-- source: Requirement 002 (about 0 requests); 100 a day: AWS Trusted Advisor, 2026-10
-- history: inventory
-- metric: requests
-- requires load_balancers: id, account_id, avg_request_count_7d, type, env
-- needs rows: load_balancers
-- needs values: load_balancers.avg_request_count_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN avg_request_count_7d IS NULL THEN 'cannot tell' WHEN avg_request_count_7d < $max_requests THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN avg_request_count_7d IS NULL THEN 'needs avg_request_count_7d: no metric is not no request' END AS reason,
  avg_request_count_7d, type, env
FROM load_balancers
