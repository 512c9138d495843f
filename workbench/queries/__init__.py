"""Stored SQL: one statement a file under ``queries/``, with a typed header, run on any engine.

``header`` reads the header, ``registry`` finds and checks the files, ``run`` binds parameters and checks the answer,
``free`` lets people who may write a SELECT of their own. May import ``engines``, ``schema`` and the foundation.
"""

from workbench.queries.free import MAX_ROWS, FreeAnswer, check_select, run_free
from workbench.queries.header import Header, OutputColumn, Parameter, parse_header
from workbench.queries.registry import QUERIES, StoredQuery, check_statement, find_query, load_queries
from workbench.queries.run import StoredAnswer, default_values, plan_of, run_stored

__all__ = [
    "MAX_ROWS",
    "QUERIES",
    "FreeAnswer",
    "Header",
    "OutputColumn",
    "Parameter",
    "StoredAnswer",
    "StoredQuery",
    "check_select",
    "check_statement",
    "default_values",
    "find_query",
    "load_queries",
    "parse_header",
    "plan_of",
    "run_free",
    "run_stored",
]
