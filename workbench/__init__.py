"""The FinOps workbench: bills in, reconciled answers out.

Rooms, top to bottom (a lower room never imports a higher one; import-linter checks it):

==================  ==========================================================================
``cli``, ``ui``     what people touch: the ``workbench`` command, the Streamlit shell
``export``          tables and charts as files, neutralised and with provenance
``ingest``          bills → ``charges``; one file one transaction, quarantine, control totals
``simulate``        a company that does not exist: inventory, metrics, bill; the demo
``costs``           views, explore, drivers, tie-out, completeness: pure questions to an engine
``catalog``         machine types, list prices and reserved rates: lookups, updates from AWS
``snapshot``        immutable DuckDB files, rollups, publish, verify, roll back
``workspace``       what people write: expected invoice totals, in SQLite
``engines``         open DuckDB, run canonical SQL, return ``pyarrow.Table``
``schema``          the one declaration of every analytics table
foundation          ``log``, ``settings``, ``progress``, ``clock``, ``formats``, ``json_text``, ``errors``
==================  ==========================================================================

Beside them: ``models`` (pure, without any room of this package), ``data/reference`` (facts about providers, compiled),
``pages`` (one short script a page) and ``app.py`` (the launcher).
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
