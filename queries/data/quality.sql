-- title: Data-quality findings
-- purpose: Rules of the bill format that rows break, with the cost of those rows, over all files in use.
-- grain: rule
-- column severity (text): error, warning or info
-- column rule (text): Rule
-- column title (text): The rule in words
-- column files (integer, files): Files
-- column lines (integer, lines): Lines that break it
-- column effective_cost (money, all currencies as numbers): Their effective cost
-- requires quality_findings: source_id, severity, rule, title, rows, effective_cost
-- requires source_files: source_id, status
SELECT
  finding.severity, finding.rule, MIN(finding.title) AS title, COUNT(*) AS files,
  CAST(SUM(finding.rows) AS BIGINT) AS lines, SUM(finding.effective_cost) AS effective_cost
FROM quality_findings AS finding
JOIN source_files AS file ON file.source_id = finding.source_id
WHERE file.status = 'loaded'
GROUP BY finding.severity, finding.rule
ORDER BY finding.severity, lines DESC, finding.rule
