-- title: Machines run all hours
-- purpose: Accounts whose machines work as many hours at night and on weekends as in business hours.
-- grain: account
-- resource: group
-- provider: AWS
-- area: Compute
-- rule: At least {min_off_percent} % of the instance hours of four weeks are outside Monday to Friday, 8 to 18 o'clock;
--   the same number of machines at all hours gives 70 %
-- when: off_percent >= $min_off_percent
-- param min_off_percent (number, cautious: 69, default: 65, aggressive: 60, unit: %, range: 50..75): At least this
--   share of instance hours is outside business hours
-- param utc_offset (integer, default: 0, unit: hours, range: -11..13): Local time is so many hours ahead of UTC;
--   daylight saving is not followed
-- param stoppable_percent (number, default: 65, unit: %, range: 5..100): Share of the hours outside business hours that
--   could be stopped
-- param min_days (integer, default: 23, unit: days, range: 7..28): Hourly lines must be there on at least so many of 28
--   days
-- column off_percent (number, %): Share of instance hours outside business hours
-- column off_hours (number, hours): Instance hours outside business hours
-- column all_hours (number, hours): Instance hours of four weeks, Spot left out
-- column off_cost (money, currency): Effective cost of the hours outside
-- column days_seen (integer, days): Days with hourly lines
-- saving: Cost of the hours outside business hours x {stoppable_percent} %; a potential, as the bill does not say which
--   machines may stop
-- kind: review
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 40
-- remedy: List the machines of the account that serve people in office hours: development, test, training |
--   Give them a schedule with EventBridge Scheduler or Instance Scheduler | Let groups of machines scale in at night
-- cli: aws autoscaling put-scheduled-update-group-action --auto-scaling-group-name GROUP --scheduled-action-name night
--   --recurrence "0 18 * * 1-5" --desired-capacity 0
-- source: AWS Cloud Intelligence Dashboards (CUDOS) show instance hours by hour; shares of the presets are our own
--   choice, 2026-10
-- history: bill
WITH seen AS (
  SELECT *,
    charge_period_end <= charge_period_start + INTERVAL 1 HOUR AS hourly,
    COALESCE(consumed_quantity, pricing_quantity) AS hours,
    charge_period_start + CAST($utc_offset AS INTEGER) * INTERVAL 1 HOUR AS local_start
  FROM lines30
  WHERE charge_category = 'Usage' AND charge_date > CAST($as_of AS DATE) - 28
    AND regexp_matches(lower(service_name), 'ec2|elastic compute cloud')
    AND COALESCE(pricing_category, 'Standard') <> 'Dynamic'
    AND (regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')),
      'boxusage|dedicatedusage|instance hour')
      OR json_extract_string(sku_price_details, '/InstanceType') IS NOT NULL
      OR (meter IS NULL AND charge_description IS NULL))
),
places AS (
  SELECT *,
    EXTRACT(isodow FROM local_start) > 5 OR EXTRACT(hour FROM local_start) < 8 OR EXTRACT(hour FROM local_start) >= 18
      AS off
  FROM seen
),
sums AS (
  SELECT sub_account_id AS account, MAX(sub_account_name) AS name, billing_currency AS currency,
    CAST(COUNT(DISTINCT CASE WHEN hourly THEN charge_date END) AS BIGINT) AS days_seen,
    SUM(CASE WHEN hourly THEN hours END) AS all_hours,
    SUM(CASE WHEN hourly AND off THEN hours ELSE 0 END) AS off_hours,
    SUM(CASE WHEN hourly AND off THEN effective_cost END) AS off_cost,
    SUM(CASE WHEN hourly AND off THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN hourly AND off THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN hourly AND off THEN list_cost END) AS base_list
  FROM places
  GROUP BY sub_account_id, billing_currency
),
shares AS (
  SELECT *, 100.0 * off_hours / NULLIF(all_hours, 0) AS off_percent FROM sums
)
SELECT COALESCE(account, 'unknown') || ' (' || currency || ')' AS subject, account, name,
  CASE WHEN days_seen < $min_days OR off_percent IS NULL THEN 'cannot tell'
    WHEN off_percent >= $min_off_percent THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN days_seen = 0 THEN 'needs lines of one hour: those of the machines are of a day or longer'
    WHEN off_percent IS NULL THEN 'needs consumed_quantity: lines of machines have no hours'
    WHEN days_seen < $min_days THEN 'needs hourly lines of more days of four weeks' END AS reason,
  off_percent, off_hours, all_hours, off_cost, days_seen,
  CAST(0.5 * $stoppable_percent / 100 AS DOUBLE) AS share_low, CAST($stoppable_percent / 100.0 AS DOUBLE) AS share,
    CAST(1.0 AS DOUBLE) AS share_high,
  currency, base_billed, off_cost AS base_effective, base_contracted, base_list
FROM shares
