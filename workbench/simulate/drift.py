"""The estate moves: machines are stopped and resized, volumes detached, addresses released, settings changed.

Every change has its day from the start: the resources of a kind are ranked by a number drawn from the seed and their
id, and change one after the other, a fixed number of days apart. A simulation applies the changes up to its last day,
so that a longer one repeats the past and adds to it. ``resource_change_events`` lists what was applied.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from workbench.schema.ddl import duckdb_type
from workbench.schema.inventory import inventory_table
from workbench.schema.model import literal, quote
from workbench.simulate.cases.kit import unchosen
from workbench.simulate.ground import RESOURCE_ID

__all__ = ["CHANGES", "Change", "apply_drift", "write_change_events"]


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change: ``fields`` maps columns of ``table`` to their new value, an SQL expression over ``r``.

    ``first`` is the day of the first change after the first simulated day, ``every`` the days between two changes in
    an estate with up to ``per`` such resources; a larger one changes more at a time. ``share`` of them ever change.
    ``check`` is the check that reports the resource afterwards (none: a change that wastes nothing). ``stops``: it has
    no metrics from then on.
    """

    name: str
    table: str
    fields: dict[str, str]
    eligible: str
    first: int
    every: int
    per: int = 400
    share: float = 0.125
    check: str = ""
    also: tuple[str, ...] = ()
    why: str = ""
    stops: bool = False


_ALONE = (
    "r.state = 'running' AND r.autoscaling_group_id IS NULL AND NOT coalesce(r.has_gpu, FALSE)"
    " AND json_extract_string(r.provider_attributes, '$.schedule') IS NULL"
)
_NEXT_SIZE = (
    "split_part(r.instance_type, '.', 1) || '.' || CASE split_part(r.instance_type, '.', 2)"
    " WHEN 'large' THEN 'xlarge' WHEN 'xlarge' THEN '2xlarge' ELSE '4xlarge' END"
)
_STOP = Change(
    "stop", "instances", {"state": "'stopped'"}, _ALONE, first=12, every=9,
    check="ec2_stopped_storage", why="Stopped, its volumes are still paid for", stops=True,
)  # fmt: skip
CHANGES: tuple[Change, ...] = (
    _STOP,
    Change(
        "grow", "instances", {"instance_type": _NEXT_SIZE},
        f"{_ALONE} AND split_part(r.instance_type, '.', 2) IN ('large', 'xlarge', '2xlarge')", first=15, every=7,
    ),
    Change(
        "detach", "volumes", {"state": "'available'", "attached_instance_id": "NULL"},
        "r.state = 'in-use' AND r.attached_instance_id IN (SELECT i.instance_id FROM instances i"
        " WHERE i.state = 'running')",
        first=18, every=8, check="ebs_unattached", why="Detached and left behind", stops=True,
    ),
    Change(
        "release", "elastic_ips",
        {"state": "'unassociated'", "associated_instance_id": "NULL", "associated_lb_arn": "NULL"},
        "r.state = 'associated'", first=14, every=16, per=100, check="eip_unattached", why="Its machine is gone",
    ),
    Change(
        "stop", "rds_instances", {"state": "'stopped'"}, "r.state = 'available'", first=20, every=30, per=150,
        check="rds_stopped", why="Stopped, its storage is still paid for", stops=True,
    ),
    Change(
        "stop", "container_nodes", {"state": "'stopped'"},
        "r.state = 'running' AND (SELECT c.desired_nodes FROM container_clusters c WHERE c.id = r.cluster_id) > 3",
        first=16, every=18, per=300, share=0.07, check="k8s_node_stopped", why="Stopped while its cluster works on",
        stops=True,
    ),
    Change(
        "keep", "log_groups", {"retention_days": "NULL"}, "r.retention_days IS NOT NULL", first=22, every=20, per=150,
        check="log_no_retention", why="Its retention was removed",
    ),
    Change(
        "widen", "autoscaling_groups", {"max_size": "max_size + 2"}, "r.min_size >= 1", first=22, every=20, per=150,
    ),
    Change(
        "longer", "lambda_functions", {"timeout_seconds": "timeout_seconds * 2"}, "r.timeout_seconds < 300",
        first=13, every=11, per=200,
    ),
)  # fmt: skip


def apply_drift(connection: duckdb.DuckDBPyConnection) -> None:
    """Create work table ``drift`` and apply it to the inventory; needs the macros and ``picks`` of ``cases.kit``.

    Resources whose change is yet to come are reserved in ``picks`` with the role ``scheduled``.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE drift (
            change VARCHAR, resource_type VARCHAR, id VARCHAR, resource_id VARCHAR, field_name VARCHAR,
            old_value VARCHAR, new_value VARCHAR, changed_on DATE)
        """
    )
    for change in CHANGES:
        _schedule(connection, change)
        _apply(connection, change)
        if change.table == "container_nodes":
            connection.execute(
                """
                CREATE OR REPLACE TEMP TABLE scheduled AS
                SELECT i.id, s.changed_on FROM scheduled s JOIN container_nodes n USING (id) JOIN instances i
                  ON i.instance_id = n.instance_id
                """
            )
            _enlist(connection, _STOP)
            _apply(connection, _STOP)
        if change.name == "stop" and change.table in ("instances", "container_nodes"):
            _rest_volumes(connection)
    connection.execute(
        """
        UPDATE volumes AS v SET last_used_at = d.changed_on + INTERVAL 12 HOUR FROM drift d
        WHERE d.resource_type = 'volumes' AND d.id = v.id AND d.field_name = 'state';
        UPDATE picks AS p SET also = ['ebs_stale'] FROM drift d
        WHERE p.resource_type = 'volumes' AND p.pick = 'drift/volumes/detach' AND d.id = p.id
          AND d.changed_on <= last_day() - 30
        """
    )


