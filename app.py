"""Starts the workbench: ``streamlit run app.py``.

Streamlit finds ``app`` by reading this file, so it must stay a plain ``app = st.App(...)`` at module level. Without it
Streamlit would serve the scripts of ``pages/`` directly, outside the shell.
"""

from pathlib import Path

import streamlit as st

from workbench.ui import server
from workbench.ui.errors import on_script_error

app = st.App(
    Path(__file__).resolve().parent / "workbench" / "ui" / "shell.py",
    routes=server.routes(),
    middleware=server.middleware(),
    lifespan=server.lifespan,
    on_script_error=on_script_error,
)
