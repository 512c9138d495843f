"""The Streamlit side: shell, header, filter bar, blocks, charts.

Only this room, ``app.py`` and ``pages/`` import Streamlit. Start reading at ``shell.py``, which runs on every rerun;
pages work with ``context.py`` and ``blocks.py``.
"""
