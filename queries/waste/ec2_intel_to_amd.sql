-- title: AMD processor would do
-- purpose: Machines with Intel processors whose family has a cheaper sibling with AMD processors, for what cannot move to Arm.
-- grain: machine on the bill
-- resource: bill
-- provider: AWS
-- area: Compute
-- rule: It has on-demand hours, its family has a sibling with AMD processors, and Arm is no choice because it runs Windows
-- when: sibling is not null; runs_windows = true or windows_only = false
-- param windows_only (boolean, cautious: true, default: true, aggressive: false): Whether machines that could move to Arm processors are left to that check; all these families have such a sibling
-- param saved_percent (number, default: 10, unit: %, range: 2..30): Price difference, without a catalogue
-- column instance_type (text): Its type; of several the last by name
-- column system (text): Operating system, as the bill says
-- column sibling (text): Family with AMD processors
-- column runs_windows (boolean): Whether it runs Windows
-- column windows_only (boolean): Whether other systems are left to the check for Arm
-- column hours_cost (money, currency): Effective cost of these hours in 30 days
-- column last_day (date): Last day with such hours
-- saving: {saved_percent} % of these hours; low half of that, because the price of a licence does not change
-- kind: saving
-- risk: low
-- effort: low
-- restart: yes
-- reversible: yes
-- confidence: 55
-- conflict: machine 8
-- remedy: Check that the type is offered in the region and that no licence is bound to the processor | Try it with a copy of the machine |
--   Stop it, change the type, start it
-- cli: aws ec2 modify-instance-attribute --instance-id {resource_id} --instance-type Value={sibling}.SIZE --region {region}
-- source: AWS Cloud Intelligence Dashboards (KPI: 10 %, where Graviton does not fit); families by the AWS price list of 2026-07
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
  SELECT family, sibling
  FROM (VALUES
    ('t2', 't3a'), ('t3', 't3a'), ('m4', 'm5a'), ('m5', 'm5a'), ('m5d', 'm5ad'), ('m6i', 'm6a'),
    ('c4', 'c5a'), ('c5', 'c5a'), ('c5d', 'c5ad'), ('c6i', 'c6a'), ('r4', 'r5a'), ('r5', 'r5a'), ('r5d', 'r5ad'),
    ('r6i', 'r6a')
  ) AS known(family, sibling)
),
seen AS (
  SELECT m.*, f.sibling,
    f.sibling IS NOT NULL AND m.pricing_category = 'Standard'
      AND (NOT $windows_only OR strpos(COALESCE(m.system, ''), 'Windows') > 0) AS hit
  FROM machine_lines AS m LEFT JOIN families AS f ON f.family = m.family
  WHERE m.pricing_category IS NULL OR m.pricing_category = 'Standard'
),
machines AS (
  SELECT subject, sub_account_id, billing_currency, MAX(region_id) AS region, MAX(instance_type) AS instance_type,
    MAX(system) AS system, COUNT(CASE WHEN instance_type IS NULL OR pricing_category IS NULL THEN 1 END) AS untold,
    COUNT(CASE WHEN sibling IS NOT NULL AND system IS NULL THEN 1 END) AS system_untold,
    COUNT(CASE WHEN hit THEN 1 END) AS hits, MAX(CASE WHEN hit THEN sibling END) AS sibling,
    MAX(CASE WHEN hit THEN charge_date END) AS last_day,
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
  instance_type, system, sibling, strpos(system, 'Windows') > 0 AS runs_windows, $windows_only AS windows_only,
  base_effective AS hours_cost, last_day,
  $saved_percent / 200 AS share_low, $saved_percent / 100 AS share, $saved_percent / 100 AS share_high,
  billing_currency AS currency, base_billed, base_effective, base_contracted, base_list
FROM machines
