-- title: Unattached public address
-- purpose: A static public address of Azure that nothing uses.
-- grain: public address
-- resource: elastic_ips
-- provider: Azure
-- area: Networking
-- rule: It is not associated with anything
-- when: state = unassociated
-- column state (text): State
-- column public_ip (text): The address
-- column allocation (text): Static or Dynamic
-- saving: All that the address costs
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 90
-- conflict: address 1
-- remedy: Look for names and allow lists that have it | Delete it
-- cli: az network public-ip delete --ids {resource_id}
-- source: Microsoft FinOps hubs, Azure Optimization Engine and Azure Thrifty, 2026-10
-- history: inventory
-- requires elastic_ips: id, account_id, provider, state, public_ip, provider_attributes
-- needs rows: elastic_ips
SELECT id AS subject, account_id AS account,
  CASE WHEN state IS NULL THEN 'cannot tell' WHEN state <> 'unassociated' THEN 'passed'
    WHEN LOWER(allocation) = 'dynamic' THEN 'excluded' ELSE 'flagged' END AS verdict,
  CASE WHEN state IS NULL THEN 'needs state'
    WHEN state = 'unassociated' AND LOWER(allocation) = 'dynamic'
      THEN 'A dynamic address costs nothing while nothing uses it' END AS reason,
  state, public_ip, allocation
FROM (
  SELECT id, account_id, state, public_ip, json_extract_string(provider_attributes, '/allocation_method') AS allocation
  FROM elastic_ips
  WHERE provider = 'Microsoft'
) AS held
