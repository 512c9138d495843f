-- title: Unattached volumes, as required
-- purpose: Volumes that are attached to nothing.
-- grain: volume
-- requires volumes: state
SELECT * FROM volumes
WHERE state = 'available';
