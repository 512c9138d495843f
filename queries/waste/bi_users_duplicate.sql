-- title: Analytics user paid twice
-- purpose: People who have a QuickSight user in more than one account, each with a fee.
-- grain: user name
-- resource: group
-- provider: AWS
-- area: Analytics
-- rule: One user name has fees in {min_users} or more places
-- when: users >= $min_users
-- param min_users (integer, default: 2, unit: users, range: 2..10): So many users of one name
-- column users (integer): Users of that name with a fee in 30 days
-- column accounts (integer): Accounts they are in
-- column cost (money, currency): Effective cost of all of them in 30 days
-- column surplus_cost (money, currency): Cost of all but the dearest
-- saving: All fees but the dearest
-- kind: saving
-- risk: low
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 70
-- conflict: service 2
-- remedy: Ask the person which account is worked in | Share dashboards across accounts instead | QuickSight > Manage
--   users: delete the other users
-- cli: aws quicksight list-users --aws-account-id {account} --namespace default
-- source: AWS Cloud Intelligence Dashboards (CUDOS): two or more resource ids a user, 2026-10
-- history: bill
WITH seen AS (
  SELECT *,
    CASE WHEN strpos(COALESCE(resource_id, ''), 'user/') > 0 THEN lower(split_part(resource_id, 'user/', 2)) END
      AS user_name
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'quick ?sight|amazon quick')
    AND (regexp_matches(lower(COALESCE(meter, '')), 'user|reader|author')
      OR strpos(COALESCE(resource_id, ''), 'user/') > 0)
),
users AS (
  SELECT user_name, COALESCE(resource_id, 'unknown') AS resource_id, sub_account_id, billing_currency,
    SUM(effective_cost) AS cost,
    SUM(billed_cost) AS billed, SUM(contracted_cost) AS contracted, SUM(list_cost) AS listed
  FROM seen
  GROUP BY user_name, resource_id, sub_account_id, billing_currency
),
sums AS (
  SELECT user_name, billing_currency AS currency, MIN(sub_account_id) AS account, CAST(COUNT(*) AS BIGINT) AS users,
    CAST(COUNT(DISTINCT sub_account_id) AS BIGINT) AS accounts, SUM(cost) AS cost,
      SUM(cost) - MAX(cost) AS surplus_cost,
    SUM(billed) AS base_billed, SUM(contracted) AS base_contracted, SUM(listed) AS base_list
  FROM users
  GROUP BY user_name, billing_currency
)
SELECT COALESCE(user_name, 'Users without an id') || ' (' || currency || ')' AS subject, account,
  CASE WHEN user_name IS NULL OR cost IS NULL THEN 'cannot tell' WHEN users >= $min_users THEN 'flagged' ELSE 'passed'
    END AS verdict,
  CASE WHEN user_name IS NULL THEN 'needs charges.resource_id: lines of users have no id'
    WHEN cost IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  users, accounts, cost, surplus_cost,
  CAST(CAST(surplus_cost AS DOUBLE) / NULLIF(CAST(cost AS DOUBLE), 0) AS DOUBLE) AS share,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
