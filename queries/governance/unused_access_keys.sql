-- title: Access keys nobody uses
-- purpose: Keys whose last call is older than the days given before the newest call of any key, or that were never used. A security matter,
--   without cost.
-- grain: access key
-- param days (integer, default: 90): Days without a call
-- column id (text): Key in the inventory
-- column name (text): Client
-- column account_id (text): Account
-- column last_used_at (time): Last call; null: never
-- requires api_clients: id, name, account_id, last_used_at
-- needs rows: api_clients
SELECT id, name, account_id, last_used_at
FROM api_clients
WHERE last_used_at IS NULL
  OR CAST(last_used_at AS DATE) < (SELECT CAST(MAX(last_used_at) AS DATE) FROM api_clients) - $days
ORDER BY last_used_at NULLS FIRST, id
