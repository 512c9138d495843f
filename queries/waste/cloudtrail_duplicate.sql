-- title: Second trail billed
-- purpose: Management events recorded a second time, which is what makes them cost anything; data events on request.
-- grain: account and region, or trail where the bill names it
-- resource: bill
-- provider: AWS
-- area: Logs
-- rule: Paid copies of management events (data events too: {count_data_events}) cost more than {min_cost} in 30 days
-- when: cost > $min_cost
-- param min_cost (number, cautious: 1, default: 0, aggressive: 0, unit: currency, range: 0..50): Events of 30 days
--   above this cost are reported
-- param count_data_events (boolean, cautious: false, default: false, aggressive: true): Report data events too, which
--   no trail gets for nothing
-- column cost (money, currency): Effective cost of these events in 30 days
-- column events (number, events): Events billed in 30 days
-- column data_cost (money, currency): Part of it for data events
-- saving: What the second copy costs; the first copy of management events is free
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 70
-- conflict: logs 2
-- remedy: CloudTrail > Trails: find trails that record the same events, beside the trail of the organisation |
--   Agree with the security team which one stays | Switch management events off in the other
-- cli: aws cloudtrail describe-trails --region {region}
-- source: AWS Cloud Intelligence Dashboards (CUDOS): any PaidEventsRecorded; data events as in getnable finopsmcp; the
--   cautious limit is our own choice, 2026-10
-- history: bill
WITH told AS (
  SELECT *, meter IS NULL AND charge_description IS NULL AS untold,
    lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')) AS said
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'cloudtrail')
),
seen AS (
  SELECT *, regexp_matches(said, 'dataeventsrecorded|data events? recorded') AS data_event,
    regexp_matches(said, 'paideventsrecorded|paid management events?')
      OR ($count_data_events AND regexp_matches(said, 'dataeventsrecorded|data events? recorded')) AS hit
  FROM told
),
sums AS (
  SELECT
    CASE WHEN untold THEN 'Account ' || COALESCE(sub_account_id, 'unknown')
      ELSE COALESCE(resource_id, 'Trails of ' || COALESCE(sub_account_id, 'unknown account')
        || ' in ' || COALESCE(region_id, 'unknown region')) END AS subject,
    sub_account_id AS account, MAX(region_id) AS region, untold, billing_currency AS currency,
    SUM(effective_cost) AS cost, SUM(COALESCE(consumed_quantity, pricing_quantity)) AS events,
    SUM(CASE WHEN data_event THEN effective_cost END) AS data_cost,
    SUM(billed_cost) AS base_billed, SUM(contracted_cost) AS base_contracted, SUM(list_cost) AS base_list
  FROM seen
  WHERE untold OR hit
  GROUP BY 1, sub_account_id, untold, billing_currency
)
SELECT subject, account, region,
  CASE WHEN untold OR cost IS NULL THEN 'cannot tell' WHEN CAST(cost AS DOUBLE) > $min_cost THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN untold THEN 'needs a usage type, SKU meter or description of its lines'
    WHEN cost IS NULL THEN 'needs effective_cost of its lines' END AS reason,
  cost, events, data_cost, CAST(0.5 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share,
    CAST(1.0 AS DOUBLE) AS share_high,
  currency, base_billed, cost AS base_effective, base_contracted, base_list
FROM sums
