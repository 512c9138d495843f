"""Machines: those of their own, members of scaling groups, nodes of clusters, and those that live for days only."""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.publish import publish
from workbench.simulate.inventory.seats import seats, tags

__all__ = ["create_machines"]

_PROD_FAMILIES = "['m5','m5','m6i','m6i','m7g','c5','c6i','c6g','r5','r6i','r6g']"
_PROD_SIZES = "['large','large','large','xlarge','xlarge','2xlarge','2xlarge','4xlarge']"
_DEV_FAMILIES = "['t3','t3','t3','t3a','m5','c5']"
_DEV_SIZES = "['medium','large','large','xlarge']"
_GPU_TYPES = "['g4dn.xlarge','g4dn.2xlarge','g5.xlarge','g5.2xlarge']"


def _type(key: str = "key") -> str:
    """Instance type of the machine of a seat."""
    return f"""CASE WHEN env = 'prod' AND chance('burstable/' || {key}) > 0.12
        THEN pick({_PROD_FAMILIES}, 'family/' || {key}) || '.' || pick({_PROD_SIZES}, 'type/' || {key})
        WHEN pick({_DEV_FAMILIES}, 'family/' || {key}) IN ('t3', 't3a')
        THEN pick({_DEV_FAMILIES}, 'family/' || {key}) || '.' || pick({_DEV_SIZES}, 'type/' || {key})
        ELSE pick({_DEV_FAMILIES}, 'family/' || {key}) || '.'
             || pick(['large', 'large', 'xlarge', '2xlarge'], 'type/' || {key}) END"""


def create_machines(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of machines, scaling groups and clusters."""
    _groups(connection)
    _instances(connection)
    _containers(connection)


def _groups(connection: duckdb.DuckDBPyConnection) -> None:
    """Scaling groups of apps and node groups of clusters; ``members`` machines stay, more come and go."""
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_container_clusters AS
        SELECT *, uid(key) AS id, unit || '-' || account_env || '-' || if(i % 3 = 2, 'ecs', 'eks') || '-' || (i + 1)
                   AS name,
               place AS region, born_on AS created_on, NULL::DATE AS deleted_on, {tags()} AS tags,
               if(i % 3 = 2, 'ecs', 'eks') AS orchestrator,
               if(env = 'prod', 4 + floor(chance('nodes/' || key) * 5), 2 + floor(chance('nodes/' || key) * 2))::BIGINT
                   AS desired_nodes,
               if(env = 'prod', pick(['m5.xlarge', 'm5.2xlarge', 'm6i.xlarge', 'r5.xlarge'], 'node/' || key),
                  pick(['m5.large', 't3.xlarge'], 'node/' || key)) AS node_instance_type
        FROM {seats("cluster", 1.3, where="account_env <> 'sandbox'")};
        CREATE TEMP TABLE staged_autoscaling_groups AS
        SELECT *, place AS region, born_on AS created_on, NULL::DATE AS deleted_on, uid(key) AS id,
               unit || '-' || app || '-' || account_env || '-asg' || if(i >= 6, '-' || (i // 6 + 1), '') AS name,
               {tags()} AS tags, {_type()} AS instance_type, NULL::VARCHAR AS cluster_id,
               if(env = 'prod', 2 + floor(chance('members/' || key) * 5),
                   1 + floor(chance('members/' || key) * 2))::BIGINT
                   AS members
        FROM {seats("asg", 3.5, where="account_env <> 'sandbox'")};
        INSERT INTO staged_autoscaling_groups BY NAME
        SELECT * EXCLUDE (id, name, key, desired_nodes, node_instance_type, orchestrator),
               'nodes/' || key AS key, uid('nodes/' || key) AS id, name || '-nodes' AS name,
               node_instance_type AS instance_type, id AS cluster_id, desired_nodes AS members
        FROM staged_container_clusters;
        ALTER TABLE staged_autoscaling_groups ADD COLUMN min_size BIGINT;
        ALTER TABLE staged_autoscaling_groups ADD COLUMN max_size BIGINT;
        ALTER TABLE staged_autoscaling_groups ADD COLUMN desired_capacity BIGINT;
        UPDATE staged_autoscaling_groups
        SET min_size = greatest(1, members // 2), max_size = members * 3, desired_capacity = members;
        """
    )
    publish(connection, "autoscaling_groups")


