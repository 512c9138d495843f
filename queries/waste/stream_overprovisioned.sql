-- title: Over-provisioned stream
-- purpose: A stream for which far more throughput is paid than used.
-- grain: stream
-- resource: streaming_clusters
-- provider: any
-- area: Analytics
-- rule: Mean use of the last seven days below {max_used} % of the throughput paid for
-- when: avg_usage_mbps_7d < limit_mbps
-- param max_used (number, cautious: 20, default: 30, aggressive: 50, unit: %, range: 5..70):
--   Use below this is too little
-- param target_used (number, default: 70, unit: %, range: 40..90): Use that a smaller one is sized for
-- column avg_usage_mbps_7d (number, MB/s): Mean use of seven days
-- column provisioned_throughput_mbps (number, MB/s): Throughput paid for
-- column limit_mbps (number, MB/s): Too little below this
-- column engine (text): Engine
-- column shard_count (integer, shards): Shards
-- saving: What it costs times one minus use divided by 70 % of what is paid for; low: with half of the rest as reserve
-- kind: saving
-- risk: medium
-- effort: medium
-- restart: no
-- reversible: yes
-- confidence: 60
-- conflict: service 6
-- remedy: Look at the peak of a week and at hot keys: a mean hides both | Lower shards, partitions or brokers, or
--   switch to on-demand capacity
-- source: Requirement 002 (over-provisioned); 30 % and the presets are our own choice, 2026-10
-- history: inventory
-- metric: network
-- requires streaming_clusters: id, account_id, engine, shard_count, avg_usage_mbps_7d, provisioned_throughput_mbps
-- needs rows: streaming_clusters
-- needs values: streaming_clusters.avg_usage_mbps_7d, streaming_clusters.provisioned_throughput_mbps
SELECT id AS subject, account_id AS account,
  CASE WHEN limit_mbps IS NULL OR avg_usage_mbps_7d IS NULL THEN 'cannot tell'
    WHEN avg_usage_mbps_7d < limit_mbps THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN avg_usage_mbps_7d IS NULL THEN 'needs avg_usage_mbps_7d' WHEN limit_mbps IS NULL
    THEN 'needs provisioned_throughput_mbps' END AS reason,
  avg_usage_mbps_7d, provisioned_throughput_mbps, limit_mbps, engine, shard_count,
  0.5 * freed AS share_low, freed AS share, freed AS share_high
FROM (
  SELECT *, $max_used / 100.0 * provisioned_throughput_mbps AS limit_mbps,
    GREATEST(1 - avg_usage_mbps_7d / NULLIF(provisioned_throughput_mbps * $target_used / 100.0, 0), 0.0) AS freed
  FROM streaming_clusters
) AS held
