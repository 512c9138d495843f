"""Waste checks: stored SQL with presets, evidence and savings, run over one day's data.

``header`` and ``registry`` read the checks, ``ground`` offers what they share, ``run`` judges, ``price`` puts money to
it, ``trial`` runs a check on hand-made rows. May import ``queries``, ``workspace``, ``snapshot``, ``engines`` and
below.
"""
