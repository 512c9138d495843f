"""Entry point of the ``workbench`` command: registers the command modules and turns errors into calm text.

Exit codes, the same for every command:

====  ======================================================================
0     done
1     failed: nothing was changed
2     wrong usage: an unknown command, option or value
3     partly done: some inputs were refused, the others are in
4     nothing to do: everything given was already there
130   interrupted with Ctrl+C: nothing was changed
====  ======================================================================

Answers go to stdout, everything else to stderr. ``--debug`` shows the traceback that otherwise only goes to the log.
Command modules import what is heavy inside their functions: ``workbench --help`` answers in well under half a second.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from workbench import __version__
from workbench.cli import (
    budgets,
    catalog,
    db,
    demo,
    doctor,
    export,
    ingest,
    notes,
    queries,
    recommendations,
    refresh,
    resources,
    rightsize,
    run,
    scan,
    simulate,
    snapshots,
    tieout,
    views,
    waste,
    workspace,
)
from workbench.errors import WorkbenchError

__all__ = ["build_app", "main"]


@dataclass(slots=True)
class _Session:
    debug: bool = False


def _show_version(asked: bool) -> None:
    if asked:
        print(f"workbench {__version__}")
        raise typer.Exit


def _start(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of unexpected errors.")] = False,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """The analyst's workbench for cloud costs: bills in, reconciled answers out."""
    from workbench.log import configure_logging
    from workbench.settings import load_settings

    context.obj.debug = debug
    # A bad setting must not stop `doctor`, which explains it; every other command meets it again when it loads them.
    try:
        settings = load_settings()
    except WorkbenchError:
        return
    configure_logging(settings, console=False)


def build_app() -> typer.Typer:
    """The Typer application with every command registered."""
    app = typer.Typer(
        name="workbench",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done, 4 nothing to do.",
        callback=_start,
    )
    for module in (
        run,
        ingest,
        refresh,
        snapshots,
        db,
        tieout,
        queries,
        resources,
        scan,
        waste,
        rightsize,
        recommendations,
        notes,
        budgets,
        catalog,
        views,
        workspace,
        export,
        simulate,
        demo,
        doctor,
    ):
        module.register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never raises.

    Args:
        arguments: without the program name; default: those of the process.
    """
    session = _Session()
    try:
        build_app()(args=arguments, prog_name="workbench", obj=session)
        code = 0
    except SystemExit as finished:
        code = finished.code if isinstance(finished.code, int) else 0
        if code == 130:
            print("Interrupted; nothing was changed", file=sys.stderr)
    except WorkbenchError as error:
        code = _report(error, session)
    except Exception as error:
        code = _report_unexpected(error, session)
    return _flushed(code)


def _report(error: WorkbenchError, session: _Session) -> int:
    from workbench.log import get_logger, reference_id

    reference = reference_id()
    get_logger(__name__).warning(
        "command_refused", reference=reference, code=error.code, message=str(error), exc_info=error
    )
    _print_error(error.title, (("Why", error.detail), ("Do", error.hint), ("Reference", reference)))
    if session.debug:
        _print_traceback(error)
    return error.exit_code


def _report_unexpected(error: Exception, session: _Session) -> int:
    from workbench.log import get_logger, reference_id
    from workbench.settings import load_settings

    reference = reference_id()
    get_logger(__name__).error("command_failed", reference=reference, exc_info=error)
    try:
        where = f"The details are in {load_settings().logs_dir / 'workbench.log'}"
    except WorkbenchError:
        where = "Run it again with: workbench --debug"
    _print_error(
        "Something unexpected went wrong",
        (("Why", f"{type(error).__name__}: {error}"), ("Do", where), ("Reference", reference)),
    )
    if session.debug:
        _print_traceback(error)
    return 1


def _print_error(title: str, lines: Sequence[tuple[str, str]]) -> None:
    from workbench.cli.console import printable

    print(f"Error: {printable(title)}", file=sys.stderr)
    for label, text in lines:
        if text:
            print(f"  {label + ':':<11}{printable(text)}", file=sys.stderr)


def _print_traceback(error: Exception) -> None:
    import traceback

    traceback.print_exception(error, file=sys.stderr)


def _flushed(code: int) -> int:
    """``code``, or 1 when whoever read our answer stopped listening (``workbench ... | head``)."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit; give it somewhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
