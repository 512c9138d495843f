"""Does ahead of the first visitor what the first page would otherwise wait for: imports, a figure, the snapshot."""

from __future__ import annotations

import importlib
import threading
import time
from decimal import Decimal

from workbench.errors import WorkbenchError
from workbench.log import get_logger
from workbench.settings import load_settings

__all__ = ["start_warming"]

_log = get_logger(__name__)

# What the pages import beyond the shell; pandas, Plotly and SQLAlchemy take most of it.
_MODULES = (
    "workbench.ui.filter_bar",
    "workbench.ui.overview_page",
    "workbench.ui.explore_page",
    "pandas.io.formats.style",
)


def start_warming() -> None:
    """Begin in the background; a failure is logged and left to the first page to report."""
    threading.Thread(target=_warm, name="warm-up", daemon=True).start()


def _warm() -> None:
    started = time.perf_counter()
    try:
        for module in _MODULES:
            importlib.import_module(module)
        _draw_one_figure()
        _open_snapshot()
    except Exception as error:
        _log.warning("warm-up stopped", exc_info=error)
    _log.info("warmed up", seconds=round(time.perf_counter() - started, 2))


def _draw_one_figure() -> None:
    """Plotly loads the parts of a figure when the first one is made."""
    from workbench.ui.charts import LIGHT, sparkline

    sparkline((Decimal(1), Decimal(2)), LIGHT).to_json()


def _open_snapshot() -> None:
    from workbench.ui.source import source_for

    try:
        source_for(load_settings()).get()
    except WorkbenchError as error:
        _log.info("nothing to open yet", reason=error.title)
