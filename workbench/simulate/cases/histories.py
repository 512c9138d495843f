"""Cases that are a matter of time: previews nobody removed, snapshots kept too long or taken twice.

They change the life of staged resources before these are published, resource by resource by a number drawn from the
seed, never by rank: a longer simulation keeps the past.
"""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.publish import republish

__all__ = ["LONGEST_KEPT", "pick_histories", "stage_histories"]

LONGEST_KEPT = 89
"""Days that some healthy snapshots are kept: just inside the ninety of the check."""
_FORGOTTEN, _QUARTERLY, _TWICE = 0.06, 0.05, 0.02


def stage_histories(connection: duckdb.DuckDBPyConnection) -> None:
    """Change ``staged_instances`` and ``staged_snapshots`` and publish both again."""
    connection.execute(
        f"""
        UPDATE staged_instances SET deleted_on = NULL
        WHERE env = 'preview' AND chance('forgotten/' || key) < {_FORGOTTEN};
        UPDATE staged_snapshots
        SET deleted_on = created_on + {LONGEST_KEPT}, retention_policy = 'quarterly, kept {LONGEST_KEPT} days'
        WHERE deleted_on IS NOT NULL AND chance('quarterly/' || key) < {_QUARTERLY};
        INSERT INTO staged_snapshots BY NAME
        SELECT * REPLACE (key || '/again' AS key, uid('snapshot/' || key || '/again') AS id,
                          'snap-0' || digits('snapshot/' || key || '/again', 16) AS snapshot_id,
                          created_at + INTERVAL 7 HOUR AS created_at, name || '-2' AS name)
        FROM staged_snapshots
        WHERE deleted_on IS NOT NULL AND retention_policy LIKE 'weekly%' AND chance('twice/' || key) < {_TWICE}
        """
    )
    republish(connection, "instances")
    republish(connection, "snapshots")


def pick_histories(connection: duckdb.DuckDBPyConnection) -> None:
    """List in ``picks`` what the histories left on the last day."""
    connection.execute(
        f"""
        INSERT INTO picks
        SELECT 'instance_forgotten_preview', 'instances', id,
               if(launch_time < as_of() - INTERVAL 7 DAY, 'positive', 'near_miss'),
               if(launch_time < as_of() - INTERVAL 7 DAY, 'A preview older than a week', 'A preview of this week'),
               'histories/preview', [], '' FROM instances WHERE env = 'preview' ORDER BY id;
        INSERT INTO picks
        SELECT 'ebs_snapshot_old', 'snapshots', id, 'positive', 'Made by hand months ago and kept',
               'histories/kept', [], '' FROM snapshots
        WHERE created_at < as_of() - INTERVAL 90 DAY ORDER BY id;
        INSERT INTO picks
        SELECT 'ebs_snapshot_old', 'snapshots', id, 'near_miss', 'Kept for {LONGEST_KEPT} days',
               'histories/quarterly', [], '' FROM snapshots
        WHERE retention_policy LIKE 'quarterly%' AND created_at < as_of() - INTERVAL 60 DAY ORDER BY id;
        INSERT INTO picks
        SELECT 'ebs_snapshot_duplicates', 'snapshots', s.id, 'positive', 'A second one of the same volume and day',
               'histories/twice', [], '' FROM snapshots s
        WHERE s.id NOT IN (SELECT id FROM picks) AND EXISTS (
            SELECT 1 FROM snapshots o WHERE o.source_volume_id = s.source_volume_id
              AND o.created_at::DATE = s.created_at::DATE AND o.created_at > s.created_at) ORDER BY id
        """
    )
