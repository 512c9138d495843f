-- title: Traffic to the internet
-- purpose: Traffic that leaves the cloud.
-- grain: account
-- resource: group
-- provider: any
-- area: Networking
-- rule: Traffic to the internet cost more than {min_cost} USD at list price in the last 30 days
-- when: cost > $min_cost
-- param min_cost (number, cautious: 200, default: 10, aggressive: 0, unit: USD, range: 0..500):
--   List cost of 30 days above this is worth a look
-- column cost (number, USD): List cost of 30 days
-- column gb (number, GB): Traffic of 30 days
-- column days_measured (integer, days): Days known
-- column busiest_route (text): Route that costs most
-- saving: Not known: named is what the traffic costs, of which a part is wanted
-- kind: review
-- risk: medium
-- effort: high
-- restart: no
-- reversible: yes
-- confidence: 30
-- conflict: network 11
-- remedy: Look which services send it | Put a content network before what many ask for, compress, use endpoints for
--   services of the provider
-- source: Requirement 002 (top transfer cost by direction); the presets are our own choice, 2026-10
-- history: metrics
-- requires data_transfer_daily: account_id, date, direction, source_region, dest_region, gb_transferred,
--   estimated_transfer_cost
-- needs rows: data_transfer_daily
-- needs values: data_transfer_daily.estimated_transfer_cost
WITH newest AS (SELECT MAX(date) AS day FROM data_transfer_daily WHERE date <= CAST($as_of AS DATE)),
routes AS (
  SELECT t.account_id, COALESCE(t.source_region, '?') || ' to ' || COALESCE(t.dest_region, 'the internet') AS route,
    SUM(CAST(t.estimated_transfer_cost AS DOUBLE)) AS cost, SUM(t.gb_transferred) AS gb
  FROM data_transfer_daily AS t CROSS JOIN newest AS n
  WHERE t.date > n.day - 30 AND t.date <= n.day AND t.direction = 'egress'
  GROUP BY t.account_id, COALESCE(t.source_region, '?') || ' to ' || COALESCE(t.dest_region, 'the internet')
),
placed AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY cost DESC, route) AS place FROM routes
),
days AS (
  SELECT t.account_id, CAST(COUNT(DISTINCT t.date) AS BIGINT) AS days, CAST(COUNT(CASE WHEN t.direction = 'egress'
    AND t.estimated_transfer_cost IS NULL THEN 1 END) AS BIGINT) AS unpriced
  FROM data_transfer_daily AS t CROSS JOIN newest AS n
  WHERE t.date > n.day - 30 AND t.date <= n.day
  GROUP BY t.account_id
),
sums AS (
  SELECT p.account_id, SUM(p.cost) AS cost, SUM(p.gb) AS gb,
    MAX(CASE WHEN p.place = 1 THEN p.route END) AS busiest_route
  FROM placed AS p GROUP BY p.account_id
)
SELECT s.account_id || '/egress' AS subject, s.account_id AS account, 'Traffic to the internet' AS name,
  CASE WHEN s.cost > $min_cost THEN 'flagged' WHEN d.days < 24 OR d.unpriced > 0 THEN 'cannot tell'
    ELSE 'passed' END AS verdict,
  CASE WHEN s.cost > $min_cost THEN NULL WHEN d.days < 24 THEN 'needs 24 days of traffic'
    WHEN d.unpriced > 0 THEN 'needs estimated_transfer_cost of all its traffic' END AS reason,
  s.cost, s.gb, d.days AS days_measured, s.busiest_route,
  CAST(0.0 AS DOUBLE) AS list_low, s.cost * 730 / 720 AS list, s.cost * 730 / 720 AS list_high
FROM sums AS s JOIN days AS d ON d.account_id = s.account_id
