-- title: Standby database outside production
-- purpose: A second machine in another zone for a database that is not production.
-- grain: database outside production
-- resource: rds_instances
-- provider: any
-- area: Databases
-- rule: It is available in dev or staging, and kept in two zones
-- when: multi_az = true
-- column multi_az (boolean): Whether a standby is kept
-- column env (text): Environment
-- column instance_class (text): Size
-- column engine (text): Engine
-- saving: Half of what the machine costs at list price: the standby
-- kind: saving
-- risk: low
-- effort: low
-- restart: yes
-- reversible: yes
-- confidence: 75
-- conflict: database 5
-- remedy: Ask whether failover is tested there | Modify the instance to one zone
-- cli: aws rds modify-db-instance --db-instance-identifier {resource_id} --no-multi-az --region {region}
-- source: OptimNow, 2026-10
-- history: inventory
-- requires rds_instances: id, account_id, state, env, instance_class, engine, hourly_cost, provider_attributes
-- needs rows: rds_instances
-- needs values: rds_instances.provider_attributes, rds_instances.env
SELECT id AS subject, account_id AS account,
  CASE WHEN multi_az IS NULL OR (multi_az AND env IS NULL) THEN 'cannot tell' WHEN multi_az THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN multi_az IS NULL THEN 'needs provider_attributes.multi_az' WHEN multi_az AND env IS NULL
    THEN 'needs env' END AS reason,
  multi_az, env, instance_class, engine, CAST(0.4 AS DOUBLE) AS share_low, CAST(0.45 AS DOUBLE) AS share,
    CAST(0.5 AS DOUBLE) AS share_high,
  0.5 * CAST(hourly_cost AS DOUBLE) * 730 AS list_low, 0.5 * CAST(hourly_cost AS DOUBLE) * 730 AS list,
    0.5 * CAST(hourly_cost AS DOUBLE) * 730 AS list_high
FROM (
  SELECT id, account_id, env, instance_class, engine, hourly_cost,
    CASE json_extract_string(provider_attributes, '/multi_az') WHEN 'true' THEN TRUE WHEN 'false'
      THEN FALSE END AS multi_az
  FROM rds_instances
  WHERE state = 'available' AND (env IN ('dev', 'staging', 'preview', 'test') OR env IS NULL)
) AS held
