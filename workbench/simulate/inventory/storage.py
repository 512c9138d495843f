"""Volumes of machines, their snapshots, buckets."""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.publish import publish
from workbench.simulate.inventory.seats import seats, tags

__all__ = ["create_storage"]

SNAPSHOT_DAYS = 35
"""A weekly snapshot is kept so long: five are there at any time."""


def create_storage(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``volumes``, ``snapshots`` and ``s3_buckets``; create ``bucket_levels``.

    ``bucket_levels``: bucket → ``gb`` stored on the first day, ``growth`` a year, ``ia_share`` and ``glacier_share`` of
    it in the colder tiers, ``requests`` a day. A healthy bucket is read often: more than ten requests a GB a month.
    """
    _volumes(connection)
    _snapshots(connection)
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_s3_buckets AS
        SELECT *, uid(key) AS id, place AS region, born_on AS created_on, NULL::DATE AS deleted_on, {tags()} AS tags,
               project || '-' || account_env || '-' || pick(['assets', 'exports', 'backups', 'uploads', 'lake',
                   'reports'],
                   'kind/' || key) || '-' || digits(key, 6) AS name,
               '{{"Rules":[{{"ID":"tiering","Status":"Enabled","Transitions":[{{"Days":90,"StorageClass":'
               || '"STANDARD_IA"}},{{"Days":180,"StorageClass":"GLACIER"}}],"Expiration":{{"Days":730}}}}]}}'
                   AS lifecycle_policy,
               if(chance('policy/' || key) < 0.15, 'recommend_only', 'auto_safe') AS optimization_policy
        FROM {seats("bucket", 10, least=1)};
        CREATE TEMP TABLE bucket_levels AS
        SELECT id, gb, between_(-0.05, 0.6, 'growth/' || key) AS growth,
               if(chance('ia/' || key) < 0.5, between_(0.05, 0.4, 'ias/' || key), 0) AS ia_share,
               if(chance('glacier/' || key) < 0.3, between_(0.05, 0.4, 'glaciers/' || key), 0) AS glacier_share,
               gb * between_(20, 900, 'requests/' || key) AS requests
        FROM (SELECT id, key, if(env = 'prod', 10 + 6000 * pow(chance('gb/' || key), 4), 2 + 300 * chance('gb/' || key))
                     AS gb FROM staged_s3_buckets)
        """
    )
    publish(connection, "s3_buckets")


def _volumes(connection: duckdb.DuckDBPyConnection) -> None:
    """A root volume for every machine that stays, a data volume for two in five."""
    connection.execute(
        """
        CREATE TEMP TABLE staged_volumes AS
        SELECT account_id, account_number, unit, env, project, app, team, cost_center, region, created_on, deleted_on,
            tags,
               disk || '/' || key AS key, uid(disk || '/' || key) AS id, 'vol-0' || digits(disk || '/' || key, 16)
                   AS volume_id,
               name || if(disk = 'root', '-root', '-data') AS name, disk,
               if(disk = 'root', pick([20, 30, 50, 80, 100], 'size/' || key), if(env = 'prod',
                  pick([100, 200, 300, 500, 500, 1000], 'sized/' || key), pick([50, 100, 200],
                      'sized/' || key)))::BIGINT
                   AS size_gib,
               CASE WHEN chance('gp2/' || disk || key) < 0.14 THEN 'gp2'
                    WHEN disk = 'data' AND chance('st1/' || key) < 0.04 THEN 'st1' ELSE 'gp3' END AS volume_type,
               'in-use' AS state, instance_id AS attached_instance_id, last_active_at AS last_used_at
        FROM (SELECT *, unnest(if(chance('disk/' || key) < 0.4, ['root', 'data'], ['root'])) AS disk
              FROM staged_instances WHERE deleted_on IS NULL);
        UPDATE staged_volumes SET size_gib = greatest(size_gib, 500) WHERE volume_type = 'st1'
        """
    )
    publish(connection, "volumes")


def _snapshots(connection: duckdb.DuckDBPyConnection) -> None:
    """Weekly snapshots of two data volumes in five, and single ones that somebody made by hand and kept."""
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_snapshots AS
        SELECT v.* EXCLUDE (id, key, created_on, deleted_on, name), key, made AS created_on,
               (made + {SNAPSHOT_DAYS})::DATE AS deleted_on, 'weekly, kept {SNAPSHOT_DAYS} days' AS retention_policy,
               made + to_minutes(120 + floor(chance('minute/' || key) * 120)::INT) AS created_at,
               v.name || '-' || strftime(made, '%Y%m%d') AS name
        FROM (SELECT * REPLACE (key || '/week/' || week AS key), first_day() + 7 * week + weekday AS made
              FROM (SELECT *, floor(chance('weekday/' || key) * 7)::INT AS weekday,
                           unnest(range(-{SNAPSHOT_DAYS // 7}, (last_day() - first_day()) // 7 + 1))::INT AS week
                    FROM staged_volumes WHERE disk = 'data' AND chance('backup/' || key) < 0.4)) v
        WHERE made BETWEEN v.created_on AND last_day();
        INSERT INTO staged_snapshots BY NAME
        SELECT v.* EXCLUDE (id, key, created_on, deleted_on, name), 'kept/' || key AS key, made AS created_on,
               NULL::DATE AS deleted_on, 'none' AS retention_policy, made + INTERVAL 10 HOUR AS created_at,
               v.name || '-before-upgrade' AS name
        FROM (SELECT *, greatest(created_on, first_day() - 1 - floor(300 * chance('kept/' || key))::INT) AS made
              FROM staged_volumes WHERE disk = 'data' AND chance('hand/' || key) < 0.08) v
        WHERE made <= last_day();
        ALTER TABLE staged_snapshots ADD COLUMN id VARCHAR;
        ALTER TABLE staged_snapshots ADD COLUMN snapshot_id VARCHAR;
        ALTER TABLE staged_snapshots RENAME COLUMN volume_id TO source_volume_id;
        UPDATE staged_snapshots SET id = uid('snapshot/' || key), snapshot_id = 'snap-0' || digits('snapshot/' || key,
            16);
        """
    )
    publish(connection, "snapshots")
