"""Fixtures of the tests of rightsizing."""

import pyarrow as pa
import pytest

from tests.support.bills import insert_charges
from tests.support.few_machines import ACCOUNT
from tests.support.inventory import insert_rows
from workbench.snapshot import SnapshotStore


@pytest.fixture
def opened(settings):
    """Opens a snapshot of these lines and rows; closed after the test."""
    held = []

    def make(charges, *, resource_metrics=(), **tables):
        tables.setdefault("cloud_accounts", [ACCOUNT])
        store = SnapshotStore(settings)
        with store.build(fresh=True) as build:
            insert_charges(build.connection, charges)
            insert_rows(build.connection, tables)
            if resource_metrics:
                build.connection.register("measured", pa.Table.from_pylist(resource_metrics))
                build.connection.execute("INSERT INTO resource_metrics BY NAME SELECT * FROM measured")
                build.connection.unregister("measured")
            build.publish(note="test")
        held.append(store.open())
        return held[-1]

    yield make
    for one in held:
        one.close()
