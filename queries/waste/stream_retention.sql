-- title: Long stream retention
-- purpose: Records of a stream kept for a week or more where a day may do.
-- grain: stream
-- resource: streaming_clusters
-- provider: any
-- area: Analytics
-- rule: Records are kept for {min_hours} hours or more
-- when: retention_hours >= $min_hours
-- param min_hours (integer, cautious: 169, default: 168, aggressive: 25, unit: hours, range: 25..8760):
--   Retention from which it is long; 24 hours are included
-- param extended_price (number, default: 0.02, unit: USD/shard-hour, range: 0.005..0.05):
--   Price of a Kinesis shard that keeps records longer than a day, beside its own, in us-east-1 of 2026-10
-- column retention_hours (integer, hours): Hours kept
-- column engine (text): Engine
-- column shard_count (integer, shards): Shards
-- column env (text): Environment
-- saving: Kinesis: the surcharge of its shards for keeping more than a day; other engines: not known, up to a third
-- kind: saving
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 55
-- conflict: service 9
-- remedy: Ask how far back readers must be able to start again | Lower the retention to 24 hours, archive the records
--   in a bucket
-- cli: aws kinesis decrease-stream-retention-period --stream-name {resource_id} --retention-period-hours 24 --region
--   {region}
-- source: Requirement 002 (168 hours when 24 are enough); the presets are our own choice, 2026-10
-- history: inventory
-- requires streaming_clusters: id, account_id, engine, shard_count, env, retention_hours
-- needs rows: streaming_clusters
-- needs values: streaming_clusters.retention_hours
SELECT id AS subject, account_id AS account,
  CASE WHEN retention_hours IS NULL THEN 'cannot tell' WHEN retention_hours >= $min_hours THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN retention_hours IS NULL THEN 'needs retention_hours' END AS reason,
  retention_hours, engine, shard_count, env, CAST(0.0 AS DOUBLE) AS share_low, CAST(0.0 AS DOUBLE) AS share,
  CAST(CASE WHEN engine = 'kinesis' THEN 0.6 ELSE 0.33 END AS DOUBLE) AS share_high,
  CASE WHEN engine = 'kinesis' THEN shard_count * CAST($extended_price AS DOUBLE) * 730 END AS list_low,
  CASE WHEN engine = 'kinesis' THEN shard_count * CAST($extended_price AS DOUBLE) * 730 END AS list
FROM streaming_clusters
