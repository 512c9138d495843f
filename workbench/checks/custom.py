"""Custom checks: copies of stored ones with other SQL or thresholds, kept as numbered versions in the workspace folder.

``HOME/checks/<id>/<version>.sql`` and ``.toml`` (its examples). A version is never changed; the newest counts, and an
empty newest one means that the check is retired. What is kept passed :func:`validate`: one SELECT on declared tables,
examples that it flags and leaves alone as they say, and a run on the data at hand. The audit log says who kept what.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workbench.checks.ground import Ground, compose
from workbench.checks.registry import Check, load_checks, read_check
from workbench.checks.run import Judged, judge, parameters
from workbench.checks.trial import Tried, read_cases, try_case
from workbench.errors import AccessDenied, BadFile, BadFilter, StorageError, WorkbenchError
from workbench.queries import check_select, parse_header
from workbench.settings import Settings
from workbench.workspace import Permission, Principal, Workspace, require

__all__ = ["CustomChecks", "Validation", "Version", "all_checks", "validate"]

_ID = re.compile(r"^[a-z][a-z0-9_]{2,60}$")
_PARAMETER = re.compile(r"\$[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Version:
    """One kept version: number, its SQL and its examples; empty SQL: retired."""

    number: int
    sql: str
    cases: str


@dataclass(frozen=True, slots=True)
class Validation:
    """What :func:`validate` found.

    Attributes:
        check: as read; None when it could not be.
        problems: what must be put right; empty: it can be kept.
        tried: each example as it came out.
        judged: the run on the data at hand; None without data.
    """

    check: Check | None
    problems: tuple[str, ...]
    tried: tuple[Tried, ...] = ()
    judged: Judged | None = None


class CustomChecks:
    """The custom checks of one workbench.

    Args:
        settings: ``home`` names the folder.
        principal: who acts.
    """

    def __init__(self, settings: Settings, principal: Principal) -> None:
        self._folder = settings.home / "checks"
        self._settings = settings
        self._principal = principal

    def versions(self, check_id: str) -> tuple[Version, ...]:
        """All versions of one check, oldest first."""
        folder = self._folder / check_id
        if not _ID.match(check_id) or not folder.is_dir():
            return ()
        numbers = sorted(int(path.stem) for path in folder.glob("*.sql") if path.stem.isdigit())
        return tuple(self._version(folder, number) for number in numbers)

    def load(self) -> tuple[tuple[Check, ...], tuple[str, ...]]:
        """The newest version of each check that is not retired, and one sentence for each that cannot be read."""
        found, problems = [], []
        folders = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        for folder in folders:
            versions = self.versions(folder.name)
            if not versions or not versions[-1].sql.strip():
                continue
            try:
                found.append(read_check(versions[-1].sql, folder.name, version=versions[-1].number))
            except WorkbenchError as exc:
                problems.append(f"The custom check {folder.name} cannot be read: {exc.title}")
        return tuple(found), tuple(problems)

    def save(self, check_id: str, sql: str, cases: str, ground: Ground | None = None) -> Check:
        """Keep a new version after validating it.

        Raises:
            AccessDenied: the user may not, or SQL of one's own is switched off.
            BadFile: it is not valid; says everything that is wrong.
            StorageError: the folder cannot be written.
        """
        self._require()
        found = validate(check_id, sql, cases, ground)
        if found.problems or found.check is None:
            raise BadFile(f"{check_id} cannot be kept", detail="; ".join(found.problems))
        return read_check(sql, check_id, version=self._keep("check.save", check_id, sql, cases))

    def retire(self, check_id: str) -> None:
        """Stop using a check; its versions stay and can be saved again.

        Raises:
            AccessDenied: the user may not.
            BadFilter: there is no such custom check.
        """
        self._require()
        versions = self.versions(check_id)
        if not versions or not versions[-1].sql:
            raise BadFilter(f"There is no custom check {check_id}")
        self._keep("check.retire", check_id, "", "")

    def _keep(self, action: str, check_id: str, sql: str, cases: str) -> int:
        """Write a version and its entry in the audit log: both, or neither."""
        before = self.versions(check_id)
        with Workspace(self._settings, principal=self._principal).desk.changing(Permission.EDIT_CHECKS) as change:
            number = self._write(check_id, sql, cases)
            try:
                old = {"version": before[-1].number, "sql": before[-1].sql} if before else None
                change.log(action, "check", check_id, before=old, after={"version": number, "sql": sql})
            except BaseException:
                (self._folder / check_id / f"{number}.sql").unlink(missing_ok=True)
                raise
            return number

    def _require(self) -> None:
        require(self._principal, Permission.EDIT_CHECKS)
        if not self._settings.free_sql:
            raise AccessDenied("SQL of one's own is switched off here", hint="The setting is WORKBENCH_FREE_SQL")

    def _version(self, folder: Path, number: int) -> Version:
        try:
            sql = (folder / f"{number}.sql").read_text(encoding="utf-8")
            examples = folder / f"{number}.toml"
            return Version(number, sql, examples.read_text(encoding="utf-8") if examples.exists() else "")
        except (OSError, UnicodeDecodeError) as exc:
            raise StorageError(f"The custom check {folder.name} cannot be read", detail=str(exc)) from exc

    def _write(self, check_id: str, sql: str, cases: str) -> int:
        """Write the next version; the SQL last, by a name that must be free: two people saving get two versions."""
        folder = self._folder / check_id
        try:
            folder.mkdir(parents=True, exist_ok=True)
            number = max((one.number for one in self.versions(check_id)), default=0)
            while True:
                number += 1
                try:
                    _publish(folder / f"{number}.toml", cases)
                except FileExistsError:
                    continue
                _publish(folder / f"{number}.sql", sql)
                return number
        except OSError as exc:
            raise StorageError(f"{check_id} cannot be kept", detail=str(exc)) from exc


def all_checks(settings: Settings, principal: Principal) -> tuple[tuple[Check, ...], tuple[str, ...]]:
    """The project's checks and the custom ones in order of ids, and what could not be read."""
    own, problems = CustomChecks(settings, principal).load()
    known = {check.id: check for check in (*load_checks(), *own)}
    return tuple(known[name] for name in sorted(known)), problems


