-- title: Database storage mostly empty
-- purpose: A database with far more storage than it uses.
-- grain: database
-- resource: rds_instances
-- provider: any
-- area: Databases
-- rule: More than {min_gib} GiB allotted, and less than {max_used} % of it used on any of the last seven days
-- when: allocated_storage_gib > $min_gib; min_free_gib > limit_free_gib
-- param max_used (number, cautious: 20, default: 50, aggressive: 70, unit: %, range: 5..75):
--   Use below this is too little
-- param min_gib (integer, default: 100, unit: GiB, range: 20..1000): Allotted storage up to this is left alone
-- column allocated_storage_gib (integer, GiB): Storage allotted
-- column min_free_gib (number, GiB): Least free storage of seven days
-- column limit_free_gib (number, GiB): Too much free above this
-- column used_gib (number, GiB): Most used
-- column days_measured (integer, days): Days with the metric
-- column engine (text): Engine
-- saving: Its storage price times what is allotted beyond 1.3 times the use
-- kind: saving
-- risk: medium
-- effort: high
-- restart: no
-- reversible: yes
-- confidence: 55
-- conflict: database 7
-- remedy: Storage cannot shrink in place: restore into a smaller one by dump or blue-green deployment | Switch on
--   storage autoscaling with a sensible limit
-- cli: aws rds create-blue-green-deployment --blue-green-deployment-name smaller --source {resource_id}
--   --target-allocated-storage {used_gib} --region {region}
-- source: Requirement 002 (over-provisioned storage); the shares are our own choice, 2026-10
-- history: metrics
-- metric: free_storage
-- requires rds_instances: id, account_id, db_instance_id, state, allocated_storage_gib, storage_monthly_cost, engine
-- needs rows: rds_instances
WITH used AS (
  SELECT resource_id, account_id AS owner, MIN(free_storage) AS min_free, CAST(COUNT(free_storage) AS BIGINT) AS days
  FROM metric_days
  WHERE resource_type = 'rds_instances' AND date > CAST($as_of AS DATE) - 7
  GROUP BY resource_id, account_id
),
held AS (
  SELECT r.id, r.account_id, r.allocated_storage_gib, CAST(r.storage_monthly_cost AS DOUBLE) AS month_price, r.engine,
    u.min_free, COALESCE(u.days, 0) AS days,
    (1 - $max_used / 100.0) * r.allocated_storage_gib AS limit_free
  FROM rds_instances AS r LEFT JOIN used AS u ON u.resource_id = r.db_instance_id AND u.owner = r.account_id
  WHERE r.state IS NULL OR r.state <> 'deleting'
)
SELECT id AS subject, account_id AS account,
  CASE WHEN allocated_storage_gib IS NULL THEN 'cannot tell'
    WHEN allocated_storage_gib <= $min_gib THEN 'passed'
    WHEN days < 6 THEN 'cannot tell'
    WHEN min_free > limit_free THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN allocated_storage_gib IS NULL THEN 'needs allocated_storage_gib'
    WHEN allocated_storage_gib > $min_gib AND days < 6 THEN 'needs 6 days of free_storage' END AS reason,
  allocated_storage_gib, min_free AS min_free_gib, limit_free AS limit_free_gib,
  allocated_storage_gib - min_free AS used_gib, days AS days_measured, engine,
  CAST(0.0 AS DOUBLE) AS share,
  0.5 * month_price * (1 - 1.3 * (1 - min_free / NULLIF(allocated_storage_gib, 0))) AS list_low,
  month_price * (1 - 1.3 * (1 - min_free / NULLIF(allocated_storage_gib, 0))) AS list,
  month_price * (1 - 1.3 * (1 - min_free / NULLIF(allocated_storage_gib, 0))) AS list_high
FROM held
