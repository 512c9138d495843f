"""Databases, caches, managed services and streams."""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.publish import publish
from workbench.simulate.inventory.seats import seats, tags

__all__ = ["create_databases"]

_COMMON = f"place AS region, born_on AS created_on, NULL::DATE AS deleted_on, {tags()} AS tags, uid(key) AS id"


def create_databases(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``rds_instances``, ``cache_clusters``, ``managed_services`` and ``streaming_clusters``."""
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_rds_instances AS
        SELECT *, {_COMMON}, project || '-' || account_env || '-db-' || digits(key, 4) AS db_instance_id,
               pick(['postgres', 'postgres', 'postgres', 'mysql', 'mariadb'], 'engine/' || key) AS engine,
               if(env = 'prod', pick(['db.r5', 'db.r5', 'db.r6g', 'db.m5', 'db.m6g'], 'family/' || key) || '.'
                      || pick(['large', 'large', 'xlarge', 'xlarge', '2xlarge'], 'class/' || key),
                  pick(['db.t3.medium', 'db.t3.large', 'db.m5.large', 'db.m5.xlarge'], 'class/' || key))
                      AS instance_class,
               pick(if(env = 'prod', [200, 300, 500, 1000, 2000], [50, 100, 200]), 'storage/' || key)::BIGINT
                   AS allocated_storage_gib,
               'available' AS state,
               concat('{{"multi_az":', if(env = 'prod' AND chance('az/' || key) < 0.55, 'true', 'false'),
                      ',"storage_type":"gp3"}}') AS provider_attributes,
               if(chance('policy/' || key) < 0.15, 'recommend_only', 'auto_safe') AS optimization_policy
        FROM {seats("database", 4.5)};
        CREATE TEMP TABLE staged_cache_clusters AS
        SELECT *, {_COMMON}, project || '-' || account_env || '-cache-' || digits(key, 4) AS cluster_id,
               pick(['redis', 'redis', 'valkey', 'memcached'], 'engine/' || key) AS engine,
               if(env = 'prod', pick(['cache.r6g.large', 'cache.r6g.large', 'cache.r6g.xlarge', 'cache.m6g.large'],
                      'node/' || key), pick(['cache.t4g.medium', 'cache.t4g.small'], 'node/' || key)) AS node_type,
               if(env = 'prod', 1 + floor(chance('nodes/' || key) * 3), 1)::BIGINT AS num_nodes
        FROM {seats("cache", 2.2)};
        CREATE TEMP TABLE staged_managed_services AS
        SELECT *, {_COMMON}, service_type || '-' || project || '-' || digits(key, 4) AS name,
               CASE service_type
                    WHEN 'opensearch' THEN if(env = 'prod', pick(['r6g.large.search', 'm6g.large.search',
                        'r6g.xlarge.search'], 'node/' || key), 'm6g.large.search')
                    WHEN 'sagemaker' THEN pick(['ml.m5.xlarge', 'ml.m5.2xlarge', 'ml.g4dn.xlarge'], 'node/' || key)
                    WHEN 'redshift' THEN pick(['ra3.xlplus', 'ra3.4xlarge'], 'node/' || key)
                    WHEN 'documentdb' THEN pick(['db.r5.large', 'db.r6g.large'], 'node/' || key)
                    ELSE pick(['mq.m5.large', 'mq.m5.xlarge'], 'node/' || key) END AS instance_type,
               if(env = 'prod', pick([1, 2, 2, 3], 'nodes/' || key), 1)::BIGINT AS node_count
        FROM (SELECT *, pick(['opensearch', 'opensearch', 'sagemaker', 'redshift', 'documentdb', 'mq'], 'kind/' || key)
                     AS service_type FROM {seats("managed", 1.6, where="account_env <> 'sandbox'")});
        CREATE TEMP TABLE staged_streaming_clusters AS
        SELECT *, {_COMMON}, unit || '-' || account_env || '-' || engine || '-' || digits(key, 4) AS name,
               if(engine = 'msk', 3, 2 + floor(chance('shards/' || key) * 7))::BIGINT AS shard_count,
               pick([24, 24, 48, 72], 'kept/' || key)::BIGINT AS retention_hours,
               if(engine = 'msk', 3 * 25.0, 2 + floor(chance('shards/' || key) * 7)) AS provisioned_throughput_mbps
        FROM (SELECT *, if(chance('engine/' || key) < 0.6, 'kinesis', 'msk') AS engine
              FROM {seats("stream", 1.3, where="account_env <> 'sandbox'")});
        """
    )
    publish(connection, "rds_instances", "db_instance_id")
    publish(connection, "cache_clusters", "cluster_id")
    publish(connection, "managed_services")
    publish(connection, "streaming_clusters")
