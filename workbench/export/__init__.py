"""Tables and charts as files, neutralised against formulas and carrying their provenance.

==============  ===================================================================================
``answers``     ``answer(engine, view, what)``: the questions of the app as plain tables
``provenance``  ``Provenance``: period, basis, currency, filters, queries, snapshot; in every file
``tables``      ``to_table`` and ``to_csv``, ``to_csv_zip``, ``to_xlsx``, ``to_parquet``, ``to_json``
``charts``      ``to_html`` (no network), ``to_image`` (PNG, SVG, PDF through an installed Chromium)
``neutral``     text a spreadsheet must not run; decided by column type
``files``       ``write_file``: whole or not at all
``invoice_list``  expected invoice totals as CSV: the template out, the filled-in list back in
==============  ===================================================================================

Pure functions from an Arrow table or a figure to bytes. May import ``costs`` and what is below it; never Streamlit.
"""

from workbench.export.answers import (
    Answer,
    What,
    answer,
    breakdown_table,
    drivers_answer,
    provenance_of,
    stored_answer,
    stored_provenance,
)
from workbench.export.charts import ImageFormat, find_browser, to_html, to_image
from workbench.export.files import refuse_file, write_file
from workbench.export.neutral import neutralise, restore
from workbench.export.provenance import Provenance
from workbench.export.tables import TABLE_KINDS, to_csv, to_csv_zip, to_json, to_parquet, to_table, to_xlsx

__all__ = [
    "TABLE_KINDS",
    "Answer",
    "ImageFormat",
    "Provenance",
    "What",
    "answer",
    "breakdown_table",
    "drivers_answer",
    "find_browser",
    "neutralise",
    "provenance_of",
    "refuse_file",
    "restore",
    "stored_answer",
    "stored_provenance",
    "to_csv",
    "to_csv_zip",
    "to_html",
    "to_image",
    "to_json",
    "to_parquet",
    "to_table",
    "to_xlsx",
    "write_file",
]
