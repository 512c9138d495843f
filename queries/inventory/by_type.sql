-- title: Machines by type and state
-- purpose: How many machines of each type and environment there are, and their list price an hour.
-- grain: environment x instance type x state
-- column env (text): Environment
-- column instance_type (text): Type
-- column state (text): State
-- column machines (integer, machines): Machines
-- column hourly_cost (money, USD/hour): List price of them together
-- requires instances: env, instance_type, state, hourly_cost
-- needs rows: instances
-- chart: bar instance_type hourly_cost
SELECT env, instance_type, state, COUNT(*) AS machines, SUM(hourly_cost) AS hourly_cost
FROM instances
GROUP BY env, instance_type, state
ORDER BY hourly_cost DESC NULLS LAST, env NULLS LAST, instance_type NULLS LAST, state NULLS LAST
