-- title: Log groups without retention, as required
-- purpose: Log groups that keep logs for ever.
-- grain: log group
-- requires log_groups: retention_days
SELECT * FROM log_groups
WHERE retention_days IS NULL;
