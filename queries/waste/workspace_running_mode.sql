-- title: WorkSpace in hourly mode
-- purpose: Virtual desktops billed by the hour that are used so much that the monthly fee would be cheaper.
-- grain: WorkSpace billed by the hour
-- resource: bill
-- provider: AWS
-- area: Compute
-- rule: It stops by itself (AutoStop) and was used for more than {max_hours} hours in 30 days
-- when: hours > $max_hours
-- param max_hours (number, default: 80, unit: hours, range: 40..200): Above so many hours the monthly fee is cheaper
-- param break_even_hours (number, default: 84, unit: hours, range: 60..120): Hours at which hourly and monthly mode of
--   a Standard bundle cost the same; own estimate from prices of us-east-1 (35 USD a month against 9.75 and 0.30 an
--   hour), not checked against the price list of today
-- column hours (number, hours): Hours used in 30 days
-- column hourly_cost (money, currency): Effective cost of these hours, without the monthly base of the mode
-- saving: Cost of the hours above the break-even of {break_even_hours} hours
-- kind: saving
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 75
-- conflict: machine 7
-- remedy: WorkSpaces > the WorkSpace > Modify running mode: AlwaysOn | Look again after a month: the mode can be
--   changed back
-- cli: aws workspaces modify-workspace-properties --region {region} --workspace-id {resource_id} --workspace-properties
--   RunningMode=ALWAYS_ON
-- source: 80 hours a month as in the AWS Cloud Intelligence Dashboards (CUDOS), 2026-10; the break-even is our own
--   estimate
-- history: bill
WITH seen AS (
  SELECT *,
    (meter IS NULL AND charge_description IS NULL) OR resource_id IS NULL AS untold,
    lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')) AS said,
    lower(COALESCE(consumed_unit, pricing_unit, '')) AS unit
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'workspaces')
    AND NOT regexp_matches(lower(service_name), 'web|thin client')
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'WorkSpaces of ' || COALESCE(sub_account_id, 'unknown account')
      ELSE resource_id END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, billing_currency AS currency,
    untold,
    SUM(CASE WHEN regexp_matches(said, 'alwayson') THEN 1 ELSE 0 END) AS always_on,
    CAST(COUNT(DISTINCT unit) AS BIGINT) AS units,
    SUM(CASE WHEN regexp_matches(said, 'autostop') AND unit LIKE '%h%r%'
      THEN COALESCE(consumed_quantity, pricing_quantity) END)
      AS hours,
    SUM(CASE WHEN regexp_matches(said, 'autostop') AND unit LIKE '%h%r%' THEN effective_cost END) AS hourly_cost,
    SUM(CASE WHEN regexp_matches(said, 'autostop') AND unit LIKE '%h%r%' THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN regexp_matches(said, 'autostop') AND unit LIKE '%h%r%' THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN regexp_matches(said, 'autostop') AND unit LIKE '%h%r%' THEN list_cost END) AS base_list
  FROM seen
  GROUP BY 1, sub_account_id, billing_currency, untold
  HAVING untold OR SUM(CASE WHEN regexp_matches(said, 'autostop') THEN 1 ELSE 0 END) > 0
)
SELECT subject, account, region,
  CASE WHEN untold THEN 'cannot tell' WHEN always_on > 0 OR units > 2 THEN 'excluded'
    WHEN hours IS NULL THEN 'passed' WHEN hours > $max_hours THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs resource ids and usage types of its lines'
    WHEN always_on > 0 OR units > 2 THEN 'Its mode changed within the 30 days' END AS reason,
  hours, hourly_cost,
  CAST(1.0 - (1.2 * $break_even_hours) / NULLIF(hours, 0) AS DOUBLE) AS share_low,
  CAST(1.0 - 1.0 * $break_even_hours / NULLIF(hours, 0) AS DOUBLE) AS share,
  CAST(1.0 - (0.95 * $break_even_hours) / NULLIF(hours, 0) AS DOUBLE) AS share_high,
  currency, base_billed, hourly_cost AS base_effective, base_contracted, base_list
FROM sums
