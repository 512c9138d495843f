"""Helpers shared by tests: tiny hand-checkable bills."""
