-- title: Too many shards
-- purpose: A stream with more shards than its traffic needs.
-- grain: Kinesis stream
-- resource: streaming_clusters
-- provider: AWS
-- area: Analytics
-- rule: More than {factor} times the shards that its mean use needs at {shard_mbps} MB/s each
-- when: shard_count > limit_shards
-- param factor (number, cautious: 4, default: 2, aggressive: 1, unit: times, range: 1..10):
--   More than so many times the need is too many
-- param shard_mbps (number, default: 1, unit: MB/s, range: 0.1..2): What a shard takes in; 1 MB/s is its limit
-- column shard_count (integer, shards): Shards
-- column needed_shards (number, shards): Shards that its mean use needs, one at least
-- column limit_shards (number, shards): Too many above this
-- column avg_usage_mbps_7d (number, MB/s): Mean use of seven days
-- saving: What it costs times the share of shards beyond the need; low: beyond twice the need
-- kind: saving
-- risk: medium
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 60
-- conflict: service 6
-- remedy: Look at the peak, at readers (2 MB/s for each shard) and at hot keys | Lower the number of shards, or switch
--   to on-demand capacity
-- cli: aws kinesis update-shard-count --stream-name {resource_id} --target-shard-count {needed_shards} --scaling-type
--   UNIFORM_SCALING --region {region}
-- source: Requirement 002 (too many shards); AWS: 1 MB/s for each shard; the factors are our own choice, 2026-10
-- history: inventory
-- metric: network
-- requires streaming_clusters: id, account_id, engine, shard_count, avg_usage_mbps_7d
-- needs rows: streaming_clusters
-- needs values: streaming_clusters.shard_count
SELECT id AS subject, account_id AS account,
  CASE WHEN shard_count IS NULL OR avg_usage_mbps_7d IS NULL THEN 'cannot tell'
    WHEN shard_count > $factor * needed THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN avg_usage_mbps_7d IS NULL THEN 'needs avg_usage_mbps_7d: the use is unknown'
    WHEN shard_count IS NULL THEN 'needs shard_count' END AS reason,
  shard_count, needed AS needed_shards, $factor * needed AS limit_shards, avg_usage_mbps_7d,
  GREATEST(shard_count - 2 * needed, 0.0) / NULLIF(shard_count, 0) AS share_low,
  (shard_count - needed) / NULLIF(shard_count, 0) AS share,
    (shard_count - needed) / NULLIF(shard_count, 0) AS share_high
FROM (
  SELECT *, CASE WHEN avg_usage_mbps_7d IS NOT NULL
    THEN CAST(GREATEST(CEIL(avg_usage_mbps_7d / $shard_mbps), 1) AS DOUBLE) END AS needed
  FROM streaming_clusters
  WHERE engine = 'kinesis'
) AS held