def _instances(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_instances AS
        SELECT account_id, account_number, unit, account_env, env, project, app, team, cost_center, key, place
            AS region,
               born_on AS created_on, NULL::DATE AS deleted_on, project || '-' || account_env || '-' || (i + 1) AS name,
               if(unit LIKE 'ml%' AND chance('gpu/' || key) < 0.25 OR account_env = 'prod' AND chance('gpu/'
                   || key) < 0.03,
                  pick({_GPU_TYPES}, 'gputype/' || key), {_type()}) AS instance_type,
               NULL::VARCHAR AS autoscaling_group_id, NULL::VARCHAR AS cluster_id, 'on_demand' AS lifecycle,
               NULL::VARCHAR AS schedule
        FROM {seats("machine", 22, least=1)};
        -- A third of the machines outside production sleep at weekends.
        UPDATE staged_instances SET schedule = 'weekdays' WHERE env <> 'prod' AND chance('sleeps/' || key) < 0.33;

        INSERT INTO staged_instances BY NAME
        SELECT account_id, account_number, unit, account_env, env, project, app, team, cost_center, region,
               key || '/' || m AS key, created_on, NULL::DATE AS deleted_on, name || '-' || (m + 1)
                   AS name, instance_type,
               id AS autoscaling_group_id, cluster_id, 'on_demand' AS lifecycle
        FROM (SELECT *, unnest(range(members)) AS m FROM staged_autoscaling_groups);

        -- Scaled out for a few days, some weeks.
        INSERT INTO staged_instances BY NAME
        SELECT account_id, account_number, unit, account_env, env, project, app, team, cost_center, region, key,
               started AS created_on, started + 1 + floor(chance('for/' || key) * 4)::INT AS deleted_on,
               name || '-s' || week AS name, instance_type, id AS autoscaling_group_id, cluster_id,
               'on_demand' AS lifecycle
        FROM (SELECT * REPLACE (key || '/week/' || week AS key),
                     first_day() + 7 * week + floor(chance('day/' || key || week) * 7)::INT AS started
              FROM (SELECT *, unnest(range((last_day() - first_day()) // 7 + 1))::INT AS week
                  FROM staged_autoscaling_groups
                    WHERE env = 'prod'))
        WHERE chance('scaled/' || key) < 0.35 AND started >= created_on AND started <= last_day();

        -- Build runners on spare capacity, and previews of a branch.
        INSERT INTO staged_instances BY NAME
        SELECT account_id, account_number, unit, account_env, if(preview, 'preview', env) AS env, project, app, team,
               cost_center, region, key, day AS created_on,
               day + if(preview, 2, 1) + floor(chance('for/' || key) * if(preview, 4, 1.3))::INT AS deleted_on,
               project || if(preview, '-preview-', '-runner-') || digits(key, 6) AS name,
               if(preview, 't3.medium', pick(['c5.2xlarge', 'c6i.2xlarge', 'm5.2xlarge'], 'spot/' || key))
                   AS instance_type,
               if(preview, 'on_demand', 'spot') AS lifecycle
        FROM (SELECT *, chance('preview/' || key) < 0.08 AS preview, first_day() + day_no AS day
              FROM (SELECT * REPLACE (key || '/day/' || day_no AS key) FROM (
                    SELECT *, unnest(range(last_day() - first_day() + 1))::INT AS day_no FROM
                    (SELECT * EXCLUDE (region), place AS region
                        FROM {seats("runner", 2.5, where="account_env = 'dev'", size="greatest(size * 2, 0.5)")}))))
        WHERE day >= born_on AND day <= last_day() AND (isodow(day) < 6 OR chance('weekend/' || key) < 0.2);

        ALTER TABLE staged_instances ADD COLUMN id VARCHAR;
        ALTER TABLE staged_instances ADD COLUMN instance_id VARCHAR;
        ALTER TABLE staged_instances ADD COLUMN tags VARCHAR;
        ALTER TABLE staged_instances ADD COLUMN provider_attributes VARCHAR;
        ALTER TABLE staged_instances ADD COLUMN launch_time TIMESTAMP;
        ALTER TABLE staged_instances ADD COLUMN state VARCHAR DEFAULT 'running';
        ALTER TABLE staged_instances ADD COLUMN has_gpu BOOLEAN;
        ALTER TABLE staged_instances ADD COLUMN gpu_count BIGINT;
        ALTER TABLE staged_instances ADD COLUMN last_active_at TIMESTAMP;
        ALTER TABLE staged_instances ADD COLUMN optimization_policy VARCHAR;
        UPDATE staged_instances SET
            id = uid('machine/' || key), instance_id = 'i-0' || digits('machine/' || key, 16),
            tags = {tags()},
            provider_attributes = concat('{{"lifecycle":"', lifecycle, '"',
                if(schedule IS NULL, '', concat(',"schedule":"', schedule, '"')),
                if(instance_type LIKE 't3%', ',"credit_mode":"unlimited"', ''),
                concat(',"availability_zone":"', region, pick(['a', 'b', 'c'], 'zone/' || key), '"}}')),
            launch_time = created_on + to_minutes(floor(chance('launched/' || key) * 1000)::INT),
            has_gpu = instance_type LIKE 'g%.%', gpu_count = if(instance_type LIKE 'g%.%', 1, 0),
            last_active_at = as_of() - to_minutes(floor(chance('active/' || key) * 50)::INT),
            optimization_policy = if(chance('policy/' || key) < 0.15, 'recommend_only', 'auto_safe');
        UPDATE staged_instances SET provider_attributes = replace(provider_attributes, '}}',
            concat(',"kubernetes_cluster":"', cluster_id, '"}}')) WHERE cluster_id IS NOT NULL;
        """
    )
    publish(connection, "instances")


def _containers(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        ALTER TABLE staged_container_clusters ADD COLUMN min_nodes BIGINT;
        ALTER TABLE staged_container_clusters ADD COLUMN max_nodes BIGINT;
        ALTER TABLE staged_container_clusters ADD COLUMN provider_attributes VARCHAR;
        UPDATE staged_container_clusters SET min_nodes = greatest(1, desired_nodes // 2), max_nodes = desired_nodes * 3,
            provider_attributes = concat('{"orchestrator":"', orchestrator, '"}');
        CREATE TEMP TABLE staged_container_nodes AS
        SELECT * EXCLUDE (id, provider_attributes), uid('node/' || key) AS id FROM staged_instances
        WHERE cluster_id IS NOT NULL;
        CREATE TEMP TABLE staged_container_services AS
        SELECT c.* EXCLUDE (id, name, key, app), key, uid(key) AS id, c.id AS cluster_id, app,
               unit || '-' || app || '-' || account_env || '-' || digits(key, 4) AS name,
               pick([0.25, 0.5, 0.5, 1.0, 2.0], 'cpu/' || key) AS requested_cpu,
               pick([512, 1024, 1024, 2048, 4096], 'memory/' || key)::BIGINT AS requested_memory_mb,
               if(env = 'prod', 2 + floor(chance('replicas/' || key) * 4), 1)::BIGINT AS replica_count
        FROM (SELECT * REPLACE (key || '/service/' || s AS key, ['api', 'web', 'worker', 'batch', 'events',
            'admin'][1 + s % 6] AS app)
              FROM (SELECT *, unnest(range(desired_nodes * 16)) AS s FROM staged_container_clusters)) c;
        """
    )
    publish(connection, "container_clusters")
    publish(connection, "container_nodes")
    publish(connection, "container_services")