def validate(check_id: str, sql: str, cases: str, ground: Ground | None = None) -> Validation:
    """Everything that must hold before a custom check is kept.

    Args:
        check_id: small letters, digits and ``_``; not that of a stored check.
        sql: header and statement.
        cases: its examples as TOML, see ``trial``.
        ground: the data at hand, to run it on; None: it is not run.
    """
    if not _ID.match(check_id):
        return Validation(None, ("The id is small letters, digits and _, three to sixty",))
    if any(check.id == check_id for check in load_checks()):
        return Validation(None, (f"{check_id} is a stored check: give the copy an id of its own",))
    try:
        # What may not run at all is said first. A parameter stands where a value may stand.
        _, statement = parse_header(sql, source=f"{check_id}.sql")
        check_select(_PARAMETER.sub("NULL", compose(statement, newest=True)))
        check = read_check(sql, check_id)
        examples = read_cases(cases, source=f"{check_id}.toml")
    except WorkbenchError as exc:
        return Validation(None, (": ".join(part for part in (exc.title, exc.detail) if part),))
    tried = tuple(try_case(check, case) for case in examples)
    problems = [f"{one.case.name}: {problem}" for one in tried for problem in one.problems]
    verdicts = {verdict for case in examples for verdict in case.expect.values()}
    if "flagged" not in verdicts:
        problems.append("No example has a row that must be flagged")
    if verdicts <= {"flagged"} and not any(not case.expect and not case.cannot_run for case in examples):
        problems.append("No example has a row that must not be flagged")
    judged = judge(ground, check, parameters(check)) if ground is not None else None
    if judged is not None and judged.outcome == "failed":
        problems.append(f"On the data at hand: {judged.why}")
    return Validation(check, tuple(problems), tried, judged)


def _publish(path: Path, text: str) -> None:
    """Write a file whole or not at all; ``FileExistsError`` when there is one of this name."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
