"""``workbench tieout``: does the bill match the invoices?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.costs.tieout import TieOut, TieOutRow
    from workbench.settings import Settings

__all__ = ["register"]

_TO_MATCH = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(tieout)


def tieout(
    expected: Annotated[
        Path | None,
        typer.Option(
            help="CSV of invoice totals, saved before comparing. Columns: billing_month, currency, amount; optional:"
            " invoice_issuer, invoice_id, billing_account_id, includes_tax, note.",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print a CSV of the bill's amounts, to fill in the invoice totals.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare the bill with the invoice totals that were entered, month by month.

    A month matches when the sum of billed cost differs from the invoice by no more than rounding explains (FOCUS:
    the larger of 100 cents and half a cent times the square root of the number of charge lines). Tax is left out
    unless the expected total includes it. Filters never apply.

    Exit codes: 0 everything matches, 1 failed, 2 wrong usage, 3 something differs or has not been checked.
    """
    import sys

    from workbench import clock
    from workbench.cli.console import emit_json, remark
    from workbench.costs.tieout import headline, tie_out
    from workbench.export.invoice_list import template as filled_in
    from workbench.postgres import open_data
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    if template and json:
        raise typer.BadParameter("--template and --json cannot be given together")
    settings = load_settings()
    with open_data(settings) as snapshot:
        if snapshot.notice:
            remark(snapshot.notice)
        if expected is not None:
            _import(expected, settings, tuple(snapshot.manifest.currencies))
        invoices = [saved.invoice for saved in Workspace(settings).expected_invoices()]
        result = tie_out(snapshot.engine, invoices, clock.now())
    if template:
        sys.stdout.write(filled_in(result.lines, invoices).decode("utf-8-sig"))
        return
    if json:
        emit_json(_document(result, snapshot.manifest.id))
    else:
        _print(result)
        print(headline(result))
    if not result.matched:
        raise typer.Exit(_TO_MATCH)


def _import(path: Path, settings: Settings, currencies: tuple[str, ...]) -> None:
    """Save the invoices of a CSV, or refuse the file with every bad row."""
    from workbench.cli.console import remark
    from workbench.errors import BadFile
    from workbench.export.invoice_list import parse_expected
    from workbench.formats import plural
    from workbench.workspace import Workspace

    try:
        content = path.read_bytes()
    except OSError as exc:
        raise BadFile(f"{path} cannot be read", detail=exc.strerror or str(exc)) from exc
    read = parse_expected(content, currencies=currencies)
    if read.errors:
        for error in read.errors:
            remark(f"{path.name}: {error}")
        raise BadFile(
            f"{path.name} has {plural(len(read.errors), 'bad value')}, nothing was imported",
            hint="Correct the rows named above and import the file again",
        )
    counts = Workspace(settings).import_invoices(read.invoices)
    blank = f", {plural(read.blank, 'row')} without an amount left out" if read.blank else ""
    remark(f"Expected totals: {counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged{blank}")
    if read.ignored:
        remark("Columns not used: " + ", ".join(read.ignored))


def _document(result: TieOut, snapshot_id: str) -> dict[str, Any]:
    from workbench.costs.tieout import headline

    return {
        "snapshot": snapshot_id,
        "matched": result.matched,
        "headline": headline(result),
        "months": [
            {
                "billing_month": f"{month.billing_month:%Y-%m}",
                "currency": month.currency,
                "billed": month.billed,
                "tax": month.tax,
                "state": month.state.value,
            }
            for month in result.months
        ],
        "invoices": [_row_document(row) for row in result.rows],
    }


def _row_document(row: TieOutRow) -> dict[str, Any]:
    return {
        "billing_month": f"{row.billing_month:%Y-%m}",
        "currency": row.currency,
        "invoice_issuer": row.invoice_issuer,
        "invoice_id": row.invoice_id,
        "billing_account_id": row.billing_account_id,
        "billed": row.billed,
        "tax": row.tax,
        "rows": row.rows,
        "expected": row.expected,
        "includes_tax": row.includes_tax,
        "difference": row.difference,
        "tolerance": row.tolerance,
        "state": row.state.value,
        "remark": row.remark,
    }


def _print(result: TieOut) -> None:
    from workbench.cli.console import print_table
    from workbench.formats import MISSING, count, money
    from workbench.schema.currencies import minor_units

    def amount(row: TieOutRow, value: Any, *, signed: bool = False) -> str:
        return (
            MISSING if value is None else money(value, row.currency, decimals=minor_units(row.currency), signed=signed)
        )

    print_table(
        ("Month", "Issuer", "Invoice", "Account", "Rows", "Billed", "Tax", "Expected", "Difference", "Within", "State"),
        [
            (
                f"{row.billing_month:%Y-%m}",
                *row.scope,
                count(row.rows),
                amount(row, row.billed),
                amount(row, row.tax),
                amount(row, row.expected),
                amount(row, row.difference, signed=True),
                amount(row, row.tolerance),
                f"{row.state.value}. {row.remark}" if row.remark else row.state.value,
            )
            for row in result.rows
        ],
        right=("Rows", "Billed", "Tax", "Expected", "Difference", "Within"),
    )
