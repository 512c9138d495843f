-- title: What changed in the inventory
-- purpose: The newest changes of resources, by whom and from what to what.
-- grain: change
-- param at_most (integer, default: 200): How many
-- column changed_at (time): When
-- column resource_type (text): Table of the resource
-- column resource_id (text): Resource
-- column field_name (text): What changed
-- column old_value (text): Before
-- column new_value (text): After
-- column change_source (text): drift_engine, agent or manual
-- requires resource_change_events: id, changed_at, resource_type, resource_id, field_name, old_value, new_value, change_source
-- needs rows: resource_change_events
SELECT changed_at, resource_type, resource_id, field_name, old_value, new_value, change_source
FROM resource_change_events
ORDER BY changed_at DESC NULLS LAST, id
LIMIT $at_most
