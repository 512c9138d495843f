-- title: Under-used commitments, as required
-- purpose: Commitments whose utilisation was below 80 % yesterday; finds nothing in data that does not reach to yesterday.
-- grain: commitment
-- requires commitments: id
-- requires commitment_utilization_daily: commitment_id, utilization_percent, date
SELECT c.*, cud.utilization_percent
FROM commitments c
JOIN commitment_utilization_daily cud ON c.id = cud.commitment_id
WHERE cud.utilization_percent < 80
AND cud.date = CURRENT_DATE - 1;
