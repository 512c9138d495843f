"""The Streamlit side: shell, header, filter bar, blocks, charts. Only here, ``app.py`` and ``pages/`` is Streamlit imported."""
