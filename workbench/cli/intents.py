"""``workbench recommendations intents``: rules about what is intentional, listed, added and deleted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.workspace import Intent, SavedIntent, Workspace

__all__ = ["register"]

_NOTHING_TO_DO = 4

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        name="intents", help="Say what is on purpose: rules that hold recommendations back.", no_args_is_help=True
    )
    group.command("list")(list_intents)
    group.command()(add)
    group.command()(delete)
    app.add_typer(group)


def list_intents(
    json: _Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """List the rules, also those that have expired, with how many recommendations each holds back today.

    Exit codes: 0 done, 2 wrong usage, 4 there are none.
    """
    import sys

    from workbench.cli.console import emit_json, remark
    from workbench.export.rows import csv_text

    if json and csv:
        raise typer.BadParameter("--json and --csv cannot be given together")
    rules = _workspace().intents()
    if json:
        emit_json(rules)
    elif csv:
        columns = ("id", "kind", "key", "value", "check_id", "expires_on", "hides", "reason", "created_by")
        sys.stdout.write(csv_text(columns, map(_cells, rules)))
    elif rules:
        _print(rules)
    if not rules:
        remark("There are no rules about what is intentional")
        raise typer.Exit(_NOTHING_TO_DO)


def add(
    until: Annotated[str, typer.Option(help="The first day it no longer holds, such as 2027-01-15.")],
    reason: Annotated[str, typer.Option(help="Why; others will read it.")],
    tag: Annotated[str | None, typer.Option(help="Resources with this tag, such as env=dev.")] = None,
    account: Annotated[str | None, typer.Option(help="Everything in this account.")] = None,
    check: Annotated[str | None, typer.Option(help="Only findings of this check.")] = None,
    json: _Json = False,
) -> None:
    """Add a rule by tag or by account: findings like this are on purpose, until that day.

    Exit codes: 0 done, 2 wrong usage.
    """
    from workbench.cli.console import emit_json
    from workbench.formats import plural

    saved = _workspace().save_intent(_intent(tag, account, check, reason, until))
    if json:
        emit_json(saved)
    else:
        print(f"Rule {saved.id} holds back {plural(saved.hides, 'recommendation')} until {saved.intent.expires_on}")


def delete(id: Annotated[int, typer.Argument(help="Number of the rule.")], json: _Json = False) -> None:
    """Take a rule back: what it held back shows again. The audit log keeps the rule.

    Exit codes: 0 done, 1 there is none with this number.
    """
    from workbench.cli.console import emit_json

    _workspace().delete_intent(id, None)
    if json:
        emit_json({"deleted": id})
    else:
        print(f"Deleted rule {id}")


def _intent(tag: str | None, account: str | None, check: str | None, reason: str, until: str) -> Intent:
    from workbench.workspace import Intent, IntentKind

    if (tag is None) == (account is None):
        raise typer.BadParameter("give either --tag or --account")
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise typer.BadParameter(f"{until!r} is not a day: write 2027-01-15", param_hint="--until") from None
    if tag is None:
        return Intent(IntentKind.ACCOUNT, account or "", reason, day, check_id=check)
    key, equals, value = tag.partition("=")
    if not equals:
        raise typer.BadParameter(f"{tag!r} has no value: write env=dev", param_hint="--tag")
    return Intent(IntentKind.TAG, value, reason, day, key, check)


def _workspace() -> Workspace:
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    return Workspace(load_settings())


def _cells(one: SavedIntent) -> tuple[object, ...]:
    said = one.intent
    return (
        one.id, str(said.kind), said.key, said.value, said.check_id, said.expires_on, one.hides, said.reason,
        one.created_by,
    )  # fmt: skip


def _print(rules: tuple[SavedIntent, ...]) -> None:
    from workbench.cli.console import print_table

    rows = [
        (
            one.id,
            f"tag {one.intent.key}={one.intent.value}" if one.intent.key else f"account {one.intent.value}",
            one.intent.check_id or "all",
            one.intent.expires_on,
            one.hides,
            one.intent.reason,
            one.created_by,
        )
        for one in rules
    ]
    print_table(("Number", "What", "Check", "Ends", "Holds back", "Reason", "By"), rows, right=("Number", "Holds back"))
