"""A scan: all checks over one day's data, each ending in one of four outcomes, findings with money and evidence."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from time import perf_counter
from typing import Any

from workbench.checks.conflicts import Claim, Total, count_once, totals
from workbench.checks.ground import Basis, Ground, Subject, read_ground
from workbench.checks.header import Preset
from workbench.checks.price import Amounts, Price, monthly, price
from workbench.checks.registry import FIXED, MONEY, Check
from workbench.checks.run import Judged, judge, parameters
from workbench.clock import now
from workbench.engines import Engine
from workbench.engines.base import Value
from workbench.errors import BadFilter

__all__ = ["CheckResult", "Found", "ScanResult", "Step", "run_scan", "to_found"]

_HIDDEN = (*FIXED, *MONEY)


@dataclass(frozen=True, slots=True)
class Found:
    """One flagged resource.

    Attributes:
        check: what flagged it.
        subject: as the check names it.
        resource_id: provider's id; the subject of a group.
        name: for people.
        resource_type: inventory table, or type on the bill; ``group`` for a group.
        account: number of the account as on the bill, else its id; empty when unknown.
        account_name: for people.
        region, env, service: where known.
        tags: in force.
        evidence: column → figure that met the rule.
        values: parameter → value it was judged with.
        price: savings.
        counted: what of the expected saving is counted in totals, by basis; filled when all findings are known.
        confidence: 1 to 100.
        doubts: what was taken off the check's own confidence: points and why.
        excluded: why it is not recommended although the rule is met; empty otherwise.
        policy: recommend_only or auto_safe, where the inventory says so.
    """

    check: Check
    subject: str
    resource_id: str
    name: str
    resource_type: str
    account: str
    account_name: str
    region: str | None
    env: str | None
    service: str | None
    tags: Mapping[str, str]
    evidence: Mapping[str, Any]
    values: Mapping[str, Value]
    price: Price
    counted: dict[Basis, Decimal] = field(default_factory=dict)
    confidence: int = 0
    doubts: tuple[tuple[int, str], ...] = ()
    excluded: str = ""
    policy: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Account, resource and check."""
        return self.account, self.resource_id, self.check.id

    def saving(self, basis: Basis) -> Decimal | None:
        """Expected saving a month on ``basis``."""
        return self.price.expected[basis]

    def best(self, basis: Basis) -> tuple[Decimal | None, Basis]:
        """The expected saving on ``basis``, or at list price where only that is known, and which it is."""
        if (amount := self.price.expected[basis]) is not None:
            return amount, basis
        return self.price.expected["list"], "list"

    @property
    def command(self) -> str:
        """The remedy for a command line, filled in; never run by the workbench."""
        text = self.check.facts.cli
        known = {key: _typed(value) for key, value in self.evidence.items() if value is not None}
        known |= {"resource_id": self.resource_id}
        known |= {"region": self.region or "REGION", "account": self.account or "ACCOUNT", "name": self.name}
        for key, value in known.items():
            text = text.replace("{" + key + "}", _quoted(value))
        return text


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check ended: its judgements, how many were flagged, excluded by policy, and what they save."""

    judged: Judged
    outcome: str
    flagged: int
    counts: Mapping[str, int]
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """One scan.

    Attributes:
        started_at: UTC.
        snapshot_id: the data it read.
        engine: which engine answered.
        as_of: last complete day, where all windows end.
        preset: cautious, default or aggressive.
        given: check → parameter → text, where they differ from the preset.
        results: one per check, in order of ids.
        found: flagged, not excluded; largest counted effective saving first.
        excluded: flagged, but policy says no.
        totals: by currency and basis, of savings only.
        seconds: whole scan; ``sql_seconds``: of it the checks' own SQL.
        accounts: only these accounts; empty for all.
    """

    started_at: datetime
    snapshot_id: str
    engine: str
    as_of: date
    preset: Preset
    given: Mapping[str, Mapping[str, str]]
    results: tuple[CheckResult, ...]
    found: tuple[Found, ...]
    excluded: tuple[Found, ...]
    totals: tuple[Total, ...]
    seconds: float
    sql_seconds: float
    accounts: tuple[str, ...] = ()

    def total(self, currency: str, basis: Basis) -> Total:
        """The total of one currency and basis; zeros when there is none."""
        for one in self.totals:
            if (one.currency, one.basis) == (currency, basis):
                return one
        return Total(currency, basis, Decimal(0), Decimal(0))

    @property
    def counts(self) -> dict[str, int]:
        """Judgements by verdict, of all checks."""
        sums: dict[str, int] = {}
        for result in self.results:
            for verdict, number in result.counts.items():
                sums[verdict] = sums.get(verdict, 0) + number
        return sums


Step = Callable[[int, int, str], None]
"""Told before each check: how many are done, of how many, title of the next."""


def run_scan(
    engine: Engine,
    checks: Sequence[Check],
    *,
    preset: Preset = "default",
    given: Mapping[str, Mapping[str, str]] | None = None,
    accounts: Iterable[str] = (),
    as_of: date | None = None,
    ground: Ground | None = None,
    timeout: float | None = None,
    step: Step | None = None,
) -> ScanResult:
    """Run checks and put their findings together.

    Args:
        engine: a snapshot or a database.
        checks: which; all of them as a rule.
        preset: cautious, default or aggressive.
        given: check → parameter → text, to differ from the preset.
        accounts: ids, numbers or names; findings of others are left out.
        as_of: look back from this day; default: the last complete day.
        ground: shared facts, when they were read already.
        timeout: seconds for each check; default: the engine's limit.
        step: told of progress.

    Raises:
        CannotRun: nothing is loaded.
        BadFilter: a parameter or check in ``given``, or an account, is not known.
    """
    with _uncollected():
        return _scan(engine, checks, preset, dict(given or {}), accounts, as_of, ground, timeout, step)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the search for cycles: it would look at each finding again and again, and none is part of a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _scan(
    engine: Engine,
    checks: Sequence[Check],
    preset: Preset,
    overrides: dict[str, Mapping[str, str]],
    accounts: Iterable[str],
    as_of: date | None,
    ground: Ground | None,
    timeout: float | None,
    step: Step | None,
) -> ScanResult:
    started, clock = now(), perf_counter()
    if unknown := sorted(set(overrides) - {check.id for check in checks}):
        raise BadFilter(f"{unknown[0]} is not among the checks of this scan")
    values = {check.id: parameters(check, preset, overrides.get(check.id)) for check in checks}
    ground = ground or read_ground(engine, as_of)
    wanted = _accounts(ground, accounts)
    seen: dict[str, str | None] = {}
    judged, coming = [], []
    # The engine works without Python: meanwhile a second thread prices what the check before has found.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="findings") as second:
        for number, check in enumerate(checks):
            if step is not None:
                step(number, len(checks), check.title)
            judged.append(judge(ground, check, values[check.id], seen=seen, timeout=timeout))
            coming.append(second.submit(to_found, ground, judged[-1]))
        flagged = [[one for one in each.result() if not wanted or one.account in wanted] for each in coming]
    everything = [one for of_check in flagged for one in of_check]
    _count(everything, ground, told=_bill_tells(judged))
    results, start = [], 0
    for result, of_check in zip(judged, flagged, strict=True):
        results.append(_result(result, everything[start : start + len(of_check)], filtered=bool(wanted)))
        start += len(of_check)
    kept = [one for one in everything if not one.excluded]
    return ScanResult(
        started,
        engine.snapshot_id,
        engine.name,
        ground.as_of,
        preset,
        overrides,
        tuple(results),
        tuple(sorted(kept, key=_largest_first)),
        tuple(one for one in everything if one.excluded),
        _totals(kept),
        perf_counter() - clock,
        sum(result.seconds for result in judged),
        tuple(sorted(wanted)),
    )


def to_found(ground: Ground, judged: Judged) -> list[Found]:
    """The flagged rows of one check with their resources, money and confidence; nothing is counted yet."""
    return [_found(ground, judged, row) for row in judged.rows("flagged")]


def _found(ground: Ground, judged: Judged, row: Mapping[str, Any]) -> Found:
    check = judged.check
    subject = ground.subject(check.facts.resource, row["subject"], row["account"])
    number, account_name, frozen = ground.account(row["account"])
    if subject is not None:
        number, account_name = subject.account_number or number, subject.account_name or account_name
    amounts = price(ground, row, subject, number)
    confidence, doubts = _confidence(check, amounts)
    return Found(
        check=check,
        subject=row["subject"],
        resource_id=subject.resource_id if subject else row["subject"],
        name=(subject.name if subject else row.get("name")) or row["subject"],
        resource_type=subject.resource_type or check.facts.resource if subject else check.facts.resource,
        account=number or row["account"] or "",
        account_name=account_name or number or row["account"] or "",
        region=(subject.region if subject else None) or row.get("region"),
        env=subject.env if subject else None,
        service=subject.service_name if subject else None,
        tags=_tags(subject),
        evidence={name: value for name, value in row.items() if name not in _HIDDEN},
        values=judged.values,
        price=amounts,
        confidence=confidence,
        doubts=doubts,
        excluded=(subject.excluded if subject else frozen) or "",
        policy=(subject.policy if subject else None) or "",
    )


def _confidence(check: Check, amounts: Price) -> tuple[int, tuple[tuple[int, str], ...]]:
    doubts = []
    if amounts.covered > 0:
        points = max(1, round(30 * min(amounts.covered, 1.0)))
        paid = f"A commitment pays for {amounts.covered:.0%} of it"
        doubts.append((points, f"{paid}: that part is saved once the commitment is used elsewhere"))
    doubts += [(10, note) for note in amounts.notes]
    return max(1, check.facts.confidence - sum(points for points, _ in doubts)), tuple(doubts)


def _bill_tells(judged: Iterable[Judged]) -> bool:
    """Whether the bill itself says what commitments left unused."""
    return any(
        one.check.facts.resource == "bill" and _group(one.check) == "commitment"
        for one in judged
        if one.table is not None and one.table.num_rows
    )


def _group(check: Check) -> str:
    return check.facts.conflict[0] if check.facts.conflict else ""


def _count(found: list[Found], ground: Ground, *, told: bool) -> None:
    """Count each dollar once.

    A commitment has one name on the bill and another in an inventory. Where the bill tells what was left unused, what
    only an inventory says of it is the same money at list price, and is not counted beside it.
    """
    claims = [
        Claim(
            number,
            one.check.facts.conflict[1] if one.check.facts.conflict else None,
            one.price.currency,
            one.price.expected,
            _same_money(one),
            {key: monthly(costs) for key in one.price.money if (costs := ground.costs(key)) is not None},
            counts=not one.excluded and one.check.facts.kind == "saving" and not (told and _inventory_only(one)),
        )
        for number, one in enumerate(found)
    ]
    for number, amounts in count_once(claims).items():
        found[number].counted.update(amounts)


def _inventory_only(one: Found) -> bool:
    return _group(one.check) == "commitment" and one.price.expected["effective"] is None


def _same_money(one: Found) -> Mapping[tuple[str, str | None], Amounts]:
    """A commitment is named by its address on the bill and by its last part in an inventory."""
    if _group(one.check) != "commitment":
        return one.price.money
    tail = one.resource_id.replace(":", "/").rpartition("/")[2]
    return {(tail, None): one.price.cost}


def _result(judged: Judged, found: Sequence[Found], *, filtered: bool) -> CheckResult:
    kept = [one for one in found if not one.excluded]
    counts = dict(judged.counts)
    if judged.table is not None and (filtered or len(kept) != counts.get("flagged", 0)):
        counts["excluded"] = counts.get("excluded", 0) + len(found) - len(kept)
        counts["flagged"] = len(kept)
    outcome = judged.outcome
    if outcome == "findings" and not kept:
        outcome = "clean"
    return CheckResult(judged, outcome, len(kept), counts, _totals(kept))


def _totals(found: Iterable[Found]) -> tuple[Total, ...]:
    return totals(
        (one.price.currency, one.price.expected, one.counted, one.check.facts.kind == "saving") for one in found
    )


def _largest_first(one: Found) -> tuple[Any, ...]:
    amount, basis = one.best("effective")
    # What is known at list price only is not compared with what is known of the bill: it comes after it.
    on_list = basis != "effective"
    counted = one.counted.get(basis, Decimal(0))
    return (on_list, -counted, -(amount or Decimal(0)), one.check.id, one.account, one.resource_id)


def _accounts(ground: Ground, wanted: Iterable[str]) -> frozenset[str]:
    found = set()
    for name in wanted:
        if (number := ground.account_called(name)) is None:
            raise BadFilter(f"There is no account {name}", hint="Give its number, id or name as on the bill")
        found.add(number)
    return frozenset(found)


def _tags(subject: Subject | None) -> dict[str, str]:
    if subject is None or not subject.tags:
        return {}
    try:
        tags = json.loads(subject.tags)
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}


def _typed(value: Any) -> str:
    """A figure as one types it: 6000, not 6000.0."""
    return str(int(value)) if isinstance(value, float | Decimal) and value == int(value) else str(value)


def _quoted(text: str) -> str:
    """A value for a shell: plain where it is harmless, else in single quotes."""
    if text and all(character.isalnum() or character in "-_./:=@" for character in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"
