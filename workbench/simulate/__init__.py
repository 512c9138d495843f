"""A company that does not exist: what it runs, what that costs, what is wasted in it, all from a few numbers.

``simulate`` writes an estate; its files go through the ordinary ingest. The path of a charge line: ``inventory`` (who
runs what) → ``cases`` and ``drift`` (what is wrong with it, what changes) → ``skus`` and ``prices`` → ``streams`` and
``usage_days`` (how much of what a day) → ``coverage`` (commitments) and ``single_lines`` (fees, tax, credits) → ``bill``.
``metrics`` and ``truth`` follow from the same tables. Nothing here reads a wall clock or a random generator: all
variation is a hash of the seed and a name.
"""

from workbench.simulate.build import Simulation, simulate
from workbench.simulate.plan import SimulationPlan, demo_plan

__all__ = ["Simulation", "SimulationPlan", "demo_plan", "simulate"]
