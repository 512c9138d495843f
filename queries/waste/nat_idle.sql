-- title: NAT gateway without traffic
-- purpose: A NAT gateway that nothing passes through.
-- grain: available NAT gateway
-- resource: nat_gateways
-- provider: any
-- area: Networking
-- rule: It is available, and {max_gb} GB or less passed through it in the last seven days
-- when: gb_processed_7d <= $max_gb
-- param max_gb (number, cautious: 0, default: 0, aggressive: 0.5, unit: GB, range: 0..10):
--   Traffic of seven days up to this is none
-- column gb_processed_7d (number, GB): Traffic of seven days
-- column env (text): Environment
-- saving: All that the gateway costs
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: network 1
-- remedy: Look whether a route points to it, or whether it stands by for another zone | Delete the gateway and release
--   its address
-- cli: aws ec2 delete-nat-gateway --nat-gateway-id {resource_id} --region {region}
-- source: CloudBurn (no bytes for 7 days); below 1 GB in 14 days: AWS Labs CFM tips, 2026-10
-- history: inventory
-- metric: network
-- requires nat_gateways: id, account_id, state, gb_processed_7d, env
-- needs rows: nat_gateways
-- needs values: nat_gateways.gb_processed_7d
SELECT id AS subject, account_id AS account,
  CASE WHEN gb_processed_7d IS NULL THEN 'cannot tell' WHEN gb_processed_7d <= $max_gb THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN gb_processed_7d IS NULL THEN 'needs gb_processed_7d: no metric is not no traffic' END AS reason,
  gb_processed_7d, env
FROM nat_gateways
WHERE state = 'available'
