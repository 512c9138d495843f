"""``workbench recommendations``: list, show, decide, plan and annotate; ``intents`` in a module of its own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import intents

if TYPE_CHECKING:
    from decimal import Decimal

    from workbench.workspace import Amount, Recommendation, Workspace

__all__ = ["register"]

_PARTLY, _NOTHING_TO_DO = 3, 4

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
_Ids = Annotated[list[int], typer.Argument(help="Numbers of the recommendations.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        name="recommendations", help="List possible savings, decide on them, say why.", no_args_is_help=True
    )
    group.command("list")(list_recommendations)
    group.command()(show)
    group.command()(decide)
    group.command()(plan)
    group.command()(annotate)
    intents.register(group)
    app.add_typer(group)


def list_recommendations(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that need a decision.")] = False,
    state: Annotated[list[str] | None, typer.Option(help="Only this state; may be given again.")] = None,
    search: Annotated[str, typer.Option(help="Words in resource, name, account, check, title, service or tags.")] = "",
    check: Annotated[str | None, typer.Option(help="Only this check.")] = None,
    account: Annotated[str | None, typer.Option(help="Only this account.")] = None,
    assignee: Annotated[str | None, typer.Option(help="Only those of this person.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only resources with this tag, such as env=dev, exactly.")] = None,
    resource: Annotated[str | None, typer.Option(help="Only this resource, by its id.")] = None,
    min_saving: Annotated[
        str | None, typer.Option(help="Saves at least this a month, in its own currency; known ones only.")
    ] = None,
    intentional: Annotated[bool, typer.Option("--intentional", help="Also those a rule holds back.")] = False,
    order: Annotated[str, typer.Option(help="saving, priority, due or newest first.")] = "saving",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 50,
    json: _Json = False,
    csv: _Csv = False,
) -> None:
    """List recommendations, largest saving first, with the sum of all that match.

    Exit codes: 0 done, 2 wrong usage, 4 there are none.
    """
    import dataclasses
    import sys

    from workbench.cli.console import emit_json, remark
    from workbench.export.rows import csv_text
    from workbench.workspace import Order, Recommendation, RecommendationFilter, State

    _one_format(json, csv)
    wanted = RecommendationFilter(
        needs_decision=waiting,
        states=tuple(_one_of(State, one.replace("-", "_"), "--state") for one in state or ()),
        text=search,
        check_id=check,
        account_id=account,
        assignee=assignee,
        tag=None if tag is None else _tag(tag),
        resource_id=resource,
        saving_at_least=None if min_saving is None else _amount(min_saving),
        intentional=None if intentional else False,
    )
    page = _workspace().recommendations.list(wanted, order=_one_of(Order, order, "--order"), limit=limit)
    if json:
        emit_json(page)
    elif csv:
        columns = [field.name for field in dataclasses.fields(Recommendation)]
        sys.stdout.write(csv_text(columns, ([getattr(row, name) for name in columns] for row in page.rows)))
    elif page.rows:
        _print_rows(page.rows)
        print(_sum_line(page.amounts, len(page.rows), page.total))
    if not page.rows:
        remark("There are no recommendations that match")
        raise typer.Exit(_NOTHING_TO_DO)


def show(id: Annotated[int, typer.Argument(help="Number of the recommendation.")], json: _Json = False) -> None:
    """Show one recommendation with its evidence, its history and what people wrote about it.

    Exit codes: 0 done, 1 there is none with this number.
    """
    from workbench.cli.console import emit_json, print_table, printable
    from workbench.json_text import json_text
    from workbench.workspace import possible
    from workbench.workspace.note_records import Subject

    workspace = _workspace()
    desk = workspace.recommendations
    row, evidence, history = desk.get(id), desk.evidence(id), desk.history(id)
    notes = workspace.annotations.on(Subject.RECOMMENDATION, str(id))
    rule = next((one for one in workspace.intents() if one.id == row.hidden_by), None)
    if json:
        emit_json(
            {
                "recommendation": row,
                "possible": possible(row.state),
                "intentional": rule,
                "evidence": evidence,
                "history": history,
                "annotations": notes,
            }
        )
        return
    _print_rows([row])
    if rule is not None:
        print(printable(f"Intentional until {rule.intent.expires_on}: {rule.intent.reason} ({rule.created_by})"))
    print(f"Possible now: {', '.join(possible(row.state)) or 'nothing'}\n\nEvidence")
    print_table(("Field", "Value"), [(key, _plain(value, json_text)) for key, value in evidence.items()])
    print("History")
    print_table(
        ("UTC", "Who", "Step", "State", "Why"),
        [
            (f"{one.at:%Y-%m-%d %H:%M}", one.actor, one.step, one.after, one.reason or _plain(one.details, json_text))
            for one in history
        ],
    )
    if notes:
        print("Annotations")
        rows = [(one.id, f"{one.updated_at:%Y-%m-%d %H:%M}", one.updated_by, one.annotation.body) for one in notes]
        print_table(("Number", "UTC", "Who", "Text"), rows)


def decide(
    step: Annotated[
        str, typer.Argument(help="approve, reject, snooze, duplicate, start, apply, verify, regress or reopen.")
    ],
    ids: _Ids,
    reason: Annotated[str, typer.Option(help="Why; needed to reject, snooze or regress.")] = "",
    until: Annotated[str | None, typer.Option(help="To snooze: the day it is back, such as 2026-12-01.")] = None,
    of: Annotated[int | None, typer.Option(help="For a duplicate: the number of the one to keep.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    json: _Json = False,
) -> None:
    """Take one decision on several recommendations: on all of them, or on none.

    Exit codes: 0 done, 1 someone else changed one meanwhile, or it is not there: nothing was changed, 2 the decision is
    not possible for one of them, 3 the dry run found some for which it is not possible.
    """
    from workbench.cli.console import emit_json, remark
    from workbench.workspace import Choice, Decision, Step
    from workbench.workspace.lifecycle import PEOPLE

    desk = _workspace().recommendations
    if step not in PEOPLE:
        steps = ", ".join(one for one in Step if one in PEOPLE)
        raise typer.BadParameter(f"{step!r} is none of {steps}", param_hint="STEP")
    decision = Decision(Step(step), reason, _day(until, "--until"), of)
    numbers = list(dict.fromkeys(ids))
    preview = desk.preview(numbers, decision)
    if dry_run:
        if json:
            emit_json(preview)
        else:
            _print_rows(preview.possible)
            print(_sum_line(preview.amounts, len(preview.possible), len(preview.possible)))
            for refused in preview.refused:
                remark(f"{refused.id}: {refused.reason}")
        if preview.refused:
            raise typer.Exit(_PARTLY)
        return
    seen = {row.id: row.version for row in preview.possible}
    # Those it is not possible for go along: the library names the first and refuses all.
    decided = desk.decide([Choice(number, seen.get(number)) for number in numbers], decision)
    if json:
        emit_json(decided)
    else:
        _print_rows(decided)


def plan(
    ids: _Ids,
    assignee: Annotated[str | None, typer.Option(help="Who takes care; an empty text for nobody.")] = None,
    due: Annotated[str | None, typer.Option(help="Until when, such as 2026-12-01; none takes the day away.")] = None,
    priority: Annotated[int | None, typer.Option(min=1, max=3, help="1 high, 2 normal, 3 low.")] = None,
    json: _Json = False,
) -> None:
    """Say who takes care of recommendations, until when and how urgent it is.

    Exit codes: 0 done, 1 there is none with this number, 2 wrong usage.
    """
    from workbench.cli.console import emit_json
    from workbench.workspace import Choice, Edit

    if assignee is None and due is None and priority is None:
        raise typer.BadParameter("give at least one of --assignee, --due, --priority")
    no_due = due == "none"
    edit = Edit(assignee, None if no_due else _day(due, "--due"), no_due, priority)
    planned = _workspace().recommendations.edit([Choice(number, None) for number in dict.fromkeys(ids)], edit)
    if json:
        emit_json(planned)
    else:
        _print_rows(planned)


def annotate(
    id: Annotated[int, typer.Argument(help="Number of the recommendation.")],
    text: Annotated[str, typer.Argument(help="What to write; - reads it from stdin.")],
    json: _Json = False,
) -> None:
    """Write a remark on a recommendation.

    Exit codes: 0 done, 1 there is none with this number.
    """
    import sys

    from workbench.cli.console import emit_json
    from workbench.workspace.note_records import Annotation, Subject

    workspace = _workspace()
    workspace.recommendations.get(id)
    body = sys.stdin.read() if text == "-" else text
    kept = workspace.annotations.add(Annotation(Subject.RECOMMENDATION, body, str(id)))
    if json:
        emit_json(kept)
    else:
        print(f"Annotation {kept.id} on recommendation {id}")


def _workspace() -> Workspace:
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    return Workspace(load_settings())


def _one_format(json: bool, csv: bool) -> None:
    if json and csv:
        raise typer.BadParameter("--json and --csv cannot be given together")


def _one_of(kind: Any, text: str, option: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(kind)}", param_hint=option) from None


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day: write 2026-12-01", param_hint=option) from None


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key.strip() and equals):
        raise typer.BadParameter(f"{text!r} is not a tag: write KEY=VALUE", param_hint="--tag")
    return key.strip(), value.strip()


def _amount(text: str) -> Decimal:
    import re
    from decimal import Decimal

    # Digits alone: an exponent could stand for more of them than there is room for.
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,12})?", text):
        raise typer.BadParameter(f"{text!r} is not an amount: write 12.50", param_hint="--min-saving")
    return Decimal(text)


def _print_rows(rows: Any) -> None:
    from workbench.cli.console import print_table

    print_table(
        ("Number", "Saving a month", "State", "Check", "Account", "Resource", "Title", "Whose", "Due"),
        [_cells(row) for row in rows],
        right=("Number", "Saving a month"),
    )


def _cells(row: Recommendation) -> tuple[object, ...]:
    from workbench.formats import MISSING, money
    from workbench.schema.currencies import minor_units

    saving = MISSING
    if row.saving_expected is not None:
        saving = money(row.saving_expected, row.currency, decimals=minor_units(row.currency))
    state = f"{row.state} until {row.snoozed_until}" if row.snoozed_until else row.state.replace("_", " ")
    if row.hidden_by is not None:
        state = f"{state} (intentional)"
    resource = row.resource_name or row.resource_id
    return (row.id, saving, state, row.check_id, row.account_id, resource, row.title, row.assignee or None, row.due)


def _sum_line(amounts: tuple[Amount, ...], shown: int, total: int) -> str:
    from workbench.formats import count, money, plural
    from workbench.schema.currencies import minor_units

    sums = [
        f"{money(one.saving, one.currency, decimals=minor_units(one.currency))} a month"
        + (f" ({plural(one.count - one.priced, 'more', 'more')} without a price)" if one.count > one.priced else "")
        for one in amounts
        if one.priced
    ]
    # What has no price may have no currency either.
    if rest := sum(one.count for one in amounts if not one.priced):
        sums.append(f"{count(rest)} without a price")
    part = f"{count(shown)} of {count(total)}" if shown < total else count(total)
    # Several checks may name the same money; what is counted once is said by a scan.
    return f"{part}; in all {', '.join(sums)}, each as if alone" if sums else part


def _plain(value: Any, json_text: Any) -> str:
    return value if isinstance(value, str) else "" if value in ({}, None) else json_text(value)
