"""The demo bill: a believable FOCUS 1.2 bill of an invented company, the same for the same last day.

``write_demo_bill`` writes Parquet files that go through the ordinary ingest. The path of a line:
``price_list`` (what costs what) and ``estate`` (who runs what) → ``usage`` (how much a day) → ``lines`` (priced,
covered by commitments) and ``other_charges`` (fees, tax, credits, a correction) → ``focus_file`` (columns) →
``demo_bill``.
Nothing here reads a wall clock or a random generator; ``noise`` derives all variation from names and day numbers.
"""

from workbench.simulate.demo_bill import DemoBill, write_demo_bill

__all__ = ["DemoBill", "write_demo_bill"]
