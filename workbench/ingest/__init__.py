"""Bills in: discover → sniff → recognise → validate → load one delivery per transaction → publish.

``pipeline.py`` is the whole path; ``readers/`` holds one module a format (start at ``readers/base.py``);
``deliveries.py`` says what is loaded and replaced as one; ``survey.py`` is the first pass over a file, ``load.py`` the
second; ``quality.py`` counts the FOCUS rules. May import ``snapshot``, ``engines``, ``schema`` and the foundation.
"""

from workbench.ingest.pipeline import ingest
from workbench.ingest.report import FileResult, LoadReport, RejectedRow

__all__ = ["FileResult", "LoadReport", "RejectedRow", "ingest"]
