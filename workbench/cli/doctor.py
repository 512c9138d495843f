"""``workbench doctor``: is everything in place, and if not, what to do."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Check that everything is in place.

    Looks at the installation, the settings, the disk and the loaded data, and says what to do about each problem.

    Exit codes: 0 all is well or only warnings, 1 something must be fixed.
    """
    from workbench.cli.checks import run_checks
    from workbench.cli.console import emit_json, print_table, printable

    report = run_checks()
    if json:
        emit_json(report)
    else:
        for check in report.checks:
            print(f"{check.status:<5} {check.name:<14} {printable(check.detail)}")
            if check.remedy:
                print(f"{'':<20} → {printable(check.remedy)}")
        if report.settings:
            rows = [(f"WORKBENCH_{each.name.upper()}", each.value or None, each.origin) for each in report.settings]
            print_table(("Setting", "Value", "From"), rows)
    if report.status == "fail":
        raise typer.Exit(1)
