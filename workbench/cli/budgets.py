"""``workbench budgets``: list, import and delete budgets, and how they stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.costs.budgets import BudgetReading
    from workbench.workspace import Workspace

__all__ = ["register"]

_OVER, _NOTHING_TO_DO = 3, 4

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(name="budgets", help="Plan costs and see how they stand.", no_args_is_help=True)
    group.command("list")(list_budgets)
    group.command("import")(import_budgets)
    group.command()(status)
    group.command()(delete)
    app.add_typer(group)


def list_budgets(
    json: _Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV that `budgets import` reads back.")] = False,
) -> None:
    """List the budgets, newest period first.

    Exit codes: 0 done, 2 wrong usage, 4 there are none.
    """
    import sys

    from workbench.cli.console import emit_json, print_table, remark
    from workbench.export.budget_list import budget_list, period_name

    if json and csv:
        raise typer.BadParameter("--json and --csv cannot be given together")
    budgets = _workspace().budgets.list()
    if json:
        emit_json(budgets)
    elif csv:
        sys.stdout.write(budget_list(one.budget for one in budgets).decode("utf-8-sig"))
    elif budgets:
        rows = [
            (
                one.id,
                period_name(one.budget.period, one.budget.first_day),
                *_scope(one.budget),
                _money(one.budget.amount, one.budget.currency),
                one.budget.basis,
                one.updated_by,
            )
            for one in budgets
        ]
        print_table(("Number", "Period", "For", "Name", "Budget", "Basis", "By"), rows, right=("Number", "Budget"))
    if not budgets:
        remark("There are no budgets. Import some with: workbench budgets import FILE")
        raise typer.Exit(_NOTHING_TO_DO)


def import_budgets(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV. Columns: period (2026-11, 2026-Q4, 2026), amount, currency; optional: scope (all, account,"
            " service, tag), value, key, basis, thresholds, name, note.",
            show_default=False,
        ),
    ],
    json: _Json = False,
) -> None:
    """Add the budgets of a CSV, and change those that are there for the same scope and period.

    Exit codes: 0 done, 1 a row is wrong: nothing was imported, 4 everything was already there.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.errors import BadFile
    from workbench.export.budget_list import parse_budgets
    from workbench.formats import plural

    try:
        content = file.read_bytes()
    except OSError as exc:
        raise BadFile(f"{file} cannot be read", detail=exc.strerror or str(exc)) from exc
    read = parse_budgets(content)
    if read.errors:
        for error in read.errors:
            remark(f"{file.name}: {error}")
        raise BadFile(
            f"{file.name} has {plural(len(read.errors), 'bad value')}, nothing was imported",
            hint="Correct the rows named above and import the file again",
        )
    counts = _workspace().budgets.import_all(read.budgets)
    if json:
        emit_json(counts)
    else:
        print(f"Budgets: {counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged")
    if read.ignored:
        remark("Columns not used: " + ", ".join(read.ignored))
    if not counts.added + counts.changed:
        raise typer.Exit(_NOTHING_TO_DO)


def status(
    all_periods: Annotated[bool, typer.Option("--all", help="Also periods that are over.")] = False,
    json: _Json = False,
) -> None:
    """Compare budgets with the cost so far: every day of a period has the same share.

    Exit codes: 0 done, 3 a budget is exceeded, 4 there are none.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.costs.budgets import read_budgets
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    settings = load_settings()
    budgets = _workspace().budgets.list()
    with open_data(settings) as data:
        if data.notice:
            remark(data.notice)
        readings = [
            one for one in read_budgets(data.engine, budgets) if all_periods or one.status is None or _current(one)
        ]
    if json:
        emit_json([{"id": one.saved.id, "status": one.status, "notes": one.notes} for one in readings])
    elif readings:
        _print(readings)
    for one in readings:
        for note in one.notes:
            remark(f"Budget {one.saved.id}: {note}")
    if not readings:
        remark("There are no budgets for the present period")
        raise typer.Exit(_NOTHING_TO_DO)
    if any(one.status and one.status.state == "over" for one in readings):
        raise typer.Exit(_OVER)


def delete(
    id: Annotated[int, typer.Argument(help="Number of the budget.")],
    json: _Json = False,
) -> None:
    """Take a budget away; the audit log keeps it.

    Exit codes: 0 done, 1 there is none with this number.
    """
    from workbench.cli.console import emit_json

    _workspace().budgets.delete(id, None)
    if json:
        emit_json({"deleted": id})
    else:
        print(f"Deleted budget {id}")


def _workspace() -> Workspace:
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    return Workspace(load_settings())


def _current(reading: BudgetReading) -> bool:
    """Not over: its last day is not among the days with data before the newest one."""
    found = reading.status
    return found is None or found.through is None or found.days_passed < found.days


def _print(readings: list[BudgetReading]) -> None:
    from workbench.cli.console import print_table
    from workbench.export.budget_list import period_name

    rows: list[tuple[object, ...]] = []
    for one in readings:
        budget, found = one.saved.budget, one.status
        head = (one.saved.id, period_name(budget.period, budget.first_day), *_scope(budget))
        amount = _money(budget.amount, budget.currency)
        if found is None:
            rows.append((*head, amount, None, None, None, None, "cannot tell"))
            continue
        used = None if found.used_percent is None else f"{found.used_percent:.1f} %"
        spent, expected = (_money(value, budget.currency) for value in (found.spent, found.expected))
        rows.append((*head, amount, spent, expected, used, f"{found.days_passed} of {found.days}", found.state))
    print_table(
        ("Number", "Period", "For", "Name", "Budget", "Spent", "Share so far", "Used", "Days", "State"),
        rows,
        right=("Number", "Budget", "Spent", "Share so far", "Used", "Days"),
    )


def _scope(budget: Any) -> tuple[str, str | None]:
    words = {"all": "everything", "tag": f"tag {budget.key} = {budget.value}"}
    return words.get(budget.scope, f"{budget.scope} {budget.value}"), budget.name or None


def _money(value: Any, currency: str) -> str:
    from workbench.formats import money
    from workbench.schema.currencies import minor_units

    return money(value, currency, decimals=minor_units(currency))
