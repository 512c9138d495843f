"""``workbench rightsize``: which size each resource needs, one in detail, any size tried on it, a proposal taken on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.rightsizing import Advice, Facts, Options, Proposal, Rightsizing

__all__ = ["register"]

_NOTHING_TO_DO = 4
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Name = Annotated[str, typer.Argument(help="Id or name of a resource.", show_default=False)]
_Preset = Annotated[str, typer.Option(help="max_savings, balanced, default or max_performance.")]
_Account = Annotated[list[str] | None, typer.Option(help="Only this account; may be given again.")]
_Arm = Annotated[bool, typer.Option("--allow-arm", help="Offer Arm sizes for x86 machines on Linux.")]
_Fixed = Annotated[bool, typer.Option("--no-burstable", help="Offer no burstable sizes.")]
_Facing = Annotated[bool, typer.Option("--user-facing", help="Keep P95 CPU below 40 % and memory below 60 %.")]
_Saving = Annotated[float, typer.Option(min=0, help="Least saving a month that counts.")]
_Risk = Annotated[float, typer.Option(min=0, max=4, help="Highest risk that counts, 0 to 4.")]
_Lookback = Annotated[int, typer.Option(min=2, max=93, help="Days of metrics and of the bill.")]
_AsOf = Annotated[str | None, typer.Option("--as-of", help="Look back from this day, such as 2026-10-31.")]
_Cpu = Annotated[float | None, typer.Option(help="Share of CPU that stays free, 0 to 0.9.")]
_Memory = Annotated[float | None, typer.Option(help="Share of memory that stays free, 0 to 0.9.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(
        name="rightsize", help="Find the size each resource needs, and what it would save.", invoke_without_command=True
    )
    group.callback()(run)
    group.command()(show)
    group.command(name="what-if")(what_if)
    group.command()(accept)
    app.add_typer(group)


def run(
    context: typer.Context,
    preset: _Preset = "default",
    account: _Account = None,
    resource: Annotated[list[str] | None, typer.Option(help="Only this resource; may be given again.")] = None,
    service: Annotated[
        list[str] | None, typer.Option(help="Only this kind, such as instances or rds_instances; may be given again.")
    ] = None,
    allow_arm: _Arm = False,
    no_burstable: _Fixed = False,
    user_facing: _Facing = False,
    family: Annotated[list[str] | None, typer.Option(help="Only this family; may be given again.")] = None,
    deny_family: Annotated[list[str] | None, typer.Option(help="Never this family; may be given again.")] = None,
    min_saving: _Saving = 5.0,
    max_risk: _Risk = 2.0,
    lookback: _Lookback = 32,
    as_of: _AsOf = None,
    limit: Annotated[int, typer.Option(min=0, help="How many proposals to print.")] = 25,
    json: _Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print all advice as CSV.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "--out", "-o", help="File for all advice: csv, xlsx, parquet or json.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file when it is there.")] = False,
) -> None:
    """Decide on every resource, and add up what may be added up.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 4 there is nothing to look at.
    """
    if context.invoked_subcommand is not None:
        return
    from workbench.cli.console import emit_json, remark, watch
    from workbench.cli.files import check_output
    from workbench.postgres import open_data
    from workbench.rightsizing import Options, document
    from workbench.settings import load_settings

    if json and csv:
        raise typer.BadParameter("Choose --json or --csv", param_hint="--csv")
    check_output(output, force=force)
    options = Options(
        preset=preset,
        user_facing=user_facing,
        lookback_days=lookback,
        allow_arm=allow_arm,
        allow_burstable=not no_burstable,
        families=tuple(family or ()),
        denied_families=tuple(deny_family or ()),
        min_saving=min_saving,
        max_risk=max_risk,
        accounts=tuple(account or ()),
        kinds=tuple(service or ()),
        resources=tuple(resource or ()),
        as_of=_day(as_of),
    )
    settings = load_settings()
    with open_data(settings) as data, watch(quiet=json or csv) as progress:
        if data.notice:
            remark(data.notice)
        result = _run(settings, data.engine, options, progress)
        manifest = data.manifest
    if output is not None:
        _write(output, result, manifest, force=force)
    if json:
        emit_json(document(result))
    elif csv:
        _print_csv(result)
    else:
        _print(result, limit)
    if not result.advice:
        remark("There is nothing to look at: the inventory has no resource of these kinds")
        raise typer.Exit(_NOTHING_TO_DO)


def show(
    resource: _Name,
    preset: _Preset = "default",
    allow_arm: _Arm = False,
    no_burstable: _Fixed = False,
    lookback: _Lookback = 32,
    as_of: _AsOf = None,
    json: _Json = False,
) -> None:
    """Show one resource: what it used, what is proposed and why, and what is against every other size.

    Exit codes: 0 done, 2 there is no such resource.
    """
    from workbench.cli.console import emit_json
    from workbench.rightsizing import Options, detail

    options = Options(
        preset=preset, lookback_days=lookback, allow_arm=allow_arm, allow_burstable=not no_burstable,
        resources=(resource,), as_of=_day(as_of),
    )  # fmt: skip
    found, facts = _with_facts(options, json, lambda facts: detail(facts, resource))
    if json:
        emit_json({"advice": found, "queries": [{"title": one.title, "sql": one.sql} for one in facts.queries]})
        return
    for one in found:
        _print_one(one)


def what_if(
    resource: _Name,
    instance_type: Annotated[str, typer.Argument(metavar="TYPE", help="Size to try, such as m6i.large.")],
    preset: _Preset = "default",
    cpu_headroom: _Cpu = None,
    memory_headroom: _Memory = None,
    user_facing: _Facing = False,
    lookback: _Lookback = 32,
    as_of: _AsOf = None,
    json: _Json = False,
) -> None:
    """Try a size on a machine, scaling group, database or cache: projections, risk, savings, what is against it.

    Exit codes: 0 done, 1 it cannot be judged, 2 there is no such resource or size.
    """
    from workbench.cli.console import emit_json, print_table
    from workbench.rightsizing import Options
    from workbench.rightsizing import what_if as tried

    options = Options(
        preset=preset, cpu_headroom=cpu_headroom, memory_headroom=memory_headroom, user_facing=user_facing,
        lookback_days=lookback, allow_arm=True, resources=(resource,), as_of=_day(as_of),
    )  # fmt: skip
    found, _ = _with_facts(options, json, lambda facts: tried(facts, resource, instance_type))
    if json:
        emit_json(found)
        return
    print(f"{found.name}: {found.current.instance_type} → {found.proposal.size.instance_type}")
    for part in found.explanation:
        print(part.text)
    print_table(("Dimension", "Expected %"), [(name, f"{value:.1f}") for name, value in found.proposal.projected])
    if found.proposal.against:
        print("Against it:")
        for text in found.proposal.against:
            print(f"  {text}")
    else:
        print("Nothing is against it")


def accept(
    resource: _Name,
    instance_type: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="One of the sizes proposed.")] = None,
    preset: _Preset = "default",
    allow_arm: _Arm = False,
    no_burstable: _Fixed = False,
    lookback: _Lookback = 32,
    yes: Annotated[bool, typer.Option("--yes", help="Mark the same saving of waste checks as duplicates.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave what waste checks recommend as it is.")] = False,
    json: _Json = False,
) -> None:
    """Take a proposal on: an approved recommendation in the workspace, with its evidence.

    Exit codes: 0 done, 1 nothing is proposed or it is not allowed, 2 there is no such resource.
    """
    import sys

    from workbench.cli.console import emit_json, remark
    from workbench.rightsizing import Options, mark_duplicates
    from workbench.rightsizing import accept as take_on
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    if yes and keep:
        raise typer.BadParameter("Choose --yes or --keep", param_hint="--keep")
    options = Options(
        preset=preset, lookback_days=lookback, allow_arm=allow_arm, allow_burstable=not no_burstable,
        resources=(resource,),
    )  # fmt: skip
    result, _ = _with_facts(options, json, lambda facts: _decided(facts), with_waste=True)
    workspace = Workspace(load_settings())
    one = _the_one(result, resource)
    if one.suppressed_by:
        first = one.suppressed_by[0]
        remark(f"{first.title} ({first.check_id}) counts first on this resource: do not count both savings")
    taken = take_on(workspace, result, one, _proposal(one, instance_type))
    marked: Sequence[Any] = ()
    for each in taken.duplicates:
        remark(f"Recommendation {each.id} ({each.check_id}) is about the same money: {each.title}")
    ask = not yes and not keep and not json and sys.stdin.isatty()
    if taken.duplicates and (yes or (ask and typer.confirm("Mark as duplicate?", default=True))):
        marked = mark_duplicates(workspace, taken)
    if json:
        emit_json({"recommendation": taken.recommendation, "duplicates": taken.duplicates, "marked": marked})
        return
    kept = taken.recommendation
    print(f"Recommendation {kept.id}: {kept.title}, {kept.state}")
    if marked:
        print(f"Marked as duplicates: {', '.join(str(each.id) for each in marked)}")
    elif taken.duplicates:
        remark("They are left as they are; --yes marks them as duplicates")


def _run(settings: Any, engine: Any, options: Options, progress: Any) -> Rightsizing:
    from workbench.catalog import load_catalog
    from workbench.rightsizing import run_rightsizing
    from workbench.workspace import Workspace

    shown, before = "", 0

    def step(text: str, done: int, of: int) -> None:
        nonlocal shown, before
        if text != shown:
            progress.step(text, total=of or None)
            shown, before = text, 0
        if done > before:
            progress.advance(done - before)
            before = done

    return run_rightsizing(engine, load_catalog(settings.home), options, workspace=Workspace(settings), step=step)


def _with_facts(options: Options, quiet: bool, ask: Any, *, with_waste: bool = True) -> tuple[Any, Facts]:
    from workbench.catalog import load_catalog
    from workbench.cli.console import remark, watch
    from workbench.postgres import open_data
    from workbench.rightsizing import read_facts
    from workbench.settings import load_settings
    from workbench.workspace import Workspace

    settings = load_settings()
    with open_data(settings) as data, watch(quiet=quiet) as progress:
        if data.notice:
            remark(data.notice)
        facts = read_facts(
            data.engine, load_catalog(settings.home), options, workspace=Workspace(settings),
            step=lambda text: progress.step(text), with_waste=with_waste,
        )  # fmt: skip
        progress.step("Measure and decide")
        return ask(facts), facts


def _decided(facts: Facts) -> Rightsizing:
    from workbench.rightsizing import run_with

    return run_with(facts)


def _the_one(result: Rightsizing, resource: str) -> Advice:
    from workbench.errors import BadFilter

    found = [one for one in result.find(resource) if one.proposed is not None] or list(result.find(resource))
    if len(found) != 1:
        kinds = ", ".join(f"{one.kind} {one.resource_id} in {one.account}" for one in found)
        raise BadFilter(f"{resource} names {len(found)} resources", detail=kinds, hint="Give an id")
    return found[0]


def _proposal(one: Advice, instance_type: str | None) -> Proposal | None:
    from workbench.errors import BadFilter

    if instance_type is None:
        return None
    offered = [each for each in (one.proposed, *one.alternatives) if each is not None]
    for each in offered:
        if each.size.instance_type == instance_type:
            return each
    names = ", ".join(each.size.instance_type for each in offered) or "nothing"
    raise BadFilter(f"{instance_type} is not proposed for {one.name}", hint=f"Proposed: {names}")


def _print(result: Rightsizing, limit: int) -> None:
    from workbench.cli.console import print_table, remark
    from workbench.formats import money, plural
    from workbench.rightsizing import KINDS

    print_table(
        ("Kind", "Looked at", "Findings", "Could not tell without"),
        [
            (
                KINDS[one.kind],
                one.resources,
                ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in one.findings.items()) or None,
                "; ".join(one.needs[:2]) or None,
            )
            for one in result.looked
        ],
        right=("Looked at",),
    )
    shown = [one for one in result.advice if one.counted == "total"]
    if limit and shown:
        print_table(_COLUMNS, [_row(one) for one in shown[:limit]], right=_COLUMNS[4:])
    if len(shown) > limit:
        remark(f"{len(shown) - limit} further proposals: --limit shows more, --output writes all")
    for total in result.totals:
        amounts = {name: money(getattr(total, name), total.currency) for name in ("at_list", "today", "after_expiry")}
        print(
            f"Saving a month of {plural(total.counted, 'resource')}: {amounts['today']} on today's bill,"
            f" {amounts['at_list']} at list price, {amounts['after_expiry']}"
            + (f" after {total.expiry}" if total.expiry else " without commitments that end within a year")
        )
        if total.small_count:
            small = money(total.small, total.currency)
            print(f"Also found (small, risky or unsure): {small} of {plural(total.small_count, 'resource')}")
        if total.suppressed_count:
            held = money(total.suppressed, total.currency)
            print(f"Not counted, another action comes first: {held} of {plural(total.suppressed_count, 'resource')}")
    for note in result.notes:
        remark(note)
    remark(f"Data from {result.first} to {result.as_of}, {result.seconds:.1f} s")


_COLUMNS = ("Kind", "Resource", "Now", "Proposed", "CPU P99.5", "Memory max", "Saving a month", "At list", "Risk",
            "Confidence")  # fmt: skip


def _row(one: Advice) -> tuple[object, ...]:
    from workbench.formats import money

    proposed = one.proposed
    assert proposed is not None  # noqa: S101  (counted ones have a proposal)
    cpu, memory = one.levels.get("cpu"), one.levels.get("memory")
    found = proposed.savings
    return (
        one.kind,
        one.name,
        one.current.instance_type,
        proposed.size.instance_type,
        None if cpu is None else f"{cpu.p99_5:.1f} %",
        None if memory is None else f"{memory.highest:.0f} %",
        None if found.today is None else money(found.today, found.currency),
        None if found.at_list is None else money(found.at_list, found.currency),
        None if proposed.risk is None else f"{proposed.risk:.1f}",
        proposed.confidence,
    )


_LEVEL_UNITS = {"ebs_throughput": "Mbit/s", "network": "Mbit/s", "ebs_iops": "operations/s"}


def _print_one(one: Advice) -> None:
    from workbench.cli.console import print_table
    from workbench.formats import money

    print(f"{one.name} ({one.kind}, {one.account_name}): {one.finding.replace('_', ' ')}")
    for part in one.explanation:
        print(part.text)
    if one.levels:
        print_table(
            ("Dimension", "Unit", "P50", "P95", "P99.5", "Highest"),
            [
                (
                    name,
                    _LEVEL_UNITS.get(name, "%"),
                    *(f"{value:,.1f}" for value in (level.p50, level.p95, level.p99_5, level.highest)),
                )
                for name, level in one.levels.items()
            ],
            right=("P50", "P95", "P99.5", "Highest"),
        )
    offered = [each for each in (one.proposed, *one.alternatives) if each is not None]
    if offered:
        print_table(
            ("Size", "At list", "Today", "Risk", "Effort", "Confidence", "Against"),
            [
                (
                    each.size.instance_type,
                    None if each.savings.at_list is None else money(each.savings.at_list, each.savings.currency),
                    None if each.savings.today is None else money(each.savings.today, each.savings.currency),
                    None if each.risk is None else f"{each.risk:.1f}",
                    each.effort,
                    each.confidence,
                    "; ".join(each.against) or None,
                )
                for each in offered
            ],
            right=("At list", "Today", "Risk", "Confidence"),
        )
    near = [each for each in one.rejected if each.size.price is not None][:15]
    if near:
        print_table(("Not offered", "Why"), [(each.size.instance_type, "; ".join(each.reasons)) for each in near])
    if one.needs:
        print(f"Needs: {'; '.join(one.needs)}")


def _print_csv(result: Rightsizing) -> None:
    import sys

    import pyarrow as pa
    import pyarrow.csv as pa_csv

    from workbench.rightsizing import advice_table

    sink = pa.BufferOutputStream()
    pa_csv.write_csv(advice_table(result.advice), sink)
    sys.stdout.write(sink.getvalue().to_pybytes().decode())


def _write(output: Path, result: Rightsizing, manifest: Any, *, force: bool) -> None:
    from workbench.cli.files import write_table
    from workbench.export import Provenance
    from workbench.rightsizing import advice_table

    options = result.options
    provenance = Provenance(
        title="Rightsizing",
        period=f"{result.first} to {result.as_of}",
        basis="effective for costs; savings as named by the columns (today: bill before minus bill after)",
        currency=", ".join(one.currency for one in result.totals),
        view=f"preset={options.preset}, lookback={options.lookback_days} days",
        filters=tuple(f"account = {one}" for one in options.accounts),
        queries=result.queries,
        snapshot_id=result.snapshot_id,
        snapshot_sha256=manifest.sha256,
        as_of=result.as_of,
        created_at=Provenance.now(),
        notes=("A saving is an estimate a month of 730 hours; rows do not add up to the total of the fleet",),
    )
    write_table(output, advice_table(result.advice), provenance, force=force)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("Write a day such as 2026-10-31", param_hint="--as-of") from None
