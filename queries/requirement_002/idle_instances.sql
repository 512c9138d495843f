-- title: Idle instances, as required
-- purpose: Running machines with a mean CPU below 5 % over seven days.
-- grain: machine
-- requires instances: state, avg_cpu_7d
SELECT * FROM instances
WHERE state = 'running' AND avg_cpu_7d < 5;
