"""Load balancers, addresses and NAT gateways."""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.publish import publish
from workbench.simulate.inventory.seats import seats, tags

__all__ = ["create_network"]

_COMMON = f"place AS region, born_on AS created_on, NULL::DATE AS deleted_on, {tags()} AS tags, uid(key) AS id"


def create_network(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``load_balancers``, ``elastic_ips`` and ``nat_gateways``.

    An address is on a machine of its account, or on a network load balancer; every region with machines of an
    account that is not a sandbox has a gateway.
    """
    connection.execute(
        f"""
        CREATE TEMP TABLE staged_load_balancers AS
        SELECT *, {_COMMON}, project || '-' || account_env || '-' || digits(key, 4) AS name,
               pick(['application', 'application', 'application', 'network'], 'type/' || key) AS type
        FROM {seats("balancer", 3.6)};
        ALTER TABLE staged_load_balancers ADD COLUMN lb_arn VARCHAR;
        UPDATE staged_load_balancers SET lb_arn = 'arn:aws:elasticloadbalancing:' || region || ':' || account_number
            || ':loadbalancer/' || if(type = 'network', 'net/', 'app/') || name || '/' || digits('arn/' || key, 16);

        CREATE TEMP TABLE staged_nat_gateways AS
        SELECT *, {_COMMON}, 'nat-0' || digits(key, 16) AS nat_gateway_id,
               unit || '-' || account_env || '-nat-' || (i + 1) AS name, 'available' AS state,
               if(chance('policy/' || key) < 0.15, 'recommend_only', 'auto_safe') AS optimization_policy
        FROM {seats("gateway", 1.6, where="account_env <> 'sandbox'", least=1)};

        CREATE TEMP TABLE staged_elastic_ips AS
        WITH machines AS (
            SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY digest('address/' || key)) AS n
            FROM staged_instances WHERE deleted_on IS NULL AND autoscaling_group_id IS NULL),
        balancers AS (
            SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY key) AS n FROM staged_load_balancers
            WHERE type = 'network')
        SELECT account_id, account_number, unit, env, project, app, team, cost_center, region, 'address/' || key AS key,
               created_on, deleted_on, tags, instance_id AS associated_instance_id, NULL::VARCHAR AS associated_lb_arn
        FROM machines WHERE chance('address/' || key) < 0.7
        UNION ALL
        SELECT account_id, account_number, unit, env, project, app, team, cost_center, region, 'address/' || key AS key,
               created_on, deleted_on, tags, NULL, lb_arn
        FROM balancers;
        ALTER TABLE staged_elastic_ips ADD COLUMN id VARCHAR;
        ALTER TABLE staged_elastic_ips ADD COLUMN allocation_id VARCHAR;
        ALTER TABLE staged_elastic_ips ADD COLUMN public_ip VARCHAR;
        ALTER TABLE staged_elastic_ips ADD COLUMN state VARCHAR DEFAULT 'associated';
        ALTER TABLE staged_elastic_ips ADD COLUMN optimization_policy VARCHAR DEFAULT 'auto_safe';
        UPDATE staged_elastic_ips SET id = uid(key), allocation_id = 'eipalloc-0' || digits(key, 16),
            public_ip = concat_ws('.', 198, 18 + floor(chance('b/' || key) * 2)::INT,
                floor(chance('c/' || key) * 256)::INT,
                                  floor(chance('d/' || key) * 256)::INT);
        """
    )
    publish(connection, "load_balancers")
    publish(connection, "nat_gateways")
    publish(connection, "elastic_ips", "public_ip")
