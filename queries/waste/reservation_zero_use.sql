-- title: Reservation hardly used
-- purpose: Reservations that covered next to nothing for 30 days: wrong size, region, system or account.
-- grain: reservation
-- resource: bill
-- provider: any
-- area: Commitments
-- rule: Less than {max_used_percent} % of its cost covered usage in 30 days
-- when: used_percent < $max_used_percent; paid_days >= $min_days
-- param max_used_percent (number, default: 10, unit: %, range: 1..50): A used share below this is hardly any
-- param min_days (integer, default: 24, unit: days, range: 1..30): It was paid for on at least so many of 30 days
-- column used_percent (number, %): Used share of its effective cost
-- column paid_days (integer, days): Days with a charge
-- column total_cost (money, currency): Effective cost in 30 days
-- column unused_cost (money, currency): Effective cost of the unused part
-- column commitment_type (text): Kind of commitment
-- saving: Effective cost of the unused part
-- kind: saving
-- risk: low
-- effort: medium
-- restart: no
-- reversible: no
-- confidence: 90
-- conflict: commitment 1
-- remedy: Compare its instance type, region, operating system and scope with what runs | Widen its scope or exchange it
--   for what runs |
--   Offer it for sale, and let it end without renewal
-- cli: aws ec2 describe-reserved-instances --region {region}
-- source: OptimNow names zero or single-digit use over 30 days, 2026-10; days paid for are our own choice
-- history: bill
WITH sums AS (
  SELECT commitment_discount_id AS subject,
    COALESCE(MIN(CASE WHEN commitment_discount_status = 'Unused' THEN sub_account_id END), MIN(sub_account_id))
      AS account,
    MAX(region_id) AS region, MAX(commitment_discount_name) AS name, MAX(commitment_discount_type) AS commitment_type,
    billing_currency AS currency,
    CAST(COUNT(CASE WHEN commitment_discount_status IS NULL THEN 1 END) AS BIGINT) AS untold,
    CAST(COUNT(DISTINCT charge_date) AS BIGINT) AS paid_days, SUM(effective_cost) AS total_cost,
    SUM(CASE WHEN commitment_discount_status = 'Unused' THEN effective_cost ELSE 0 END) AS unused_cost,
    SUM(CASE WHEN commitment_discount_status = 'Used' THEN effective_cost ELSE 0 END) AS used_cost,
    SUM(billed_cost) AS billed,
    SUM(CASE WHEN commitment_discount_status = 'Unused' THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN commitment_discount_status = 'Unused' THEN list_cost END) AS base_list
  FROM lines30
  WHERE charge_category = 'Usage' AND commitment_discount_id IS NOT NULL
    AND COALESCE(commitment_discount_category, 'Usage') = 'Usage'
  GROUP BY commitment_discount_id, billing_currency
),
shares AS (
  SELECT *, 100.0 * CAST(used_cost AS DOUBLE) / NULLIF(CAST(used_cost + unused_cost AS DOUBLE), 0)
    AS used_percent FROM sums
)
SELECT subject, account, region, name,
  CASE WHEN untold > 0 OR used_percent IS NULL THEN 'cannot tell'
    WHEN used_percent < $max_used_percent AND paid_days >= $min_days THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN untold > 0 THEN 'needs commitment_discount_status: its lines do not say what was used'
    WHEN used_percent IS NULL THEN 'needs effective_cost: its lines have no cost' END AS reason,
  used_percent, paid_days, total_cost, unused_cost, commitment_type,
  CAST(0.5 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high,
  currency,
  CAST(billed AS DOUBLE) * CAST(unused_cost AS DOUBLE) / NULLIF(CAST(unused_cost + used_cost AS DOUBLE), 0)
    AS base_billed,
  unused_cost AS base_effective, base_contracted, base_list
FROM shares
