-- title: Commitment about to end
-- purpose: A commitment that ends soon or has just ended: its usage goes back to the list price.
-- grain: commitment
-- resource: commitments
-- provider: any
-- area: Commitments
-- rule: It ends within {days_before} days, or ended no more than {days_after} days ago
-- when: days_to_end <= $days_before; days_since_end <= $days_after
-- param days_before (integer, cautious: 30, default: 60, aggressive: 90, unit: days, range: 7..180):
--   Days before its end
-- param days_after (integer, default: 30, unit: days, range: 0..90): Days after its end
-- column days_to_end (integer, days): Days until its last day; negative once it has passed
-- column days_since_end (integer, days): Days since its last day; negative before
-- column commitment_type (text): Kind
-- column scope (text): What it covers
-- column end_date (date): Last day
-- column saved_month (number, USD): What it saves a month against on-demand prices
-- saving: Not waste: named is what it saves a month against on-demand prices, which is lost when it is not renewed
-- kind: review
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 80
-- conflict: commitment 11
-- remedy: Look how much of it was used and whether the usage stays | Renew what is used, queued for the day it ends
-- source: CloudBurn (60 days before, 30 after); 30 days: AWS Trusted Advisor; 90 days: OptimNow, 2026-10
-- history: dates
-- requires commitments: id, account_id, commitment_type, scope, end_date
-- requires commitment_utilization_daily: commitment_id, date, estimated_savings_vs_ondemand
-- needs rows: commitments
-- needs values: commitments.end_date
WITH used AS (
  SELECT commitment_id, AVG(CAST(estimated_savings_vs_ondemand AS DOUBLE)) * 730 / 24 AS saved_month
  FROM commitment_utilization_daily
  WHERE date > CAST($as_of AS DATE) - 60 AND date <= CAST($as_of AS DATE)
  GROUP BY commitment_id
),
held AS (
  SELECT c.id, c.account_id, c.commitment_type, c.scope, c.end_date, u.saved_month,
    CAST(c.end_date - CAST($as_of AS DATE) AS BIGINT) AS days_to_end
  FROM commitments AS c LEFT JOIN used AS u ON u.commitment_id = c.id
)
SELECT id AS subject, account_id AS account,
  CASE WHEN end_date IS NULL THEN 'cannot tell'
    WHEN days_to_end <= $days_before AND -days_to_end <= $days_after THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN end_date IS NULL THEN 'needs end_date' END AS reason,
  days_to_end, -days_to_end AS days_since_end, commitment_type, scope, end_date, saved_month,
  CAST(0.0 AS DOUBLE) AS share, saved_month AS list_low, saved_month AS list, saved_month AS list_high
FROM held
