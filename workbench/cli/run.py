"""``workbench run``: open the app, with the demo when nothing is loaded yet."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of the app; default: the setting port.", show_default=False),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Build the demo again first, up to yesterday.")] = False,
) -> None:
    """Open the app.

    Starts it on this machine and prints its address; stop it with Ctrl+C. When no bill is loaded, the demo is
    built first.
    """
    import os
    import sys

    from workbench.cli.checks import port_is_free
    from workbench.cli.console import remark
    from workbench.cli.demo import build_demo
    from workbench.errors import BadSetting, StorageError
    from workbench.settings import PROJECT_ROOT, config_file, load_settings
    from workbench.snapshot import SnapshotStore

    settings = load_settings()
    chosen = port or settings.port
    if not (PROJECT_ROOT / "app.py").is_file():
        raise StorageError(
            "The app is not installed here", detail=f"{PROJECT_ROOT / 'app.py'} is missing", hint="Run it from a clone"
        )
    if not port_is_free(chosen):
        raise BadSetting(
            f"Port {chosen} is in use", hint=f"Is the app running already? Else: workbench run --port {chosen + 1}"
        )
    if demo or not SnapshotStore(settings).ids():
        if not demo:
            remark("No bill is loaded yet: building the demo. Load your own with: workbench ingest PATH")
        build_demo(settings)
    print(f"Workbench: http://localhost:{chosen}", flush=True)
    # Streamlit reads its configuration from the current folder, so relative paths must be settled before moving there.
    environment = os.environ | {"WORKBENCH_HOME": str(settings.home), "WORKBENCH_CONFIG": str(config_file())}
    os.chdir(PROJECT_ROOT)
    # Replaces this process: Ctrl+C and signals reach the server itself.
    options = ("--server.port", str(chosen), "--logger.hideWelcomeMessage", "true")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own interpreter with fixed arguments
