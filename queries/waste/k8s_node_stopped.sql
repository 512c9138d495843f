-- title: Stopped node in a cluster
-- purpose: A node that was switched off while its cluster works, with disks and addresses still paid for.
-- grain: stopped node
-- resource: container_nodes
-- provider: any
-- area: Containers
-- rule: It is stopped, for at least {min_days_stopped} days, while another node of its cluster runs
-- when: other_nodes > 0; stopped_days is null or stopped_days >= $min_days_stopped
-- param min_days_stopped (integer, cautious: 7, default: 0, aggressive: 0, unit: days, range: 0..30): Days it must have been stopped; 0: the time of the stop need not be known
-- column stopped_days (integer, days): Days since it was stopped; null when no change event says so
-- column other_nodes (integer, nodes): Nodes of its cluster that run
-- column volumes (integer, volumes): Disks attached to it
-- column addresses (integer, addresses): Static addresses on it
-- column storage_list_month (money, USD/month): List price of both a month
-- column instance_type (text): Size
-- column cluster (text): Cluster it belongs to
-- saving: All that its disks and addresses cost; the machine itself costs nothing while it is stopped
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: no
-- confidence: 75
-- conflict: volume 1
-- remedy: Ask whether it is kept warm on purpose | Delete it from the cluster (kubectl delete node) |
--   Terminate the machine, delete the disks that stay behind and release its addresses
-- cli: aws ec2 terminate-instances --instance-ids {resource_id} --region {region}
-- source: Requirement 002 (orphaned node of a healthy cluster); 7 days our own choice, 2026-10
-- history: inventory
-- requires container_nodes: id, cluster_id, instance_id, instance_type, state
-- requires container_clusters: id, account_id, name
-- requires volumes: account_id, volume_id, attached_instance_id, monthly_cost
-- requires elastic_ips: account_id, allocation_id, associated_instance_id, hourly_cost
-- requires resource_change_events: resource_type, resource_id, account_id, field_name, new_value, changed_at
-- requires resource_costs: resource_id, main_currency
-- needs rows: container_nodes
WITH stops AS (
  SELECT account_id, resource_id, MAX(changed_at) AS stopped_at
  FROM resource_change_events
  WHERE resource_type IN ('container_nodes', 'instances') AND field_name = 'state' AND new_value = 'stopped'
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
running AS (
  SELECT cluster_id, CAST(COUNT(*) AS BIGINT) AS nodes FROM container_nodes WHERE state = 'running' GROUP BY cluster_id
),
stopped AS (
  SELECT n.id, c.account_id, c.name AS cluster, n.instance_type, s.parts, s.billed, s.list_month,
    COALESCE(s.volumes, 0) AS volumes, COALESCE(s.addresses, 0) AS addresses, COALESCE(r.nodes, 0) AS other_nodes,
    CAST(CAST($as_of AS DATE) + 1 - CAST(e.stopped_at AS DATE) AS BIGINT) AS stopped_days
  FROM container_nodes AS n
  LEFT JOIN container_clusters AS c ON c.id = n.cluster_id
  LEFT JOIN running AS r ON r.cluster_id = n.cluster_id
  LEFT JOIN stops AS e ON e.resource_id = n.instance_id AND e.account_id = c.account_id
  LEFT JOIN storage AS s ON s.instance_id = n.instance_id AND s.account_id = c.account_id
  WHERE n.state = 'stopped'
)
SELECT id AS subject, account_id AS account,
  CASE WHEN other_nodes = 0 OR stopped_days < $min_days_stopped THEN 'passed'
    WHEN stopped_days IS NULL AND $min_days_stopped > 0 THEN 'cannot tell' ELSE 'flagged' END AS verdict,
  CASE WHEN other_nodes > 0 AND stopped_days IS NULL AND $min_days_stopped > 0
    THEN 'needs the time it was stopped: no change event of its state' END AS reason,
  stopped_days, other_nodes, volumes, addresses, list_month AS storage_list_month, instance_type, cluster,
  parts, CASE WHEN COALESCE(billed, 0) = 0 THEN COALESCE(CAST(list_month AS DOUBLE), 0) END AS list
FROM stopped
