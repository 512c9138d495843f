"""Immutable DuckDB snapshots: build, roll up, check, publish, verify, roll back, prune.

Start at ``store.py`` (what others use), then ``build.py`` (how a snapshot comes to be) and ``layout.py`` (where its
files are). May import ``engines``, ``schema`` and the foundation.
"""

from workbench.snapshot.build import SnapshotBuild
from workbench.snapshot.files import storage_error
from workbench.snapshot.manifest import Manifest
from workbench.snapshot.store import OpenSnapshot, SnapshotStore
from workbench.snapshot.verify import VerifyReport

__all__ = ["Manifest", "OpenSnapshot", "SnapshotBuild", "SnapshotStore", "VerifyReport", "storage_error"]
