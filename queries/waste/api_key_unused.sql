-- title: Access key unused
-- purpose: A key that nobody has used for months: it saves nothing to delete it, but it can be stolen.
-- grain: access key
-- resource: api_clients
-- provider: any
-- area: Governance
-- rule: It was last used more than {max_age_days} days ago
-- when: last_used_at < used_before
-- param max_age_days (integer, cautious: 180, default: 90, aggressive: 30, unit: days, range: 7..365): A key not used for longer is unused
-- column last_used_at (time, UTC): Last call
-- column used_before (time, UTC): A last call before this is too long ago
-- column unused_days (integer, days): Days since the last call
-- column access_key_id (text): Public part of the key
-- saving: None: a key costs nothing
-- kind: hygiene
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 85
-- remedy: Ask its owner; keys for disasters and yearly jobs are rarely used | IAM > Users > Security credentials: deactivate it |
--   Delete it after a month in which nobody missed it
-- cli: aws iam update-access-key --access-key-id {access_key_id} --status Inactive
-- source: Requirement 002 (unused key: 90 days); 180 and 30 days our own choice, 2026-10
-- history: dates
-- requires api_clients: id, account_id, last_used_at, access_key_id
-- needs rows: api_clients
-- needs values: api_clients.last_used_at
WITH held AS (
  SELECT id, account_id, last_used_at, access_key_id,
    CAST($now AS TIMESTAMP) - CAST($max_age_days AS INTEGER) * INTERVAL 1 DAY AS used_before
  FROM api_clients
)
SELECT id AS subject, account_id AS account,
  CASE WHEN last_used_at IS NULL THEN 'cannot tell' WHEN last_used_at < used_before THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN last_used_at IS NULL
    THEN 'needs last_used_at: it may never have been used, and when it was made is not known' END AS reason,
  last_used_at, used_before, CAST(CAST($as_of AS DATE) + 1 - CAST(last_used_at AS DATE) AS BIGINT) AS unused_days,
  access_key_id, CAST(0 AS DOUBLE) AS share
FROM held
