"""The FinOps workbench: bills in, reconciled answers out.

Rooms, top to bottom (a lower room never imports a higher one; import-linter checks it):

==================  ==========================================================================
``cli``, ``ui``     what people touch: the ``workbench`` command, the Streamlit shell
``export``          tables and charts as files, neutralised and with provenance
``ingest``          bills → ``charges``; one file one transaction, quarantine, control totals
``simulate``        deterministic demo bill
``costs``           views, explore, drivers, tie-out: pure questions to an engine
``snapshot``        immutable DuckDB files, rollups, publish, verify, roll back
``engines``         run canonical SQL, return ``pyarrow.Table``
``schema``          the one declaration of every analytics table
foundation          ``settings``, ``log``, ``progress``, ``clock``, ``formats``, ``errors``
==================  ==========================================================================
"""

__version__ = "0.1.0"
__all__ = ["__version__"]
