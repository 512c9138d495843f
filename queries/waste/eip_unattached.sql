-- title: Unattached address
-- purpose: A static public address that is on no machine and no load balancer.
-- grain: static public address
-- resource: elastic_ips
-- provider: any
-- area: Networking
-- rule: It is not associated with anything
-- when: state = unassociated
-- column state (text): State
-- column public_ip (text): The address
-- saving: All that the address costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 90
-- conflict: address 1
-- remedy: Look for names and allow lists that have it: it cannot be had again | Release it. Attaching it saves nothing:
--   an address in use costs the same since February 2024
-- cli: aws ec2 release-address --allocation-id {resource_id} --region {region}
-- source: Requirement 002 (unassociated address); Steampipe AWS Thrifty, 2026-10
-- history: inventory
-- requires elastic_ips: id, account_id, provider, state, public_ip
-- needs rows: elastic_ips
-- needs values: elastic_ips.state
SELECT id AS subject, account_id AS account,
  CASE WHEN state IS NULL THEN 'cannot tell' WHEN state = 'unassociated' THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN state IS NULL THEN 'needs state' END AS reason,
  state, public_ip
FROM elastic_ips
WHERE provider NOT IN ('Microsoft', 'Google Cloud')
