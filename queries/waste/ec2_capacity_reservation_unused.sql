-- title: Unused capacity reservation
-- purpose: On-demand capacity that is reserved and paid, and that no machine uses.
-- grain: capacity reservation
-- resource: bill
-- provider: AWS
-- area: Compute
-- rule: More than {min_unused_percent} % of its hours were unused, on at least {min_days} of 30 days
-- when: unused_percent > $min_unused_percent; unused_days >= $min_days
-- param min_unused_percent (number, cautious: 50, default: 0, aggressive: 0, unit: %, range: 0..95): Unused share of
--   the hours above this counts
-- param min_days (integer, cautious: 14, default: 7, aggressive: 1, unit: days, range: 1..30): On at least so many days
--   some of it was unused
-- column unused_percent (number, %): Unused share of the hours of 30 days
-- column unused_days (integer, days): Days on which some of it was unused
-- column unused_hours (number, hours): Unused hours of 30 days
-- column unused_cost (money, currency): Effective cost of the unused hours
-- saving: What the unused hours cost
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: machine 2
-- remedy: Ask whether it is held for failover or for a date to come | EC2 > Capacity Reservations: lower its number of
--   instances |
--   Cancel it when nothing runs in it
-- cli: aws ec2 modify-capacity-reservation --capacity-reservation-id {resource_id} --region {region} --instance-count 0
-- source: AWS Cloud Intelligence Dashboards (CUDOS) and nOps flag any unused hour; shares and days of the presets are
--   our own choice, 2026-10
-- history: bill
WITH told AS (
  SELECT *,
    regexp_matches(lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')), 'unusedbox|unusedded')
      AS named,
    meter IS NULL AND charge_description IS NULL AND capacity_reservation_status IS NULL AS untold
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'ec2|elastic compute cloud')
),
seen AS (
  SELECT *, capacity_reservation_status = 'Unused' OR (capacity_reservation_status IS NULL AND named) AS unused,
    COALESCE(consumed_quantity, pricing_quantity) AS hours
  FROM told WHERE untold OR named OR capacity_reservation_id IS NOT NULL
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(capacity_reservation_id, resource_id,
        'Capacity reservations of ' || COALESCE(sub_account_id, 'unknown account')) END AS subject,
    COALESCE(MIN(CASE WHEN unused THEN sub_account_id END), MIN(sub_account_id)) AS account,
    MAX(region_id) AS region, untold, billing_currency AS currency,
    100.0 * COALESCE(SUM(CASE WHEN unused THEN hours END), 0) / NULLIF(SUM(hours), 0) AS unused_percent,
    CAST(COUNT(DISTINCT CASE WHEN unused AND hours > 0 THEN charge_date END) AS BIGINT) AS unused_days,
    SUM(CASE WHEN unused THEN hours END) AS unused_hours,
    SUM(CASE WHEN unused THEN effective_cost END) AS unused_cost,
    SUM(CASE WHEN unused THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN unused THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN unused THEN list_cost END) AS base_list
  FROM seen
  GROUP BY 1, untold, billing_currency
  HAVING MAX(COALESCE(charge_period_end, charge_period_start)) >= CAST($as_of AS DATE) - 1
)
SELECT subject, account, region,
  CASE WHEN untold OR unused_percent IS NULL THEN 'cannot tell'
    WHEN unused_percent > $min_unused_percent AND unused_days >= $min_days THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs a usage type or capacity_reservation_status of its lines'
    WHEN unused_percent IS NULL THEN 'needs consumed_quantity: its lines have no hours' END AS reason,
  unused_percent, unused_days, unused_hours, unused_cost,
  currency, base_billed, unused_cost AS base_effective, base_contracted, base_list
FROM sums
