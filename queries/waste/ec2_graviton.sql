-- title: Arm processor would do
-- purpose: Machines with Intel or AMD processors whose family has a cheaper sibling with Arm processors.
-- grain: machine on the bill
-- resource: bill
-- provider: AWS
-- area: Compute
-- rule: It has on-demand hours, does not run Windows, and its family has a sibling with Graviton processors
-- when: sibling is not null
-- param with_savings_plans (boolean, cautious: false, default: false, aggressive: true): Whether hours that a savings plan covers count as well
-- param intel_percent (number, default: 20, unit: %, range: 5..40): Price difference from Intel, without a catalogue
-- param amd_percent (number, default: 10, unit: %, range: 2..30): Price difference from AMD, without a catalogue
-- column instance_type (text): Its type; of several the last by name
-- column system (text): Operating system, as the bill says
-- column sibling (text): Family with Arm processors
-- column maker (text): Who makes the present processors
-- column hours_cost (money, currency): Effective cost of these hours in 30 days
-- column last_day (date): Last day with such hours
-- saving: {intel_percent} % of these hours with Intel, {amd_percent} % with AMD; low half of that, because newer siblings are dearer
-- kind: saving
-- risk: high
-- effort: high
-- restart: yes
-- reversible: yes
-- confidence: 40
-- conflict: machine 8
-- remedy: Look whether image, agents and libraries are there for arm64, and whether the type is offered in the region | Build and test for arm64 |
--   Start with what is built from source anyway: interpreted languages, containers, managed databases
-- cli: aws ec2 describe-instance-type-offerings --filters Name=instance-type,Values={sibling}.* --region {region}
-- source: AWS Cloud Intelligence Dashboards (KPI: 20 % from Intel, 10 % from AMD) and Steampipe Thrifty (not Windows); families by the AWS price list of 2026-07
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
    split_part(instance_type, '.', 1) AS family,
    COALESCE(json_extract_string(sku_price_details, '/OperatingSystem'),
      json_extract_string(sku_price_details, '/operating_system'),
      CASE WHEN regexp_matches(x_operation, '^RunInstances:(0002|0006|0102|0202|0800)$')
          OR strpos(charge_description, 'Windows') > 0 THEN 'Windows'
        WHEN x_operation = 'RunInstances' OR regexp_matches(charge_description, 'Linux|UNIX|SUSE|RHEL|Red Hat')
          THEN 'Linux' END) AS system
  FROM typed
  WHERE regexp_matches(meter, 'BoxUsage|DedicatedUsage')
    OR (x_usage_type IS NULL AND instance_type IS NOT NULL
      AND NOT regexp_matches(COALESCE(meter, ''), 'EBSOptimized|CPUCredits|Unused|SpotUsage'))
    OR (meter IS NULL AND instance_type IS NULL AND starts_with(resource_id, 'i-'))
),
families AS (
  SELECT family, sibling, maker
  FROM (VALUES
    ('t2', 't4g', 'Intel'), ('t3', 't4g', 'Intel'), ('t3a', 't4g', 'AMD'),
    ('m4', 'm7g', 'Intel'), ('m5', 'm7g', 'Intel'), ('m5a', 'm7g', 'AMD'), ('m5n', 'm7g', 'Intel'),
    ('m6i', 'm7g', 'Intel'), ('m6a', 'm7g', 'AMD'), ('m7i', 'm7g', 'Intel'), ('m7a', 'm7g', 'AMD'), ('m7i-flex', 'm7g', 'Intel'),
    ('m5d', 'm7gd', 'Intel'), ('m5ad', 'm6gd', 'AMD'), ('m6id', 'm7gd', 'Intel'),
    ('c4', 'c7g', 'Intel'), ('c5', 'c7g', 'Intel'), ('c5a', 'c7g', 'AMD'), ('c6i', 'c7g', 'Intel'), ('c6a', 'c7g', 'AMD'),
    ('c7i', 'c7g', 'Intel'), ('c7a', 'c7g', 'AMD'), ('c7i-flex', 'c7g', 'Intel'), ('c5n', 'c6gn', 'Intel'),
    ('c5d', 'c7gd', 'Intel'), ('c5ad', 'c6gd', 'AMD'), ('c6id', 'c7gd', 'Intel'), ('c6in', 'c6gn', 'Intel'),
    ('r4', 'r7g', 'Intel'), ('r5', 'r7g', 'Intel'), ('r5a', 'r7g', 'AMD'), ('r5n', 'r7g', 'Intel'), ('r5b', 'r7g', 'Intel'),
    ('r6i', 'r7g', 'Intel'), ('r6a', 'r7g', 'AMD'), ('r7i', 'r7g', 'Intel'), ('r7a', 'r7g', 'AMD'),
    ('r5d', 'r7gd', 'Intel'), ('r5ad', 'r6gd', 'AMD'), ('r6id', 'r7gd', 'Intel'),
    ('x1', 'x2gd', 'Intel'), ('i3', 'i4g', 'Intel'), ('i4i', 'i4g', 'Intel')
  ) AS known(family, sibling, maker)
),
seen AS (
  SELECT m.*, f.sibling, f.maker,
    f.sibling IS NOT NULL AND m.system IS NOT NULL AND strpos(m.system, 'Windows') = 0
      AND (m.pricing_category = 'Standard' OR m.commitment_discount_category = 'Spend') AS hit
  FROM machine_lines AS m LEFT JOIN families AS f ON f.family = m.family
  WHERE m.pricing_category IS NULL OR m.pricing_category = 'Standard'
    OR ($with_savings_plans AND m.pricing_category = 'Committed' AND m.commitment_discount_category = 'Spend')
),
machines AS (
  SELECT subject, sub_account_id, billing_currency, MAX(region_id) AS region, MAX(instance_type) AS instance_type,
    MAX(system) AS system, COUNT(CASE WHEN instance_type IS NULL OR pricing_category IS NULL THEN 1 END) AS untold,
    COUNT(CASE WHEN sibling IS NOT NULL AND system IS NULL THEN 1 END) AS system_untold,
    COUNT(CASE WHEN hit THEN 1 END) AS hits, MAX(CASE WHEN hit THEN sibling END) AS sibling,
    MAX(CASE WHEN hit THEN charge_date END) AS last_day, MAX(CASE WHEN hit THEN maker END) AS maker,
    SUM(CASE WHEN hit THEN billed_cost END) AS base_billed,
    SUM(CASE WHEN hit THEN effective_cost END) AS base_effective,
    SUM(CASE WHEN hit THEN contracted_cost END) AS base_contracted,
    SUM(CASE WHEN hit THEN list_cost END) AS base_list
  FROM seen WHERE subject IS NOT NULL
  GROUP BY subject, sub_account_id, billing_currency
)
SELECT subject, sub_account_id AS account, region,
  CASE WHEN hits > 0 THEN 'flagged' WHEN untold > 0 OR system_untold > 0 THEN 'cannot tell' ELSE 'passed' END AS verdict,
  CASE WHEN hits > 0 THEN NULL
    WHEN untold > 0 THEN 'needs the instance type (usage type or SKU price details) and the pricing category of its lines'
    WHEN system_untold > 0 THEN 'needs its operating system (operation, SKU price details or description)' END AS reason,
  instance_type, system, sibling, maker, base_effective AS hours_cost, last_day,
  CASE WHEN maker = 'AMD' THEN $amd_percent ELSE $intel_percent END / 200 AS share_low,
  CASE WHEN maker = 'AMD' THEN $amd_percent ELSE $intel_percent END / 100 AS share,
  CASE WHEN maker = 'AMD' THEN $amd_percent ELSE $intel_percent END / 100 AS share_high,
  billing_currency AS currency, base_billed, base_effective, base_contracted, base_list
FROM machines
