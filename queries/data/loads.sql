-- title: What was loaded
-- purpose: Source files in use, by dataset and billing month, with their lines.
-- grain: dataset x billing month x format
-- column dataset (text): Report, export, path or inventory folder
-- column billing_month (date): Billing month where the layout states one
-- column format (text): Format
-- column files (integer, files): Files
-- column rows_loaded (integer, lines): Lines or rows
-- column loaded_at (time): Newest load
-- requires source_files: dataset, billing_month, format, status, rows_loaded, loaded_at
SELECT
  dataset, billing_month, format, COUNT(*) AS files, CAST(SUM(rows_loaded) AS BIGINT) AS rows_loaded,
  MAX(loaded_at) AS loaded_at
FROM source_files
WHERE status = 'loaded'
GROUP BY dataset, billing_month, format
ORDER BY dataset, billing_month NULLS LAST, format
