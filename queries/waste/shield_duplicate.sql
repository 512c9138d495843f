-- title: Second Shield subscription
-- purpose: More than one fee for Shield Advanced below one payer in a month; one fee covers the whole organisation.
-- grain: payer
-- resource: group
-- provider: AWS
-- area: Accounts
-- rule: More than {max_fees} account paid the subscription in the last month with a fee
-- when: fees > $max_fees
-- param max_fees (integer, default: 1, unit: fees, range: 1..5): One fee is right
-- column fees (integer): Accounts with a fee in that month, refunds taken off
-- column month (date): First day of that month
-- column cost (money, currency): Effective cost of the fees of that month
-- column surplus_cost (money, currency): Cost of all but the highest
-- saving: All fees but the highest
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: service 2
-- remedy: Check whether the accounts were subscribed before they joined the organisation | Ask AWS Support to merge the
--   subscriptions and refund the surplus
-- cli: aws shield describe-subscription
-- source: AWS Cloud Intelligence Dashboards (CUDOS): more than one subscription fee a payer and month, 2026-10
-- history: bill
WITH fees AS (
  SELECT billing_account_id, sub_account_id, billing_currency, CAST(billing_period_start AS DATE) AS month,
    SUM(effective_cost) AS cost, SUM(billed_cost) AS billed, SUM(contracted_cost) AS contracted,
      SUM(list_cost) AS listed
  FROM lines90
  WHERE charge_category IN ('Usage', 'Purchase', 'Adjustment') AND regexp_matches(lower(service_name), 'shield')
    AND regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
      'subscription|monthly|month fee')
  GROUP BY billing_account_id, sub_account_id, billing_currency, CAST(billing_period_start AS DATE)
),
newest AS (
  SELECT billing_account_id, billing_currency, MAX(month) AS month FROM fees GROUP BY billing_account_id,
    billing_currency
),
sums AS (
  SELECT f.billing_account_id AS account, f.billing_currency AS currency, MAX(f.month) AS month,
    CAST(COUNT(CASE WHEN f.cost > 0 THEN 1 END) AS BIGINT) AS fees, SUM(f.cost) AS cost,
      SUM(f.cost) - MAX(f.cost) AS surplus_cost,
    SUM(f.billed) AS billed, SUM(f.contracted) AS contracted, SUM(f.listed) AS listed
  FROM fees AS f
  JOIN newest AS n ON n.billing_account_id IS NOT DISTINCT FROM f.billing_account_id
    AND n.billing_currency = f.billing_currency AND n.month = f.month
  GROUP BY f.billing_account_id, f.billing_currency
)
SELECT 'Shield of ' || COALESCE(account, 'unknown payer') || ' (' || currency || ')' AS subject, account,
  CASE WHEN cost IS NULL THEN 'cannot tell' WHEN fees > $max_fees THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN cost IS NULL THEN 'needs effective_cost of the fees' END AS reason,
  fees, month, cost, surplus_cost,
  CAST(CAST(surplus_cost AS DOUBLE) / NULLIF(CAST(cost AS DOUBLE), 0) AS DOUBLE) AS share, currency,
  CAST(billed AS DOUBLE) * 720 / 730 AS base_billed, CAST(cost AS DOUBLE) * 720 / 730 AS base_effective,
  CAST(contracted AS DOUBLE) * 720 / 730 AS base_contracted, CAST(listed AS DOUBLE) * 720 / 730 AS base_list
FROM sums
