-- title: Required tags missing
-- purpose: Machines whose cost cannot be given to anyone, because required tags are missing.
-- grain: instance
-- resource: instances
-- provider: any
-- area: Governance
-- rule: It lacks at least one of the tags {required_keys}
-- when: keys_missing > 0
-- param required_keys (text, cautious: env team project, default: env team project, aggressive: env team project owner): Keys every machine must have, apart by spaces, eight at most; upper and lower case differ
-- column keys_missing (integer, keys): Required keys it lacks
-- column missing (text): These keys
-- column keys_found (integer, keys): Required keys it has
-- column all_keys (integer, keys): All its keys, required or not
-- column state (text): Life-cycle state
-- saving: None: a tag moves cost to its owner, it saves nothing
-- kind: hygiene
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 90
-- remedy: Look for spelling variants of the key first (CostCenter, cost_center) | Tag it in the Tag Editor, or in the template that makes it |
--   Require the tags with a tag policy
-- cli: aws ec2 create-tags --resources {resource_id} --tags Key=KEY,Value=VALUE --region {region}
-- source: Requirement 002 (untagged resource; env, team and project by the reading of the check catalogue); owner our own choice, 2026-10
-- history: inventory
-- requires instances: id, account_id, instance_id, tags, state
-- requires resource_tags: account_id, resource_id, key
-- needs rows: instances
WITH required AS (
  SELECT DISTINCT split_part(CAST($required_keys AS VARCHAR), ' ', places.n) AS key
  FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8)) AS places(n)
  WHERE split_part(CAST($required_keys AS VARCHAR), ' ', places.n) <> ''
),
held AS (SELECT DISTINCT account_id, resource_id, key FROM resource_tags),
counts AS (
  SELECT account_id, resource_id, CAST(COUNT(*) AS BIGINT) AS all_keys FROM held GROUP BY account_id, resource_id
),
known AS (
  SELECT CASE WHEN EXISTS (SELECT 1 FROM resource_tags) OR EXISTS (SELECT 1 FROM instances WHERE tags IS NOT NULL)
    THEN 1 ELSE 0 END AS tags_loaded
),
looked AS (
  SELECT i.id, i.account_id, i.state, i.instance_id, r.key,
    CASE WHEN h.key IS NOT NULL OR json_extract_string(i.tags, '/' || r.key) IS NOT NULL THEN 1 ELSE 0 END AS found
  FROM instances AS i CROSS JOIN required AS r
  LEFT JOIN held AS h ON h.resource_id = i.instance_id AND h.account_id = i.account_id AND h.key = r.key
),
told AS (
  SELECT id, account_id, state, instance_id, CAST(SUM(found) AS BIGINT) AS keys_found,
    CAST(SUM(1 - found) AS BIGINT) AS keys_missing,
    string_agg(CASE WHEN found = 0 THEN key END, ' ' ORDER BY key) AS missing
  FROM looked GROUP BY id, account_id, state, instance_id
)
SELECT t.id AS subject, t.account_id AS account,
  CASE WHEN known.tags_loaded = 0 THEN 'cannot tell' WHEN t.keys_missing > 0 THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN known.tags_loaded = 0 THEN 'needs tags: neither resource_tags nor the tags of instances are loaded' END AS reason,
  t.keys_missing, t.missing, t.keys_found, COALESCE(c.all_keys, 0) AS all_keys, t.state, CAST(0 AS DOUBLE) AS share
FROM told AS t CROSS JOIN known
LEFT JOIN counts AS c ON c.resource_id = t.instance_id AND c.account_id = t.account_id
