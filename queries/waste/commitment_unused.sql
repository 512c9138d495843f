-- title: Unused commitment paid for
-- purpose: Reservations and savings plans of which a part covered nothing in the last 30 days.
-- grain: reservation or savings plan
-- resource: bill
-- provider: any
-- area: Commitments
-- rule: Its unused part cost more than {min_cost} in 30 days
-- when: unused_cost > $min_cost
-- param min_cost (number, cautious: 100, default: 0, aggressive: 0, unit: currency, range: 0..500): Unused cost of 30
--   days above this is reported
-- column unused_cost (money, currency): Effective cost of the unused part in 30 days
-- column used_cost (money, currency): Effective cost of the part that covered usage
-- column unused_percent (number, %): Unused share of both
-- column commitment_type (text): Kind of commitment
-- saving: Effective cost of the unused part; it is saved by using it elsewhere or by not renewing it
-- kind: saving
-- risk: low
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 85
-- conflict: commitment 2
-- remedy: Find usage of the same family and region that still pays on demand and move it under the commitment |
--   Exchange a convertible reservation, or offer a standard one for sale | Do not renew more than is used
-- cli: aws ce get-reservation-utilization --time-period Start=START,End=END --group-by
--   Type=DIMENSION,Key=SUBSCRIPTION_ID
-- source: AWS Cloud Intelligence Dashboards (CUDOS) and getnable finopsmcp report any unused part; the cautious limit
--   is our own choice, 2026-10
-- history: bill
WITH sums AS (
  SELECT commitment_discount_id AS subject,
    COALESCE(MIN(CASE WHEN commitment_discount_status = 'Unused' THEN sub_account_id END), MIN(sub_account_id))
      AS account,
    MAX(region_id) AS region, MAX(commitment_discount_name) AS name, MAX(commitment_discount_type) AS commitment_type,
    billing_currency AS currency,
    CAST(COUNT(CASE WHEN commitment_discount_status IS NULL THEN 1 END) AS BIGINT) AS untold,
    SUM(CASE WHEN commitment_discount_status = 'Unused' THEN effective_cost ELSE 0 END) AS unused_cost,
    SUM(CASE WHEN commitment_discount_status = 'Used' THEN effective_cost ELSE 0 END) AS used_cost,
    SUM(billed_cost) AS billed,
    SUM(CASE WHEN commitment_discount_status = 'Unused' THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN commitment_discount_status = 'Unused' THEN list_cost END) AS base_list
  FROM lines30
  WHERE charge_category = 'Usage' AND commitment_discount_id IS NOT NULL
  GROUP BY commitment_discount_id, billing_currency
)
SELECT subject, account, region, name,
  CASE WHEN untold > 0 OR unused_cost IS NULL THEN 'cannot tell'
    WHEN CAST(unused_cost AS DOUBLE) > $min_cost THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN untold > 0 THEN 'needs commitment_discount_status: its lines do not say what was used'
    WHEN unused_cost IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  unused_cost, used_cost,
  100.0 * CAST(unused_cost AS DOUBLE) / NULLIF(CAST(unused_cost + used_cost AS DOUBLE), 0) AS unused_percent,
  commitment_type,
  CAST(0.5 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high,
  currency,
  CAST(billed AS DOUBLE) * CAST(unused_cost AS DOUBLE) / NULLIF(CAST(unused_cost + used_cost AS DOUBLE), 0)
    AS base_billed,
  unused_cost AS base_effective, base_contracted, base_list
FROM sums
