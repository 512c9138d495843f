-- title: Service cost changed
-- purpose: Services whose cost changed between the last two full calendar months, up or down, new and vanished ones
--   too.
-- grain: service and currency
-- resource: group
-- provider: any
-- area: Accounts
-- rule: Total and cost a day both changed by more than {min_change}, and by more than {min_percent} %
-- when: change_size > $min_change; change_percent_size > $min_percent
-- param min_change (number, cautious: 500, default: 50, aggressive: 10, unit: currency, range: 1..1000): A change of
--   the month above this is reported
-- param min_percent (number, cautious: 20, default: 10, aggressive: 0, unit: %, range: 0..50): The change a day must be
--   above this share of the month before
-- column cost_before (money, currency): Effective cost of the month before
-- column cost_now (money, currency): Effective cost of the last full month
-- column change (money, currency): Difference
-- column change_a_day (number, currency): Difference of the costs a day, so that months of different length compare
-- column change_size (number, currency): The smaller of both changes as an amount of the month, without its sign
-- column change_percent_size (number, %): Change a day without its sign; 100 for a service that is new or gone
-- column month_now (date): First day of the last full month
-- saving: None; it says where to look
-- kind: hygiene
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 95
-- remedy: Open the service in the cost explorer and compare both months by account and usage type |
--   Ask the owner whether the change was meant | A fall may be a service that stopped working
-- source: Steampipe AWS Thrifty and CloudBurn report a rise above 10 currency units; the other limits are our own
--   choice, 2026-10
-- history: bill
-- requires daily_costs: charge_date, service_name, billing_currency, effective_cost, charge_count
WITH last_month AS (
  SELECT CAST(date_trunc('month', CAST(date_trunc('month', CAST($as_of AS DATE) + 1) AS DATE) - 1) AS DATE)
    AS now_start,
    CAST(date_trunc('month', CAST($as_of AS DATE) + 1) AS DATE) - 1 AS now_end
),
months AS (
  SELECT now_start, now_end, CAST(date_trunc('month', now_start - 1) AS DATE) AS before_start,
    now_start - 1 AS before_end
  FROM last_month
),
cover AS (
  SELECT MIN(charge_date) AS first_day FROM daily_costs WHERE charge_count > 0
),
sums AS (
  SELECT d.service_name, d.billing_currency AS currency, m.now_start, MIN(cover.first_day) AS first_day,
    MIN(m.before_start) AS before_start,
    CAST(MIN(m.now_end - m.now_start) + 1 AS DOUBLE) AS now_days,
    CAST(MIN(m.before_end - m.before_start) + 1 AS DOUBLE) AS before_days,
    SUM(CASE WHEN d.charge_date >= m.now_start THEN d.effective_cost ELSE 0 END) AS cost_now,
    SUM(CASE WHEN d.charge_date < m.now_start THEN d.effective_cost ELSE 0 END) AS cost_before
  FROM daily_costs AS d CROSS JOIN months AS m CROSS JOIN cover
  WHERE d.charge_date BETWEEN m.before_start AND m.now_end
  GROUP BY d.service_name, d.billing_currency, m.now_start
),
changes AS (
  SELECT *, cost_now - cost_before AS change,
    CAST(cost_now AS DOUBLE) / now_days - CAST(cost_before AS DOUBLE) / before_days AS change_a_day
  FROM sums
),
sizes AS (
  SELECT *,
    CASE WHEN CAST(change AS DOUBLE) * change_a_day < 0 THEN 0.0
      ELSE LEAST(ABS(CAST(change AS DOUBLE)), ABS(change_a_day) * now_days) END AS change_size,
    CASE WHEN cost_before = 0 AND cost_now = 0 THEN 0.0 WHEN cost_before = 0 THEN 100.0
      ELSE 100.0 * ABS(change_a_day) / ABS(CAST(cost_before AS DOUBLE) / before_days) END AS change_percent_size
  FROM changes
)
SELECT COALESCE(service_name, 'No service') || ' (' || currency || ')' AS subject, CAST(NULL AS VARCHAR) AS account,
  service_name AS name,
  CASE WHEN first_day > before_start OR change_size IS NULL THEN 'cannot tell'
    WHEN change_size > $min_change AND change_percent_size > $min_percent THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN first_day > before_start THEN 'needs two full calendar months of the bill'
    WHEN change_size IS NULL THEN 'needs effective_cost of both months' END AS reason,
  cost_before, cost_now, change, change_a_day, change_size, change_percent_size, now_start AS month_now,
    CAST(0.0 AS DOUBLE) AS share
FROM sizes
