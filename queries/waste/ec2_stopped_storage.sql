-- title: Stopped instance with storage
-- purpose: A machine that is switched off while its disks and addresses are still paid for.
-- grain: stopped instance
-- resource: instances
-- provider: any
-- area: Compute
-- rule: It is stopped, for at least {min_days_stopped} days
-- when: stopped_days is null or stopped_days >= $min_days_stopped
-- param min_days_stopped (integer, cautious: 30, default: 0, aggressive: 0, unit: days, range: 0..60): Days it must have been stopped; 0: the time of the stop need not be known
-- column stopped_days (integer, days): Days since it was stopped; null when no change event says so
-- column volumes (integer, volumes): Disks attached to it
-- column addresses (integer, addresses): Static addresses on it
-- column storage_list_month (money, USD/month): List price of both a month
-- column instance_type (text): Size
-- saving: All that its disks and addresses cost; the machine itself costs nothing while it is stopped
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 70
-- conflict: volume 1
-- remedy: Ask the owner whether it will be started again | Take a last snapshot of its disks |
--   Terminate it, delete the disks that stay behind and release its addresses
-- cli: aws ec2 terminate-instances --instance-ids {resource_id} --region {region}
-- source: Requirement 002 (stopped instance); 30 days by Trusted Advisor and CloudBurn, 2026-10
-- history: inventory
-- requires instances: id, account_id, instance_id, state, instance_type
-- requires volumes: account_id, volume_id, attached_instance_id, monthly_cost
-- requires elastic_ips: account_id, allocation_id, associated_instance_id, hourly_cost
-- requires resource_change_events: resource_type, resource_id, account_id, field_name, new_value, changed_at
-- requires resource_costs: resource_id, main_currency
-- needs rows: instances
WITH stops AS (
  SELECT account_id, resource_id, MAX(changed_at) AS stopped_at
  FROM resource_change_events
  WHERE resource_type = 'instances' AND field_name = 'state' AND new_value = 'stopped'
  GROUP BY account_id, resource_id
),
attached AS (
  SELECT account_id, attached_instance_id AS instance_id, 'volume' AS kind, volume_id AS part,
    monthly_cost AS list_month
  FROM volumes WHERE attached_instance_id IS NOT NULL
  UNION ALL
  SELECT account_id, associated_instance_id, 'address', allocation_id, CAST(hourly_cost * 730 AS DECIMAL(38, 12))
  FROM elastic_ips WHERE associated_instance_id IS NOT NULL
),
storage AS (
  SELECT account_id, instance_id,
    CAST(SUM(CASE WHEN kind = 'volume' THEN 1 ELSE 0 END) AS BIGINT) AS volumes,
    CAST(SUM(CASE WHEN kind = 'address' THEN 1 ELSE 0 END) AS BIGINT) AS addresses,
    SUM(list_month) AS list_month, string_agg(part, chr(10) ORDER BY part) AS parts,
    SUM(CASE WHEN EXISTS (SELECT 1 FROM resource_costs AS c WHERE c.resource_id = attached.part AND c.main_currency)
      THEN 1 ELSE 0 END) AS billed
  FROM attached GROUP BY account_id, instance_id
),
stopped AS (
  SELECT i.id, i.account_id, i.instance_type, s.parts, s.billed, s.list_month,
    COALESCE(s.volumes, 0) AS volumes, COALESCE(s.addresses, 0) AS addresses,
    CAST($as_of AS DATE) + 1 - CAST(e.stopped_at AS DATE) AS stopped_days
  FROM instances AS i
  LEFT JOIN stops AS e ON e.resource_id = i.instance_id AND e.account_id = i.account_id
  LEFT JOIN storage AS s ON s.instance_id = i.instance_id AND s.account_id = i.account_id
  WHERE i.state = 'stopped'
)
SELECT id AS subject, account_id AS account,
  CASE WHEN stopped_days IS NULL AND $min_days_stopped > 0 THEN 'cannot tell'
    WHEN stopped_days < $min_days_stopped THEN 'passed' ELSE 'flagged' END AS verdict,
  CASE WHEN stopped_days IS NULL AND $min_days_stopped > 0
    THEN 'needs the time it was stopped: no change event of its state' END AS reason,
  stopped_days, volumes, addresses, list_month AS storage_list_month, instance_type,
  parts, CASE WHEN COALESCE(billed, 0) = 0 THEN COALESCE(CAST(list_month AS DOUBLE), 0) END AS list
FROM stopped
