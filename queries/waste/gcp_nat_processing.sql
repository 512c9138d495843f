-- title: NAT charged by the gigabyte
-- purpose: Address translation that costs more for the data it processes than for the gateways.
-- grain: project and region
-- resource: group
-- provider: Google Cloud
-- area: Network
-- rule: Data processing costs {min_cost} or more in 30 days and at least {min_ratio} times the gateways
-- when: processing_cost >= $min_cost; ratio >= $min_ratio
-- param min_cost (number, default: 50, unit: currency, range: 1..1000): Processing of 30 days from this cost on
-- param min_ratio (number, default: 2, unit: times, range: 1..10): Processing over gateways
-- column processing_cost (money, currency): Effective cost of processed data in 30 days
-- column gateway_cost (money, currency): Effective cost of the gateways in 30 days
-- column ratio (number, times): One over the other
-- saving: Processing less gateways; at best, by private access to Google services
-- kind: review
-- risk: low
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 45
-- conflict: network 11
-- remedy: Look where the traffic goes, with NAT logging | Turn on Private Google Access in the subnets for traffic to
--   Google services |
--   Keep images and packages in a registry near by
-- cli: gcloud compute networks subnets update SUBNET --region={region} --project={account}
--   --enable-private-ip-google-access
-- source: getnable finopsmcp: fee of 50 or more and twice the base, 2026-10
-- history: bill
WITH seen AS (
  SELECT *, meter IS NULL AND charge_description IS NULL AS untold,
    lower(COALESCE(meter, '') || ' ' || COALESCE(charge_description, '')) AS said
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(provider_name), 'google')
    AND regexp_matches(lower(service_name), 'networking|compute engine|nat')
),
sums AS (
  SELECT sub_account_id AS account, region_id AS region, billing_currency AS currency,
    SUM(CASE WHEN untold THEN 1 ELSE 0 END) AS unknown,
    SUM(CASE WHEN regexp_matches(said, 'nat gateway.*(data process|processing)|cloud nat.*(data process|processing)')
      THEN effective_cost END) AS processing_cost,
    SUM(CASE WHEN regexp_matches(said, 'nat gateway.*uptime|cloud nat.*(uptime|gateway hour)') THEN effective_cost END)
      AS gateway_cost,
    SUM(CASE WHEN regexp_matches(said, 'nat gateway.*(data process|processing)|cloud nat.*(data process|processing)')
      THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN regexp_matches(said, 'nat gateway.*(data process|processing)|cloud nat.*(data process|processing)')
      THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN regexp_matches(said, 'nat gateway.*(data process|processing)|cloud nat.*(data process|processing)')
      THEN list_cost END) AS base_list
  FROM seen
  WHERE untold OR regexp_matches(said, 'nat gateway|cloud nat')
  GROUP BY sub_account_id, region_id, billing_currency
),
ratios AS (
  SELECT *, CAST(processing_cost AS DOUBLE) / NULLIF(CAST(gateway_cost AS DOUBLE), 0) AS ratio FROM sums
)
SELECT COALESCE(account, 'unknown project') || ' in ' || COALESCE(region, 'unknown region') || ' (' || currency || ')'
  AS subject,
  account, region,
  CASE WHEN ratio IS NULL THEN 'cannot tell'
    WHEN CAST(processing_cost AS DOUBLE) >= $min_cost AND ratio >= $min_ratio THEN 'flagged' ELSE 'passed' END
      AS verdict,
  CASE WHEN ratio IS NULL AND unknown > 0 THEN 'needs a SKU meter or description of its lines'
    WHEN ratio IS NULL THEN 'needs lines of processed data and of gateways' END AS reason,
  processing_cost, gateway_cost, ratio,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(0.5 * (1.0 - 1.0 / NULLIF(ratio, 0)) AS DOUBLE) AS share,
  CAST(1.0 - 1.0 / NULLIF(ratio, 0) AS DOUBLE) AS share_high,
  currency, base_billed, processing_cost AS base_effective, base_contracted, base_list
FROM ratios
