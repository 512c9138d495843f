"""The ``workbench`` command: one module a command group, registered in ``main.py``.

Each group module has a ``register(app: typer.Typer) -> None``. Answers go to stdout, everything else to stderr; with
``--json`` stdout carries exactly one JSON document.
"""
