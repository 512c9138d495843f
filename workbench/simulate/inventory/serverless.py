"""Functions, log groups, access keys."""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.publish import publish
from workbench.simulate.inventory.seats import seats, tags

__all__ = ["create_serverless"]

_COMMON = f"place AS region, born_on AS created_on, NULL::DATE AS deleted_on, {tags()} AS tags, uid(key) AS id"
_STEPS = "['resize','notify','index','export','audit','route','score','import','clean','price','sync','report']"


def create_serverless(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``lambda_functions``, ``log_groups`` and ``api_clients``; create ``log_levels``.

    ``log_levels``: log group → ``gb`` taken in a day and ``growth`` a year. A healthy group outside production takes in
    less than 10 GB a month.
    """
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_lambda_functions AS
        SELECT *, {_COMMON}, project || '-' || account_env || '-' || pick({_STEPS},
            'step/' || key) || '-' || digits(key, 4)
                   AS name,
               pick([128, 256, 256, 512, 512, 768], 'memory/' || key)::BIGINT AS memory_mb,
               pick([10, 30, 30, 60, 120], 'timeout/' || key)::BIGINT AS timeout_seconds,
               0::BIGINT AS provisioned_concurrency, round(between_(40, 900, 'duration/' || key), 1)
                   AS avg_duration_ms_7d
        FROM {seats("function", 38)};
        CREATE TEMP TABLE staged_log_groups AS
        SELECT *, {_COMMON}, '/' || unit || '/' || account_env || '/' || app || '/' || digits(key, 5) AS name,
               if(env = 'prod', pick([30, 60, 90], 'kept/' || key), pick([7, 14], 'kept/' || key))::BIGINT
                   AS retention_days,
               if(chance('policy/' || key) < 0.15, 'recommend_only', 'auto_safe') AS optimization_policy
        FROM {seats("logs", 20, least=1)};
        CREATE TEMP TABLE log_levels AS
        SELECT id, if(env = 'prod', 0.05 + 6 * pow(chance('gb/' || key), 4), between_(0.01, 0.22, 'gb/' || key)) AS gb,
               between_(0, 0.5, 'growth/' || key) AS growth
        FROM staged_log_groups;
        CREATE TEMP TABLE staged_api_clients AS
        SELECT *, {_COMMON}, project || '-' || pick(['deploy', 'ci', 'backup', 'metrics', 'export'], 'use/' || key)
            AS name,
               'AKIA' || upper(digits('key/' || key, 16)) AS access_key_id, digest('secret/' || key) AS secret_key_hash,
               pick(['["read:*"]', '["read:*","write:metrics"]', '["read:*","write:*"]'], 'scopes/' || key) AS scopes,
               as_of() - to_hours(2 + floor(chance('used/' || key) * 300)::INT) AS last_used_at
        FROM {seats("client", 38)};
        """
    )
    publish(connection, "lambda_functions")
    publish(connection, "log_groups")
    publish(connection, "api_clients")
