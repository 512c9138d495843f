-- title: Low commitment coverage
-- purpose: Payers whose machines run mostly on demand, without reservations and savings plans.
-- grain: payer, provider and currency
-- resource: group
-- provider: any
-- area: Commitments
-- rule: Less than {min_coverage} % of eligible compute of {min_cost} or more, at list price, was covered in 30 days
-- when: coverage_percent < $min_coverage; eligible_cost >= $min_cost
-- param min_coverage (number, cautious: 50, default: 70, aggressive: 80, unit: %, range: 10..95): Coverage below this
--   is reported
-- param min_cost (number, cautious: 500, default: 100, aggressive: 10, unit: currency, range: 0..5000): Payers with
--   less eligible compute in 30 days are left alone
-- column coverage_percent (number, %): Covered share of eligible compute
-- column eligible_cost (money, currency): Covered and on-demand compute of 30 days, at list price where the bill has
--   it, else before discounts of commitments
-- column covered_cost (money, currency): The covered part
-- saving: None here; what a purchase would save is said by the check of steady use
-- kind: hygiene
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 80
-- remedy: Look at the trend of coverage and utilisation together | First remove and resize | Then buy below the steady
--   level
-- cli: aws ce get-savings-plans-coverage --time-period Start=START,End=END --granularity MONTHLY
-- source: Own choice: 50, 70 and 80 %, 2026-10
-- history: bill
WITH eligible AS (
  SELECT billing_account_id, provider_name, billing_currency,
    COALESCE(pricing_category, '') = 'Committed' OR commitment_discount_id IS NOT NULL AS covered,
    COALESCE(list_cost, contracted_cost, effective_cost) AS cost
  FROM lines30
  WHERE charge_category = 'Usage' AND COALESCE(pricing_category, 'Standard') <> 'Dynamic'
    AND service_category = 'Compute'
    AND COALESCE(commitment_discount_status, 'Used') = 'Used'
    AND (regexp_matches(COALESCE(meter, ''), 'BoxUsage:|DedicatedUsage:|Fargate|Lambda-GB-Second')
      OR (COALESCE(meter, '') NOT LIKE '%:%' AND (json_extract_string(sku_price_details, '/InstanceType') IS NOT NULL
        OR commitment_discount_id IS NOT NULL OR commitment_program_eligibility_details IS NOT NULL)))
),
sums AS (
  SELECT billing_account_id AS account, provider_name, billing_currency AS currency, SUM(cost) AS eligible_cost,
    SUM(CASE WHEN covered THEN cost ELSE 0 END) AS covered_cost
  FROM eligible
  GROUP BY billing_account_id, provider_name, billing_currency
),
shares AS (
  SELECT *, 100.0 * CAST(covered_cost AS DOUBLE) / NULLIF(CAST(eligible_cost AS DOUBLE), 0)
    AS coverage_percent FROM sums
)
SELECT COALESCE(account, 'unknown payer') || ' ' || COALESCE(provider_name,
  'unknown provider') || ' (' || currency || ')' AS subject,
  account,
  CASE WHEN coverage_percent IS NULL THEN 'cannot tell'
    WHEN coverage_percent < $min_coverage AND CAST(eligible_cost AS DOUBLE) >= $min_cost THEN 'flagged' ELSE 'passed'
      END AS verdict,
  CASE WHEN coverage_percent IS NULL THEN 'needs a cost of its compute lines' END AS reason,
  coverage_percent, eligible_cost, covered_cost, CAST(0.0 AS DOUBLE) AS share
FROM shares
