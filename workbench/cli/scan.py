"""``workbench scan``: run the waste checks; ``workbench scans``: what earlier runs found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.checks.registry import Check
    from workbench.checks.scan import Found, ScanResult

__all__ = ["register"]

_PARTLY, _NOTHING_TO_DO = 3, 4
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(scan)
    group = typer.Typer(name="scans", help="List recorded scans, show one, compare two.", no_args_is_help=True)
    group.command("list")(list_scans)
    group.command()(show)
    group.command()(compare)
    app.add_typer(group)


def scan(
    preset: Annotated[str, typer.Option(help="cautious, default or aggressive.")] = "default",
    only: Annotated[list[str] | None, typer.Option(help="Only this check; may be given again.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account; may be given again.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Look back from this day, such as 2026-10-31.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CHECK.PARAMETER=VALUE", help="Another threshold; may be given again."),
    ] = None,
    basis: Annotated[str | None, typer.Option(help="billed, effective, contracted or list.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many findings to print.")] = 25,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File for all findings: csv, xlsx, parquet or json.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it is there.")] = False,
    no_record: Annotated[bool, typer.Option("--no-record", help="Do not keep the scan in the workspace.")] = False,
    json: _Json = False,
) -> None:
    """Run the waste checks, keep the scan, and let the recommendations follow it.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some checks failed, 4 no check could run.
    """
    from workbench.checks.custom import all_checks
    from workbench.checks.ground import read_ground
    from workbench.checks.keep import keep, keepable
    from workbench.checks.scan import run_scan
    from workbench.cli.console import emit_json, remark, watch
    from workbench.cli.files import check_output
    from workbench.postgres import open_data
    from workbench.settings import load_settings
    from workbench.workspace import Workspace, local_principal

    check_output(output, force=force)
    settings = load_settings()
    chosen = _preset(preset)
    day = _day(as_of)
    money = _basis(basis or settings.basis)
    checks, problems = all_checks(settings, local_principal())
    for problem in problems:
        remark(problem)
    checks = _chosen(checks, only or [])
    with open_data(settings) as data, watch(quiet=json) as progress:
        if data.notice:
            remark(data.notice)
        progress.step("Read costs and resources")
        ground = read_ground(data.engine, day)
        progress.step("Run checks", total=len(checks))
        result = run_scan(
            data.engine,
            checks,
            preset=chosen,
            given=_given(set_ or []),
            accounts=account or (),
            ground=ground,
            step=lambda done, _, title: progress.advance(1 if done else 0, detail=title),
        )
        manifest = data.manifest
        saved = None
        refusal = "Asked not to" if no_record else keepable(result, newest=ground.newest)
        if not refusal:
            progress.step("Keep the scan")
            saved = keep(Workspace(settings), result, ground)
    if output is not None:
        _write(output, result, manifest, money, force=force)
    if json:
        emit_json(_document(result, saved.id if saved else None, refusal, money))
    else:
        _print(result, money, limit)
        if saved is not None:
            follow = saved.followed
            told = f"{follow.created} new, {follow.seen} known, {follow.expired} no longer found"
            remark(f"Scan {saved.id} is kept. Recommendations: {follow.note or told}")
        else:
            remark(f"The scan is not kept. {refusal}")
    outcomes = {one.outcome for one in result.results}
    if "failed" in outcomes:
        raise typer.Exit(_PARTLY)
    if outcomes == {"cannot run"}:
        raise typer.Exit(_NOTHING_TO_DO)


def list_scans(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20, json: _Json = False
) -> None:
    """List recorded scans, newest first.

    Exit codes: 0 done, 4 there are none.
    """
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.formats import money
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    scans = Workspace(load_settings()).scans(limit)
    if json:
        emit_json(scans)
    elif scans:
        print_table(
            ("Scan", "UTC", "Data to", "Preset", "Findings", "Saving a month", "Counted once", "Status"),
            [
                (
                    one.id,
                    f"{one.scan.started_at:%Y-%m-%d %H:%M}",
                    one.scan.as_of,
                    one.scan.preset,
                    one.findings,
                    _joined(money(t.gross, t.currency) for t in one.scan.totals if t.basis == "effective"),
                    _joined(money(t.deduplicated, t.currency) for t in one.scan.totals if t.basis == "effective"),
                    one.scan.status,
                )
                for one in scans
            ],
            right=("Scan", "Findings", "Saving a month", "Counted once"),
        )
    if not scans:
        remark("No scan has been recorded; run: workbench scan")
        raise typer.Exit(_NOTHING_TO_DO)


def show(
    number: Annotated[int, typer.Argument(help="Number of the scan.")],
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, largest saving first.")] = 50,
    json: _Json = False,
) -> None:
    """Show the findings of one recorded scan; as JSON all of them.

    Exit codes: 0 done, 2 there is none with this number.
    """
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    workspace = Workspace(load_settings())
    saved = _saved(workspace, number)
    found = workspace.findings(number)
    if json:
        emit_json({"scan": saved, "findings": found})
        return
    largest = sorted(found, key=lambda one: (one.saving_expected is None, -(one.saving_expected or 0), one.key))
    print_table(_FINDING, [_finding_row(one) for one in largest[:limit]], right=("Saving a month",))
    if len(found) > limit:
        remark(f"{len(found) - limit} further findings: --limit shows more, --json all")


def compare(
    before: Annotated[int, typer.Argument(help="Number of the earlier scan.")],
    after: Annotated[int, typer.Argument(help="Number of the later scan.")],
    json: _Json = False,
) -> None:
    """Compare two recorded scans: new, gone and still there.

    Exit codes: 0 done, 2 there is none with a number, 4 nothing is new or gone.
    """
    from workbench.checks.keep import compare as compared
    from workbench.cli.console import emit_json, print_table, remark
    from workbench.formats import plural
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    workspace = Workspace(load_settings())
    told = compared(workspace, _saved(workspace, before), _saved(workspace, after))
    if json:
        emit_json({"new": told.new, "gone": told.gone, "still": len(told.still), "not_comparable": told.not_comparable})
    else:
        for title, found in (("New", told.new), ("Gone", told.gone)):
            if found:
                print(f"{title}: {plural(len(found), 'finding')}")
                print_table(_FINDING, [_finding_row(one) for one in found], right=("Saving a month",))
        remark(f"{len(told.new)} new, {len(told.gone)} gone, {len(told.still)} still there")
        if told.not_comparable:
            names = told.not_comparable
            more = f" and {len(names) - _NAMED} more, named with --json" if len(names) > _NAMED else ""
            remark(f"Not run in both: {', '.join(names[:_NAMED])}{more}")
    if not told.new and not told.gone:
        raise typer.Exit(_NOTHING_TO_DO)


_NAMED = 8
_FINDING = ("Check", "Account", "Resource", "Region", "Saving a month")


def _finding_row(one: Any) -> tuple[object, ...]:
    from workbench.formats import money

    saving = None if one.saving_expected is None else money(one.saving_expected, one.currency)
    return one.check_id, one.account_id, one.resource_id, one.region, saving


def _saved(workspace: Any, number: int) -> Any:
    from workbench.errors import BadEntry

    for one in workspace.scans(1_000_000):
        if one.id == number:
            return one
    raise BadEntry(f"There is no scan {number}", hint="See: workbench scans list")


def _print(result: ScanResult, basis: Any, limit: int) -> None:
    from workbench.cli.console import print_table, remark
    from workbench.formats import money, plural

    rows = []
    for one in result.results:
        shown = {t.currency: t for t in one.totals if t.basis == basis}
        rows.append(
            (
                one.judged.check.id,
                one.outcome,
                one.flagged if one.judged.table is not None else None,
                _joined(money(t.gross, t.currency) for t in shown.values()),
                _joined(money(t.deduplicated, t.currency) for t in shown.values()),
                one.judged.why,
            )
        )
    print_table(
        ("Check", "Outcome", "Findings", "Saving a month", "Counted once", "Why"),
        rows,
        right=("Findings", "Saving a month", "Counted once"),
    )
    if limit and result.found:
        print_table(
            ("Check", "Account", "Resource", "Saving a month", "Counted", "Risk", "Confidence"),
            [_found_row(one, basis) for one in result.found[:limit]],
            right=("Saving a month", "Counted", "Confidence"),
        )
        if len(result.found) > limit:
            remark(f"{len(result.found) - limit} further findings: --limit shows more, --output writes all")
    for total in result.totals:
        if total.basis == basis:
            counted, gross = (money(n, total.currency) for n in (total.deduplicated, total.gross))
            print(f"Saving a month, {basis} cost: {counted}, each dollar counted once ({gross} before)")
    only_list = sum(one.best(basis)[1] != basis and one.check.facts.kind == "saving" for one in result.found)
    if only_list:
        remark(f"{plural(only_list, 'finding')} known at list price only: not in this total")
    remark(
        f"{plural(len(result.found), 'finding')}, {len(result.excluded)} excluded by policy, data to {result.as_of},"
        f" {result.seconds:.1f} s"
    )


def _found_row(one: Found, basis: Any) -> tuple[object, ...]:
    from workbench.formats import money

    amount, used = one.best(basis)
    saving = None if amount is None else money(amount, one.price.currency)
    if saving is not None and used != basis:
        saving += f" ({used})"
    counted = one.counted.get(used)
    return (
        one.check.id,
        one.account_name,
        one.name,
        saving if one.check.facts.kind == "saving" else f"{saving or '–'} ({one.check.facts.kind})",
        None if counted is None else money(counted, one.price.currency),
        one.check.facts.risk,
        one.confidence,
    )


def _document(result: ScanResult, number: int | None, refusal: str, basis: Any) -> dict[str, Any]:
    from workbench.checks.keep import to_finding

    return {
        "scan": number,
        "not_kept": refusal,
        "snapshot": result.snapshot_id,
        "engine": result.engine,
        "as_of": result.as_of,
        "preset": result.preset,
        "basis": basis,
        "parameters": result.given,
        "totals": result.totals,
        "counts": result.counts,
        "seconds": round(result.seconds, 3),
        "checks": [
            {
                "check": one.judged.check.id,
                "outcome": one.outcome,
                "why": one.judged.why,
                "hint": one.judged.hint,
                "flagged": one.flagged,
                "counts": one.counts,
                "totals": one.totals,
                "seconds": round(one.judged.seconds, 3),
            }
            for one in result.results
        ],
        "findings": [to_finding(one) for one in result.found],
        "excluded": [{**_plain(to_finding(one)), "excluded": one.excluded} for one in result.excluded],
    }


def _plain(finding: Any) -> dict[str, Any]:
    import dataclasses

    return dataclasses.asdict(finding)


def _write(output: Path, result: ScanResult, manifest: Any, basis: Any, *, force: bool) -> None:
    from workbench.checks.table import findings_table
    from workbench.cli.files import write_table
    from workbench.export import Provenance

    queries = tuple(one.judged.query for one in result.results if one.judged.query is not None)
    provenance = Provenance(
        title="Findings of the waste checks",
        period=f"up to {result.as_of}",
        basis=f"as named by the columns; {basis} asked for",
        currency=", ".join(sorted({one.currency for one in result.totals})),
        view=f"preset={result.preset}",
        filters=tuple(f"account = {one}" for one in result.accounts),
        queries=queries,
        snapshot_id=result.snapshot_id,
        snapshot_sha256=manifest.sha256,
        as_of=result.as_of,
        created_at=Provenance.now(),
        notes=("A saving is an estimate a month; counted columns hold each dollar once",),
    )
    write_table(output, findings_table(result.found), provenance, force=force)


def _chosen(checks: tuple[Check, ...], only: Sequence[str]) -> tuple[Check, ...]:
    from workbench.checks.registry import find_check

    return checks if not only else tuple(find_check(name, checks) for name in dict.fromkeys(only))


def _given(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        check, dot, parameter = name.strip().partition(".")
        if not sign or not dot or not check or not parameter:
            raise typer.BadParameter(f"“{text}” is not CHECK.PARAMETER=VALUE", param_hint="--set")
        given.setdefault(check, {})[parameter] = value
    return given


def _preset(text: str) -> Any:
    from workbench.checks.header import PRESETS

    if text not in PRESETS:
        raise typer.BadParameter(f"Write {', '.join(PRESETS)}", param_hint="--preset")
    return text


def _basis(text: str) -> Any:
    from workbench.checks.ground import BASES

    if text not in BASES:
        raise typer.BadParameter(f"Write {', '.join(BASES)}", param_hint="--basis")
    return text


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("Write a day such as 2026-10-31", param_hint="--as-of") from None


def _joined(texts: Any) -> str | None:
    return " · ".join(texts) or None
