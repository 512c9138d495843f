-- title: Block storage by type and state
-- purpose: Size and list price of volumes, by type and state.
-- grain: volume type x state
-- column volume_type (text): Type
-- column state (text): State
-- column volumes (integer, volumes): Volumes
-- column size_gib (integer, GiB): Size together
-- column monthly_cost (money, USD/month): List price together
-- requires volumes: volume_type, state, size_gib, monthly_cost
-- needs rows: volumes
-- chart: bar volume_type monthly_cost
SELECT
  volume_type, state, COUNT(*) AS volumes, CAST(SUM(size_gib) AS BIGINT) AS size_gib, SUM(monthly_cost) AS monthly_cost
FROM volumes
GROUP BY volume_type, state
ORDER BY monthly_cost DESC NULLS LAST, volume_type NULLS LAST, state NULLS LAST
