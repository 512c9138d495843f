-- title: Large volume
-- purpose: A list of large volumes to look at; size alone is not waste.
-- grain: volume
-- resource: volumes
-- provider: any
-- area: Block storage
-- rule: It is larger than {max_size} GiB
-- when: size_gib > $max_size
-- param max_size (integer, cautious: 4000, default: 1000, aggressive: 100, unit: GiB, range: 100..16000):
--   Size above this is worth a look
-- column size_gib (integer, GiB): Size
-- column volume_type (text): Type
-- column state (text): State
-- saving: Not known without how full it is; named is all that it costs, which is the upper limit
-- kind: review
-- risk: medium
-- effort: high
-- restart: no
-- reversible: no
-- confidence: 20
-- conflict: volume 11
-- remedy: Look on the machine how full it is | Copy the data to a smaller volume: a volume cannot shrink
-- source: 1,000 GB: Steampipe AWS Thrifty for review; 100 GB: CloudBurn; 4,000 GB is our own choice, 2026-10
-- history: inventory
-- requires volumes: id, account_id, size_gib, volume_type, state
-- needs rows: volumes
-- needs values: volumes.size_gib
SELECT id AS subject, account_id AS account,
  CASE WHEN size_gib IS NULL THEN 'cannot tell' WHEN size_gib > $max_size THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN size_gib IS NULL THEN 'needs size_gib' END AS reason,
  size_gib, volume_type, state,
  CAST(0.0 AS DOUBLE) AS share_low, CAST(1.0 AS DOUBLE) AS share, CAST(1.0 AS DOUBLE) AS share_high
FROM volumes
WHERE state IS NULL OR state <> 'deleted'
