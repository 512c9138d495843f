-- title: Under-used commitment
-- purpose: A reservation or savings plan that covers less than it is paid for.
-- grain: commitment in force
-- resource: commitments
-- provider: any
-- area: Commitments
-- rule: Less than {min_utilization} % of it was used on the newest day
-- when: utilization_percent < $min_utilization
-- param min_utilization (number, cautious: 50, default: 80, aggressive: 95, unit: %, range: 10..100):
--   Use below this is too little
-- column utilization_percent (number, %): Use on the newest day
-- column mean_percent (number, %): Mean use of 30 days
-- column newest_day (date): The newest day of the figures
-- column commitment_type (text): Kind
-- column scope (text): What it covers
-- column end_date (date): Last day
-- saving: Committed spend times the share that was not used; low and high: by the mean of 30 days where that is less or
--   more
-- kind: saving
-- risk: low
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 80
-- conflict: commitment 2
-- remedy: Look what it covered before and where that went | Move usage of the same family and region under it |
--   Exchange or sell a reservation; do not renew more than is used
-- cli: aws ce get-reservation-utilization --time-period Start=START,End=END --granularity DAILY
-- source: Requirement 002 (use below 80 %); 95 %: AWS; 50 % is our own choice, 2026-10
-- history: metrics
-- requires commitments: id, account_id, commitment_type, scope, hourly_commitment_amount, start_date, end_date
-- requires commitment_utilization_daily: commitment_id, date, utilization_percent
-- needs rows: commitments, commitment_utilization_daily
-- needs values: commitment_utilization_daily.utilization_percent
WITH newest AS (SELECT MAX(date) AS day FROM commitment_utilization_daily WHERE date <= CAST($as_of AS DATE)),
scale AS (SELECT MAX(utilization_percent) > 0
  AND MAX(utilization_percent) <= 1 AS shares FROM commitment_utilization_daily),
used AS (
  SELECT u.commitment_id, AVG(u.utilization_percent) AS mean_percent,
    MAX(CASE WHEN u.date = n.day THEN u.utilization_percent END) AS utilization_percent
  FROM commitment_utilization_daily AS u CROSS JOIN newest AS n
  WHERE u.date > n.day - 30 AND u.date <= n.day
  GROUP BY u.commitment_id
),
held AS (
  SELECT c.id, c.account_id, c.commitment_type, c.scope, c.end_date, n.day AS newest_day, u.mean_percent,
    u.utilization_percent, s.shares, CAST(c.hourly_commitment_amount AS DOUBLE) * 730 AS month_price
  FROM commitments AS c CROSS JOIN newest AS n CROSS JOIN scale AS s LEFT JOIN used AS u ON u.commitment_id = c.id
  WHERE u.utilization_percent IS NOT NULL
    OR ((c.start_date IS NULL OR c.start_date <= n.day) AND (c.end_date IS NULL OR c.end_date >= n.day))
)
SELECT id AS subject, account_id AS account,
  CASE WHEN shares OR utilization_percent IS NULL THEN 'cannot tell'
    WHEN utilization_percent < $min_utilization THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN shares THEN 'needs utilization_percent from 0 to 100: all values are 1 or less'
    WHEN utilization_percent IS NULL THEN 'needs utilization_percent of the newest day' END AS reason,
  utilization_percent, mean_percent, newest_day, commitment_type, scope, end_date,
  month_price * LEAST(1 - utilization_percent / 100, 1 - mean_percent / 100) AS list_low,
  month_price * (1 - utilization_percent / 100) AS list,
  month_price * GREATEST(1 - utilization_percent / 100, 1 - mean_percent / 100) AS list_high
FROM held
