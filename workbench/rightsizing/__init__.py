"""Rightsizing of the estate: what each resource needs, which size would do, and what that saves on the bill.

What others use, all of it hashable or frozen::

    options = Options(preset="default", lookback_days=32, allow_arm=False, ...)     # part of cache keys and links
    result = run_rightsizing(engine, load_catalog(home), options, workspace=workspace)
    result.advice         # one Advice a resource: current, proposed, alternatives, levels, window, explanation, ...
    result.totals         # Total by currency: list, today, after expiry, small ones, suppressed ones
    result.looked         # by kind: how many of each finding, what it could not run without
    result.queries        # every statement that read a figure
    result.find("i-…")    # advice on one resource

    facts = read_facts(engine, catalog, options)      # what a run stands on, read once; run_with(facts) decides
    detail(facts, "i-…")                              # the same for one resource, with every size that was rejected
    what_if(facts, "i-…", "m6i.large", options)       # any size tried; options may differ in preset, headroom, window
    series_table(facts, "i-…")                        # its metrics over time, for a chart
    advice_table(result.advice)                       # pyarrow; document(result) for JSON
    accept(workspace, result, advice)                 # an approved recommendation; mark_duplicates(workspace, accepted)

Only ``Advice.counted == "total"`` is in the totals; ``"small"`` is listed apart; ``suppressed_by`` names the action
that counts first. Amounts are a month of 730 hours, each with its currency; ``None`` is not known, never zero.

``read`` reads all that is shared, ``metrics`` and ``demand`` the series; ``hours``, ``fleet`` and ``pool`` have the
bill under its commitments; ``decide`` and ``others`` decide, ``advice`` makes the records, ``run`` puts it together.
The judgement itself is in ``models.rightsizing``.
"""

from workbench.rightsizing.accept import Accepted, accept, mark_duplicates, same_money
from workbench.rightsizing.one import WhatIf, detail, series_table, what_if
from workbench.rightsizing.options import KINDS, Options
from workbench.rightsizing.read import Facts, read_facts
from workbench.rightsizing.records import Advice, Level, Proposal, Rejected, Rightsizing, Size, Suppression, Total
from workbench.rightsizing.run import run_rightsizing, run_with
from workbench.rightsizing.table import advice_table, document

__all__ = [
    "KINDS", "Accepted", "Advice", "Facts", "Level", "Options", "Proposal", "Rejected", "Rightsizing", "Size",
    "Suppression", "Total", "WhatIf", "accept", "advice_table", "detail", "document", "mark_duplicates", "read_facts",
    "run_rightsizing", "run_with", "same_money", "series_table", "what_if",
]  # fmt: skip
