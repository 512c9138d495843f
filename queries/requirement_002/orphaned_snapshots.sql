-- title: Orphaned snapshots, as required
-- purpose: Copies of volumes that are gone. A copy without a source volume counts too.
-- grain: snapshot
-- requires snapshots: source_volume_id
-- requires volumes: id, volume_id
SELECT s.* FROM snapshots s
LEFT JOIN volumes v ON s.source_volume_id = v.volume_id
WHERE v.id IS NULL;