def _schedule(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    name = f"drift/{change.table}/{change.name}"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE scheduled AS
        WITH ranked AS (
            SELECT r.id, row_number() OVER (ORDER BY chance({literal(name)} || r.id), r.id) - 1 AS place,
                   count(*) OVER () AS n
            FROM {quote(change.table)} r
            JOIN resource_plan p ON p.id = r.id AND p.resource_type = {literal(change.table)}
            WHERE ({change.eligible}) AND {unchosen(change.table)}
              AND p.created_on <= first_day() AND p.deleted_on IS NULL)
        SELECT id, (first_day() + {change.first} + (place * {change.every} // ceil(n / {change.per}.0))::INTEGER)::DATE
                   AS changed_on
        FROM ranked WHERE place < n * {change.share}
        """
    )
    _enlist(connection, change)


def _enlist(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    connection.execute(
        """
        INSERT INTO picks
        SELECT ?, ?, id, CASE WHEN changed_on > last_day() THEN 'scheduled' WHEN ? <> '' THEN 'positive'
                              ELSE 'changed' END, ?, ?, ?, '' FROM scheduled ORDER BY changed_on, id
        """,
        [
            change.check,
            change.table,
            change.check,
            change.why,
            f"drift/{change.table}/{change.name}",
            list(change.also),
        ],
    )


def _rest_volumes(connection: duckdb.DuckDBPyConnection) -> None:
    """The volumes of machines that stop, now or later: unused from that day, and in no other case."""
    connection.execute(
        """
        INSERT INTO picks
        SELECT 'ebs_on_stopped_instance', 'volumes', v.id, if(s.changed_on > last_day(), 'scheduled', 'positive'),
               'Its machine is stopped', 'drift/volumes/rest',
               list_filter([if(s.changed_on <= last_day() - 30, 'ebs_stale', NULL),
                            if(s.changed_on <= last_day() - 29, 'ebs_low_usage', NULL)], lambda x: x IS NOT NULL), ''
        FROM scheduled s JOIN instances i USING (id) JOIN volumes v ON v.attached_instance_id = i.instance_id
        WHERE v.state = 'in-use' ORDER BY v.id;
        UPDATE volumes AS v SET last_used_at = s.changed_on + INTERVAL 12 HOUR
        FROM scheduled s JOIN instances i USING (id)
        WHERE v.attached_instance_id = i.instance_id AND s.changed_on <= last_day();
        UPDATE profiles AS p SET quiet_on = s.changed_on
        FROM scheduled s JOIN instances i USING (id) JOIN volumes v ON v.attached_instance_id = i.instance_id
        WHERE p.resource_type = 'volumes' AND p.id = v.id AND s.changed_on <= last_day()
        """
    )


def _apply(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    table = quote(change.table)
    for field, value in change.fields.items():
        kind = duckdb_type(inventory_table(change.table).column(field).kind)
        connection.execute(
            f"""
            INSERT INTO drift
            SELECT {literal(change.name)}, {literal(change.table)}, r.id, r.{quote(RESOURCE_ID[change.table])},
                   {literal(field)}, r.{quote(field)}::VARCHAR, ({value})::{kind}::VARCHAR, s.changed_on
            FROM {table} r JOIN scheduled s USING (id)
            WHERE s.changed_on <= last_day() AND r.{quote(field)} IS DISTINCT FROM ({value})::{kind}
            """
        )
        connection.execute(
            f"""
            UPDATE {table} AS r SET {quote(field)} = d.new_value::{kind} FROM drift d
            WHERE d.resource_type = {literal(change.table)} AND d.id = r.id AND d.change = {literal(change.name)}
              AND d.field_name = {literal(field)}
            """
        )
    if change.stops:
        connection.execute(
            """
            UPDATE profiles AS p SET ends_on = s.changed_on - 1 FROM scheduled s
            WHERE p.resource_type = ? AND p.id = s.id AND s.changed_on <= last_day()
            """,
            [change.table],
        )


def write_change_events(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill ``resource_change_events`` from ``drift``: what changed up to the last day, oldest first."""
    connection.execute("DELETE FROM resource_change_events")
    connection.execute(
        """
        INSERT INTO resource_change_events BY NAME
        SELECT 'evt-' || substr(md5(d.resource_type || d.id || d.field_name || d.changed_on), 1, 24) AS id,
               p.account_id, d.resource_type, d.resource_id, 'drift_engine' AS change_source, d.field_name,
               d.old_value, d.new_value,
               d.changed_on + to_minutes(between_(420, 1080, d.id || d.changed_on)::INT) AS changed_at,
               'AWS' AS provider
        FROM drift d JOIN resource_plan p ON p.id = d.id AND p.resource_type = d.resource_type
        ORDER BY changed_at, d.resource_type, d.id, d.field_name
        """
    )
