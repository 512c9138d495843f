"""Immutable DuckDB snapshots: build, roll up, check, publish, verify, roll back, prune."""
