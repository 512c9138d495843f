-- title: Unfinished multipart uploads
-- purpose: Buckets where more uploads were begun than finished; the parts of the others stay and are billed.
-- grain: bucket with multipart uploads
-- resource: bill
-- provider: AWS
-- area: Object storage
-- rule: In 30 days more than {min_unfinished} uploads were begun and neither completed nor aborted
-- when: unfinished > $min_unfinished
-- param min_unfinished (number, cautious: 100, default: 0, aggressive: 0, unit: uploads, range: 0..1000): More than so
--   many unfinished uploads are reported
-- column unfinished (number, uploads): Begun less completed less aborted; below zero when uploads were begun before the
--   30 days
-- column initiated (number, uploads): Uploads begun
-- column completed (number, uploads): Uploads completed
-- column aborted (number, uploads): Uploads aborted, where the bill has them
-- saving: Not known from the bill: it does not say how many bytes the unfinished parts have
-- kind: hygiene
-- risk: safe
-- effort: low
-- restart: no
-- reversible: yes
-- confidence: 60
-- conflict: bucket 11
-- remedy: S3 > bucket > Management > Lifecycle rules: add a rule that deletes incomplete multipart uploads after 7 days
--   |
--   Ask the owner of the program that begins these uploads
-- cli: aws s3api list-multipart-uploads --bucket {resource_id}
-- source: AWS Cloud Intelligence Dashboards (CUDOS): begun less completed above zero over 30 days; the cautious limit
--   is our own choice, 2026-10
-- history: bill
-- needs values: charges.x_operation
WITH sums AS (
  SELECT
    COALESCE(resource_id, 'Buckets of ' || COALESCE(sub_account_id, 'unknown account')) AS subject,
    sub_account_id AS account, MAX(region_id) AS region,
    SUM(CASE WHEN x_operation = 'InitiateMultipartUpload' THEN COALESCE(consumed_quantity, pricing_quantity) ELSE 0 END)
      AS initiated,
    SUM(CASE WHEN x_operation = 'CompleteMultipartUpload' THEN COALESCE(consumed_quantity, pricing_quantity) ELSE 0 END)
      AS completed,
    SUM(CASE WHEN x_operation = 'AbortMultipartUpload' THEN COALESCE(consumed_quantity, pricing_quantity) ELSE 0 END)
      AS aborted,
    CAST(COUNT(CASE WHEN COALESCE(consumed_quantity, pricing_quantity) IS NULL THEN 1 END) AS BIGINT) AS unknown
  FROM lines30
  WHERE charge_category = 'Usage'
    AND x_operation IN ('InitiateMultipartUpload', 'CompleteMultipartUpload', 'AbortMultipartUpload')
  GROUP BY 1, sub_account_id
)
SELECT subject, account, region,
  CASE WHEN unknown > 0 THEN 'cannot tell' WHEN initiated - completed - aborted > $min_unfinished THEN 'flagged'
    ELSE 'passed' END AS verdict,
  CASE WHEN unknown > 0 THEN 'needs consumed_quantity: lines of its uploads have none' END AS reason,
  initiated - completed - aborted AS unfinished, initiated, completed, aborted, CAST(0.0 AS DOUBLE) AS share
FROM sums
