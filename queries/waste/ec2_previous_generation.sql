-- title: Old instance family
-- purpose: On-demand machines of a family that a newer and cheaper one has replaced.
-- grain: machine on the bill
-- resource: bill
-- provider: AWS
-- area: Compute
-- rule: It has on-demand hours of a family that has a newer one (list up to level {level})
-- when: newer_family is not null
-- param level (integer, cautious: 1, default: 2, aggressive: 3, range: 1..3): How far the list of families goes; 1: the price list calls them previous generation, 2: and t2, 3: and families of the last but one generation
-- param saved_percent (number, default: 5, unit: %, range: 1..20): Price difference to the newer family, without a catalogue
-- column instance_type (text): Type with most of its on-demand cost among the old ones
-- column newer_family (text): Family to move to
-- column on_demand_cost (money, currency): Effective cost of its on-demand hours of old families in 30 days
-- column last_day (date): Last day with such hours
-- saving: {saved_percent} % of its on-demand hours of old families; low half of that, high twice, because families differ; the same
--   money can have more work done
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: yes
-- reversible: yes
-- confidence: 55
-- conflict: machine 8
-- remedy: Xen to Nitro: check that the image has ENA and NVMe drivers | Try the newer type with a copy of the machine |
--   Stop it, change the type, start it; members of a scaling group: change the template
-- cli: aws ec2 modify-instance-attribute --instance-id {resource_id} --instance-type Value={newer_family}.SIZE --region {region}
-- source: AWS Cloud Intelligence Dashboards (KPI: 5 %, no Spot, no reserved hours) and Steampipe Thrifty (t2, m3, m4); families by the AWS price list of 2026-07
-- history: bill
WITH typed AS (
  SELECT *,
    COALESCE(json_extract_string(sku_price_details, '/InstanceType'),
      json_extract_string(sku_price_details, '/instance_type'),
      CASE WHEN regexp_matches(meter, 'BoxUsage$') THEN 'm1.small'
        WHEN regexp_matches(meter, 'BoxUsage|DedicatedUsage') THEN split_part(meter, ':', 2) END) AS instance_type
  FROM lines30
  WHERE charge_category = 'Usage' AND regexp_matches(lower(service_name), 'ec2|elastic compute cloud')
),
machine_lines AS (
  SELECT *,
    COALESCE(resource_id, instance_type || ' machines of ' || COALESCE(sub_account_id, 'unknown account')) AS subject,
    split_part(instance_type, '.', 1) AS family
  FROM typed
  WHERE regexp_matches(meter, 'BoxUsage|DedicatedUsage')
    OR (x_usage_type IS NULL AND instance_type IS NOT NULL
      AND NOT regexp_matches(COALESCE(meter, ''), 'EBSOptimized|CPUCredits|Unused|SpotUsage'))
    OR (meter IS NULL AND instance_type IS NULL AND starts_with(resource_id, 'i-'))
),
families AS (
  SELECT family, newer, list_level
  FROM (VALUES
    ('t1', 't3', 1), ('m1', 'm6i', 1), ('m2', 'r6i', 1), ('m3', 'm6i', 1), ('m4', 'm6i', 1), ('c1', 'c6i', 1),
    ('cc2', 'c6i', 1), ('c3', 'c6i', 1), ('c4', 'c6i', 1), ('r3', 'r6i', 1), ('r4', 'r6i', 1), ('cr1', 'r6i', 1),
    ('i2', 'i4i', 1), ('d2', 'd3', 1), ('hs1', 'd3', 1), ('g2', 'g6', 1), ('g3', 'g6', 1), ('a1', 'c6g', 1),
    ('t2', 't3', 2),
    ('m5', 'm7i-flex', 3), ('c5', 'c7i-flex', 3), ('r5', 'r8i-flex', 3), ('m5a', 'm6a', 3), ('c5a', 'c6a', 3),
    ('r5a', 'r6a', 3), ('i3', 'i4i', 3), ('g4dn', 'g6', 3), ('x1', 'x2idn', 3), ('x1e', 'x2iedn', 3)
  ) AS known(family, newer, list_level)
  WHERE list_level <= $level
),
seen AS (
  SELECT m.*, f.newer, m.pricing_category = 'Standard' AND f.newer IS NOT NULL AS old
  FROM machine_lines AS m LEFT JOIN families AS f ON f.family = m.family
  WHERE m.pricing_category IS NULL OR m.pricing_category = 'Standard'
),
types AS (
  SELECT subject, sub_account_id, billing_currency, instance_type, newer,
    ROW_NUMBER() OVER (PARTITION BY subject, sub_account_id, billing_currency
      ORDER BY SUM(effective_cost) DESC NULLS LAST, instance_type) AS place
  FROM seen WHERE old
  GROUP BY subject, sub_account_id, billing_currency, instance_type, newer
),
machines AS (
  SELECT subject, sub_account_id, billing_currency, MAX(region_id) AS region,
    COUNT(CASE WHEN pricing_category IS NOT NULL AND instance_type IS NOT NULL THEN 1 END) AS told,
    MAX(instance_type) AS any_type, MAX(CASE WHEN old THEN charge_date END) AS last_day,
    SUM(CASE WHEN old THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN old THEN effective_cost END) AS base_effective,
    SUM(CASE WHEN old THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN old THEN list_cost END) AS base_list
  FROM seen
  WHERE subject IS NOT NULL
  GROUP BY subject, sub_account_id, billing_currency
)
SELECT m.subject, m.sub_account_id AS account, m.region,
  CASE WHEN t.newer IS NOT NULL THEN 'flagged' WHEN m.told = 0 THEN 'cannot tell' ELSE 'passed' END AS verdict,
  CASE WHEN t.newer IS NULL AND m.told = 0
    THEN 'needs the instance type (usage type or SKU price details) and the pricing category of its lines' END AS reason,
  COALESCE(t.instance_type, m.any_type) AS instance_type, t.newer AS newer_family, m.base_effective AS on_demand_cost,
  m.last_day, $saved_percent / 200 AS share_low, $saved_percent / 100 AS share, $saved_percent / 50 AS share_high,
  m.billing_currency AS currency, m.base_billed, m.base_effective, m.base_contracted, m.base_list
FROM machines AS m
LEFT JOIN types AS t ON t.subject = m.subject AND t.sub_account_id IS NOT DISTINCT FROM m.sub_account_id
  AND t.billing_currency = m.billing_currency AND t.place = 1
