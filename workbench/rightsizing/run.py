"""A run over everything, the same for one resource in detail, and a what-if."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from time import perf_counter

from models.rightsizing.bill import Line
from models.rightsizing.facts import Resource
from models.rightsizing.groups import Group
from workbench.catalog import Catalog
from workbench.checks.ground import Ground
from workbench.clock import now
from workbench.engines import Engine
from workbench.rightsizing.advice import advice_of, held_back
from workbench.rightsizing.decide import SIZED, Case, case_of, decide_case, decide_members, target_line
from workbench.rightsizing.metrics import daily_of, series_of
from workbench.rightsizing.options import KINDS, Options
from workbench.rightsizing.others import advise_others
from workbench.rightsizing.read import Facts, read_facts
from workbench.rightsizing.records import Advice, Looked, Rightsizing, Total
from workbench.workspace import Workspace

__all__ = ["Step", "measured_cases", "run_rightsizing", "run_with"]

Step = Callable[[str, int, int], None]
"""Told what is done: text, how many are done, of how many (0: not known)."""


def run_rightsizing(
    engine: Engine,
    catalog: Catalog,
    options: Options | None = None,
    *,
    workspace: Workspace | None = None,
    ground: Ground | None = None,
    step: Step | None = None,
) -> Rightsizing:
    """Decide on every resource.

    Args:
        engine: a snapshot or a database.
        catalog: of :func:`workbench.catalog.load_catalog`.
        options: what is asked.
        workspace: whose newest scan of this data says what counts first; None: the checks are run.
        ground: shared facts of the checks, when they were read already.
        step: hears of progress.

    Raises:
        CannotRun: nothing is loaded, or the day is after the last complete one.
        BadFilter: an account or a resource is not there.
    """
    say = step or (lambda _text, _done, _of: None)
    facts = read_facts(
        engine, catalog, options or Options(), workspace=workspace, ground=ground, step=lambda text: say(text, 0, 0)
    )
    return run_with(facts, step=say)


def run_with(facts: Facts, *, step: Step | None = None) -> Rightsizing:
    """The same on facts that were read already."""
    started, clock = now(), perf_counter()
    say = step or (lambda _text, _done, _of: None)
    advice: list[Advice] = []
    changes: dict[str, tuple[Case, ...]] = {}
    for kind in SIZED:
        advice += _sized(facts, kind, say, changes)
    say("Look at volumes, services and functions", 0, 0)
    advice += advise_others(facts)
    advice = [one for one in advice if facts.options.wants(one.kind)]
    advice.sort(key=_largest_first)
    notes = [*facts.notes]
    if facts.waste.source:
        notes.append(f"What counts first is from {facts.waste.source}")
    return Rightsizing(
        snapshot_id=facts.engine.snapshot_id,
        engine=facts.engine.name,
        options=facts.options,
        first=facts.first,
        as_of=facts.as_of,
        billed_days=facts.billed_days,
        advice=tuple(advice),
        totals=_totals(facts, advice, changes),
        looked=_looked(facts, advice),
        queries=tuple(dict.fromkeys(facts.queries)),
        notes=tuple(notes),
        started_at=started,
        seconds=perf_counter() - clock,
    )


def measured_cases(facts: Facts, kind: str, *, step: Step | None = None, all_of: bool = False) -> Iterator[Case]:
    """Every resource of a sized kind with its demand.

    Args:
        facts: what the run stands on.
        kind: inventory table.
        step: hears of progress.
        all_of: measure also what is no case for rightsizing.
    """
    say = step or (lambda _text, _done, _of: None)
    cases = [case_of(facts, kind, row) for row in facts.rows.get(kind, ())]
    wanted: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if all_of or _to_measure(case):
            wanted[case.id].append(case)
    noun = KINDS[kind]
    done = 0
    if wanted:
        say(f"Read daily metrics: {noun}s", 0, 0)
        days = daily_of(facts.engine, kind, facts.first, facts.as_of, asked=facts.queries.append)
        say(f"Measure and decide: {noun}s", 0, len(cases))
        everything = len(wanted) > len(cases) // 2 and not facts.options.resources
        for resource_id, series in series_of(
            facts.engine, kind, facts.first, facts.as_of, None if everything else set(wanted),
            asked=facts.queries.append,
        ):  # fmt: skip
            for case in wanted.pop(resource_id, ()):
                case.measured(facts, series, days.get(resource_id))
                done += 1
                say(f"Measure and decide: {noun}s", done, len(cases))
                yield case
        for resource_id, rest in wanted.items():
            for case in rest:
                case.measured(facts, None, days.get(resource_id))
                yield case
    if not all_of:
        yield from (case for case in cases if not _to_measure(case))


def _to_measure(case: Case) -> bool:
    """A member of a scaling group is measured for its group."""
    return case.refusal is None or _member(case)


def _member(case: Case) -> bool:
    return case.resource.group_id is not None and case.resource.managed_by == "asg"


def _sized(facts: Facts, kind: str, say: Step, changes: dict[str, tuple[Case, ...]]) -> list[Advice]:
    advice: list[Advice] = []
    members: dict[str, list[Case]] = defaultdict(list)
    for case in measured_cases(facts, kind, step=say):
        if kind == "instances" and case.resource.group_id is not None and case.resource.state == "running":
            case.usage = None
            members[case.resource.group_id].append(case)
            continue
        if not facts.options.wants(kind):
            continue
        decision = decide_case(facts, case)
        one = advice_of(facts, kind, decision, case.subject, cost=facts.cost_of(case.subject))
        advice.append(one)
        if one.counted == "total" and kind == "instances":
            changes["\n".join(one.key)] = (case,)
        case.usage = case.demand = None
    if kind == "instances":
        advice += _groups(facts, members, changes)
    return advice


def _groups(facts: Facts, members: Mapping[str, list[Case]], changes: dict[str, tuple[Case, ...]]) -> Iterator[Advice]:
    kind = "autoscaling_groups"
    known = set()
    for row in facts.rows.get(kind, ()):
        known.add(row["id"])
        cases = sorted(members.get(row["id"], ()), key=lambda case: case.id)
        subject = facts.subject(kind, row)
        group = Group(
            row["resource_id"],
            tuple(_free(case) for case in cases),
            owner=_owner(row, cases),
            weighted=str(row["weighted"] or "").lower() == "true",
            target_tracking=row["target_tracking"] or "",
        )
        decision = decide_members(facts, group, cases)
        if subject is not None and subject.excluded:
            decision = replace(decision, finding="suppressed", reason=subject.excluded, options=(), rejected=())
        if not cases:
            decision = replace(
                decision, resource=Resource(row["resource_id"], row["instance_type"] or "", None, row["name"] or "")
            )
        costs = [facts.cost_of(case.subject) for case in cases]
        known_costs = [cost for cost in costs if cost is not None]
        one = advice_of(
            facts, kind, decision, subject, members=[case.id for case in cases], env=row["env"], region=row["region"],
            cost=fsum(known_costs) if known_costs and len(known_costs) == len(costs) else None,
        )  # fmt: skip
        first = one.suppressed_by
        if not first and cases:
            # What counts first on every machine of it counts first on the group.
            shared = [facts.waste.of(one.account, case.id) for case in cases]
            if all(shared):
                one = held_back(one, shared[0])
        if one.counted == "total":
            changes["\n".join(one.key)] = tuple(cases)
        yield one
    for group_id in sorted(set(members) - known):
        # A group that the inventory does not list: its machines are shown as what they are.
        for case in members[group_id]:
            yield advice_of(
                facts, "instances", decide_case(facts, case), case.subject, cost=facts.cost_of(case.subject)
            )


def _free(case: Case) -> Resource:
    return replace(case.resource, managed_by="", group_id=None)


def _owner(row: Mapping[str, object], cases: Sequence[Case]) -> str:
    owners = {case.resource.managed_by for case in cases} - {"", "asg"}
    return str(row["managed_by"] or "") or next(iter(sorted(owners)), "")


def _largest_first(one: Advice) -> tuple[object, ...]:
    order = {"total": 0, "small": 1, "": 2}[one.counted]
    return (order, -(one.saving or 0.0), one.kind, one.account, one.resource_id)


@dataclass(slots=True)
class _Sum:
    at_list: list[float]
    today: list[float]
    later: list[float]
    small: list[float]
    suppressed: list[float]


def _totals(facts: Facts, advice: Sequence[Advice], changes: Mapping[str, tuple[Case, ...]]) -> tuple[Total, ...]:
    """Sums by currency; machines are counted by the bill of the whole fleet, before and after all changes."""
    sums: dict[str, _Sum] = {}
    together: dict[str, Line] = {}
    for one in advice:
        if one.proposed is None or one.finding != "over" or one.saving is None:
            continue
        found = one.proposed.savings
        part = sums.setdefault(found.currency, _Sum([], [], [], [], []))
        if one.suppressed_by:
            part.suppressed.append(max(0.0, one.saving))
        elif one.counted == "small":
            part.small.append(max(0.0, one.saving))
        elif one.counted == "total" and found.today is not None:
            later = found.today if found.after_expiry is None else found.after_expiry
            part.at_list.append(found.at_list or 0.0)
            part.today.append(found.today)
            part.later.append(later)
            lines = _lines_of(facts, one, changes.get("\n".join(one.key), ()))
            if lines and found.currency == facts.currency:
                together |= lines
    totals = []
    for currency, part in sorted(sums.items()):
        today, later, expiry = fsum(part.today), fsum(part.later), None
        if currency == facts.currency and together and facts.pool is not None:
            # What the changes do to each other: rows also have what is on no line of the pool, such as surplus credits.
            fleet = facts.pool.fleet(together)
            rows = [facts.pool.row(line) for line in together.values()]
            today += fleet.today - fsum(row.today for row in rows)
            later += fleet.after_expiry - fsum(row.after_expiry for row in rows)
            expiry = fleet.expiry
        ends = [
            one.proposed.savings.expiry
            for one in advice
            if one.counted == "total" and one.proposed is not None and one.proposed.savings.expiry is not None
        ]
        totals.append(
            Total(
                currency, len(part.today), fsum(part.at_list), today, later, max([*ends, *([expiry] if expiry else [])],
                default=None), fsum(part.today), fsum(part.small), len(part.small), fsum(part.suppressed),
                len(part.suppressed),
            )
        )  # fmt: skip
    return tuple(totals)


def _lines_of(facts: Facts, one: Advice, cases: Sequence[Case]) -> dict[str, Line]:
    """Lines of the pool after the change; empty where it is not priced by the pool."""
    assert one.proposed is not None  # noqa: S101  (looked at before)
    lines: dict[str, Line] = {}
    for case in cases:
        target = facts.sizes.machine(case.terms, one.proposed.size.instance_type)
        line = None if target is None else target_line(facts, case, target)
        if line is None:
            return {}
        lines[line.key] = line
    return lines


def _looked(facts: Facts, advice: Sequence[Advice]) -> tuple[Looked, ...]:
    looked = []
    for kind in KINDS:
        mine = [one for one in advice if one.kind == kind]
        if not mine and kind not in facts.rows:
            continue
        needs = Counter(need for one in mine if one.finding in _UNTOLD for need in one.needs)
        texts = tuple(f"{text} ({number})" for text, number in sorted(needs.items(), key=lambda n: (-n[1], n[0]))[:5])
        looked.append(Looked(kind, len(mine), dict(sorted(Counter(one.finding for one in mine).items())), texts))
    return tuple(looked)


_UNTOLD = frozenset({"insufficient_data", "data_quality", "cannot_tell"})
