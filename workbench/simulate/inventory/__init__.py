"""The healthy estate: what the company runs, in the inventory tables as declared, without any waste yet.

Every row follows from the plan's seed and a stable key by hashing, in SQL; there is no loop over resources. Resources
appear and disappear on fixed days, so that a later last day shows the same ones, further on.
"""

from __future__ import annotations

import duckdb

from workbench.simulate.inventory.commitments import create_commitments
from workbench.simulate.inventory.company import create_accounts, create_macros
from workbench.simulate.inventory.databases import create_databases
from workbench.simulate.inventory.machines import create_machines
from workbench.simulate.inventory.network import create_network
from workbench.simulate.inventory.publish import create_plan, tag_resources
from workbench.simulate.inventory.serverless import create_serverless
from workbench.simulate.inventory.storage import create_storage
from workbench.simulate.plan import SimulationPlan

__all__ = ["build_inventory"]


def build_inventory(connection: duckdb.DuckDBPyConnection, plan: SimulationPlan) -> None:
    """Fill the inventory tables of ``connection`` and create ``accounts``, ``resource_plan`` and ``staged_<table>``.

    The connection has the empty inventory tables, the price list (``skus.create_skus``) and the macros of
    ``ground.begin``. Cost columns, metrics and daily use are filled in by later stages.
    """
    create_macros(connection, plan)
    create_accounts(connection, plan)
    create_plan(connection)
    create_machines(connection)
    create_storage(connection)
    create_databases(connection)
    create_network(connection)
    create_serverless(connection)
    create_commitments(connection)
    tag_resources(connection)
