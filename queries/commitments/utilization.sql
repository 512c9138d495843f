-- title: Utilisation of commitments in the inventory
-- purpose: Mean and lowest utilisation of each commitment over its last 30 days of data.
-- grain: commitment
-- param below (number, default: 100): Only commitments whose mean is below this
-- column commitment_id (text): Commitment
-- column commitment_type (text): reserved_instance, savings_plan or edp
-- column end_date (date): Last day of the commitment
-- column mean_percent (number, %): Mean utilisation
-- column least_percent (number, %): Lowest day
-- column days (integer, days): Days with data
-- requires commitments: id, commitment_type, end_date
-- requires commitment_utilization_daily: commitment_id, date, utilization_percent
-- needs rows: commitment_utilization_daily
WITH newest AS (
  SELECT MAX(date) AS last_day FROM commitment_utilization_daily
)
SELECT
  held.id AS commitment_id, held.commitment_type, held.end_date,
  AVG(used.utilization_percent) AS mean_percent,
  MIN(used.utilization_percent) AS least_percent,
  COUNT(used.utilization_percent) AS days
FROM commitments AS held
JOIN commitment_utilization_daily AS used ON used.commitment_id = held.id
JOIN newest ON used.date > newest.last_day - 30
GROUP BY held.id, held.commitment_type, held.end_date
HAVING AVG(used.utilization_percent) < $below
ORDER BY mean_percent, commitment_id
