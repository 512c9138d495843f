"""``workbench checks``: list and show checks, ask why, try thresholds, keep custom ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.checks.registry import Check

__all__ = ["register"]

_NOTHING_TO_DO = 4
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Id = Annotated[str, typer.Argument(help="Id of the check, such as ec2_idle.", show_default=False)]
_Preset = Annotated[str, typer.Option(help="cautious, default or aggressive.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        name="checks", help="List waste checks, ask why, try thresholds, keep custom ones.", no_args_is_help=True
    )
    group.command("list")(list_checks)
    group.command()(show)
    group.command()(why)
    group.command()(curve)
    group.command()(replay)
    group.command()(copy)
    group.command()(test)
    group.command()(save)
    group.command()(retire)
    app.add_typer(group)


def list_checks(json: _Json = False) -> None:
    """List all checks, custom ones with their version."""
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.formats import plural

    checks = _all()
    if json:
        emit_json([_document(one) for one in checks])
        return
    print_table(
        ("Check", "Title", "Looks at", "Provider", "Kind", "Risk", "Version"),
        [
            (
                one.id,
                one.title,
                one.facts.resource,
                one.facts.provider,
                one.facts.kind,
                one.facts.risk,
                one.version or None,
            )
            for one in checks
        ],
    )
    remark(plural(len(checks), "check"))


def show(check: _Id, json: _Json = False) -> None:
    """Show a check: rule, thresholds of each preset, saving, remedy, sources and SQL."""
    from workbench.checks.header import PRESETS
    from workbench.cli.console import emit_json, print_table

    found = _one(check)
    if json:
        emit_json({**_document(found), "sql": found.sql})
        return
    facts = found.facts
    print(f"{found.title}\n{found.header.purpose}\nRule: {facts.rule}\nSaving: {facts.saving}")
    print(f"Risk {facts.risk}, effort {facts.effort}, confidence {facts.confidence}. Source: {facts.source}")
    if found.header.parameters:
        print_table(
            ("Parameter", *PRESETS, "Unit", "Meaning"),
            [
                (one.name, *(found.preset(name)[one.name] for name in PRESETS), one.unit or None, one.text)
                for one in found.header.parameters
            ],
        )
    for number, step in enumerate(facts.remedy, start=1):
        print(f"{number}. {step}")
    if facts.cli:
        print(f"Command, never run by the workbench: {facts.cli}")
    print(f"\n{found.sql}")


def why(
    resource: Annotated[str, typer.Argument(help="Id or name of a resource.", show_default=False)],
    account: Annotated[str | None, typer.Option(help="Its account, where the id is in several.")] = None,
    preset: _Preset = "default",
    everything: Annotated[
        bool, typer.Option("--all", help="Also the checks whose rule is about others of its kind.")
    ] = False,
    json: _Json = False,
) -> None:
    """Say for each check that looks at a resource why it flags it, or why not: figures, thresholds, margins.

    Exit codes: 0 done, 2 there is no such resource, 4 no check looks at its kind.
    """
    from workbench.checks.ground import read_ground
    from workbench.checks.why import why as ask
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.formats import plural
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    with open_data(load_settings()) as data:
        answer = ask(read_ground(data.engine), _all(), resource, account=account, preset=_preset(preset))
    if json:
        emit_json(
            {
                "resource": answer.resource_id,
                "name": answer.name,
                "type": answer.resource_type,
                "account": answer.account,
                "excluded": answer.excluded,
                "checks": [
                    {
                        "check": one.check.id,
                        "said": one.said,
                        "reason": one.reason,
                        "rule": one.rule,
                        "figures": one.reasons,
                    }
                    for one in answer.opinions
                ],
            }
        )
    else:
        shown = [one for one in answer.opinions if everything or one.said != "not looked at"]
        print_table(
            ("Check", "Says", "Why"),
            [(one.check.id, one.said, one.reason or _figures(one.reasons)) for one in shown],
        )
        if others := len(answer.opinions) - len(shown):
            remark(f"{plural(others, 'further check')} about others of its kind: --all shows them")
        if answer.excluded:
            remark(f"Nothing is recommended for it. {answer.excluded}")
    if not answer.opinions:
        remark(f"No check looks at {answer.name}")
        raise typer.Exit(_NOTHING_TO_DO)


def curve(
    check: _Id,
    parameter: Annotated[str, typer.Argument(help="Name of a number of it.", show_default=False)],
    preset: _Preset = "default",
    json: _Json = False,
) -> None:
    """Try a threshold: how many findings and dollars a check has over the range of a parameter."""
    from workbench.checks.curve import threshold_curve
    from workbench.checks.ground import read_ground
    from workbench.cli.console import emit_json, print_table
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    settings = load_settings()
    with open_data(settings) as data:
        found = threshold_curve(
            read_ground(data.engine), _one(check), parameter, preset=_preset(preset), basis=settings.basis
        )
    if json:
        emit_json({"check": check, "parameter": parameter, "presets": found.presets, "points": found.points})
        return
    names = {value: name for name, value in found.presets.items()}
    print_table(
        (found.parameter.text, "Preset", "Findings", "Saving a month"),
        [(point.at, names.get(float(str(point.at))), *_point(point)) for point in found.points],
        right=(found.parameter.text, "Findings", "Saving a month"),
    )


def replay(
    check: _Id,
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many weeks back.")] = 12,
    preset: _Preset = "default",
    json: _Json = False,
) -> None:
    """Say what a check would have found on the same weekday of earlier weeks, where the data can tell."""
    from workbench.checks.curve import replay as ask
    from workbench.checks.curve import weeks_back
    from workbench.checks.ground import read_ground
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    settings = load_settings()
    with open_data(settings) as data:
        last: date = read_ground(data.engine).as_of
        found = ask(
            data.engine, _one(check), days=weeks_back(last, weeks), preset=_preset(preset), basis=settings.basis
        )
    if json:
        emit_json({"check": check, "note": found.note, "points": found.points})
        return
    print_table(
        ("Day", "Findings", "Saving a month", "Why not"),
        [(point.at, *_point(point), point.why or None) for point in found.points],
        right=("Findings", "Saving a month"),
    )
    remark(found.note)


def copy(
    check: _Id,
    target: Annotated[Path, typer.Argument(help="File for the SQL; the examples go beside it.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace the files when they are there.")] = False,
) -> None:
    """Write a check and its examples to two files, to start a custom check from.

    Exit codes: 0 done, 2 a file is already there.
    """
    from workbench.checks.registry import CHECKS
    from workbench.export import write_file

    found = _one(check)
    own = _custom().versions(check) if found.version else ()
    sql = own[-1].sql if own else (CHECKS / f"{check}.sql").read_text(encoding="utf-8")
    examples = CHECKS / f"{check}.toml"
    cases = own[-1].cases if own else examples.read_text(encoding="utf-8") if examples.exists() else ""
    for path, text in ((target, sql), (target.with_suffix(".toml"), cases)):
        write_file(path, text.encode(), force=force)
        print(path)


def test(
    sql: Annotated[Path, typer.Argument(help="File with the SQL; examples are beside it.", show_default=False)],
) -> None:
    """Validate a custom check: its SQL, its examples, and a run on the data. The name of the file is its id.

    Exit codes: 0 it could be kept, 1 it could not.
    """
    from workbench.checks.custom import validate
    from workbench.cli.console import print_table, printable

    text, cases = _files(sql)
    found = validate(sql.stem, text, cases, _ground())
    if found.tried:
        print_table(
            ("Example", "Result"), [(one.case.name, "; ".join(one.problems) or "as expected") for one in found.tried]
        )
    if found.judged is not None:
        counts = ", ".join(f"{number} {name}" for name, number in sorted(found.judged.counts.items()))
        print(printable(f"On the data at hand: {found.judged.outcome}{': ' if counts else ''}{counts}"))
    for problem in found.problems:
        print(printable(problem))
    if found.problems:
        raise typer.Exit(1)
    print(f"{sql.stem} can be kept with: workbench checks save {sql}")


def save(
    sql: Annotated[Path, typer.Argument(help="File with the SQL; examples are beside it.", show_default=False)],
) -> None:
    """Keep a custom check as a new version, after validating it. The name of the file is its id.

    Exit codes: 0 done, 1 it is not valid.
    """
    text, cases = _files(sql)
    kept = _custom().save(sql.stem, text, cases, _ground())
    print(f"{kept.id} is kept as version {kept.version}")


def retire(check: _Id) -> None:
    """Stop using a custom check; its versions stay.

    Exit codes: 0 done, 2 there is no such custom check.
    """
    _custom().retire(check)
    print(f"{check} is retired")


def _all() -> tuple[Check, ...]:
    from workbench.checks.custom import all_checks
    from workbench.cli.console import remark
    from workbench.settings import load_settings
    from workbench.workspace import local_principal

    checks, problems = all_checks(load_settings(), local_principal())
    for problem in problems:
        remark(problem)
    return checks


def _one(check: str) -> Check:
    from workbench.checks.registry import find_check

    return find_check(check, _all())


def _custom() -> Any:
    from workbench.checks.custom import CustomChecks
    from workbench.settings import load_settings
    from workbench.workspace import local_principal

    return CustomChecks(load_settings(), local_principal())


def _ground() -> Any:
    """Shared facts of the data at hand; None without data."""
    from workbench.checks.ground import read_ground
    from workbench.cli.console import remark
    from workbench.errors import DataError
    from workbench.postgres import open_data
    from workbench.settings import load_settings

    try:
        return read_ground(open_data(load_settings()).engine)
    except DataError as exc:
        remark(f"It is not run on data. {exc.title}")
        return None


def _files(sql: Path) -> tuple[str, str]:
    from workbench.errors import BadFile

    texts = []
    for path in (sql, sql.with_suffix(".toml")):
        try:
            texts.append(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as exc:
            raise BadFile(f"{path} cannot be read", detail=str(exc)) from exc
    return texts[0], texts[1]


def _preset(text: str) -> Any:
    from workbench.checks.header import PRESETS

    if text not in PRESETS:
        raise typer.BadParameter(f"Write {', '.join(PRESETS)}", param_hint="--preset")
    return text


def _figures(reasons: Any) -> str:
    marks = {True: "met", False: "not met", None: "unknown"}
    return "; ".join(
        f"{one.label} {one.have or '–'} {one.operator} {one.limit}: {marks[one.met]}".replace("  ", " ")
        for one in reasons
    )


def _point(point: Any) -> tuple[object, object]:
    from workbench.formats import money

    savings = " · ".join(money(amount, currency) for currency, amount in sorted(point.saving.items()))
    return point.flagged, savings or None


def _document(check: Check) -> dict[str, Any]:
    from workbench.checks.header import PRESETS

    header, facts = check.header, check.facts
    return {
        "id": check.id,
        "title": check.title,
        "purpose": header.purpose,
        "version": check.version,
        "resource": facts.resource,
        "provider": facts.provider,
        "area": facts.area,
        "rule": facts.rule,
        "saving": facts.saving,
        "kind": facts.kind,
        "risk": facts.risk,
        "effort": facts.effort,
        "restart": facts.restart,
        "reversible": facts.reversible,
        "confidence": facts.confidence,
        "remedy": facts.remedy,
        "command": facts.cli,
        "source": facts.source,
        "history": facts.history,
        "parameters": header.parameters,
        "presets": {name: check.preset(name) for name in PRESETS},
        "evidence": header.columns,
        "requires": header.requires,
    }
