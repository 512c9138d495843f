-- title: io1 volume
-- purpose: The former provisioned type; io2 costs the same and loses data a hundred times less often.
-- grain: io1 or io2 volume
-- resource: volumes
-- provider: AWS
-- area: Block storage
-- rule: Its type is io1
-- when: volume_type = io1
-- column volume_type (text): Type
-- column size_gib (integer, GiB): Size
-- saving: None: the price is the same up to 32,000 operations
-- kind: hygiene
-- risk: low
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 90
-- conflict: volume 11
-- remedy: Check that its machine supports io2 | Modify the volume to io2; it stays in use meanwhile
-- cli: aws ec2 modify-volume --volume-id {resource_id} --volume-type io2 --region {region}
-- source: Steampipe AWS Thrifty and CloudBurn, 2026-10
-- history: inventory
-- requires volumes: id, account_id, volume_type, state, size_gib
-- needs rows: volumes
-- needs values: volumes.volume_type
SELECT id AS subject, account_id AS account,
  CASE WHEN volume_type IS NULL THEN 'cannot tell' WHEN volume_type = 'io1' THEN 'flagged' ELSE 'passed' END AS verdict,
  CASE WHEN volume_type IS NULL THEN 'needs volume_type' END AS reason,
  volume_type, size_gib, CAST(0.0 AS DOUBLE) AS share
FROM volumes
WHERE (volume_type IN ('io1', 'io2') OR volume_type IS NULL) AND (state IS NULL OR state <> 'deleted')
