"""Who may do what: one table, everything not in it is refused.

The library asks before every write (:meth:`~workbench.workspace.changes.Desk.changing`), so a page or a command can
neither forget to ask nor ask for too little. :func:`why` explains a decision in words.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workbench.errors import AccessDenied

__all__ = ["PERMISSIONS", "Permission", "Principal", "Role", "Verdict", "local_principal", "require", "why"]


class Role(StrEnum):
    """What a person is in the workbench."""

    ADMIN = "admin"
    ANALYST = "analyst"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What can be allowed; the value is what audit log and messages call it."""

    READ = "workspace.read"
    EXPECT_INVOICES = "invoices.write"
    RECORD_SCANS = "scans.record"
    DECIDE = "recommendations.decide"
    MARK_INTENTIONAL = "intentional.write"
    ANNOTATE = "annotations.write"
    MODERATE = "annotations.moderate"  # change what someone else wrote
    SAVE_VIEWS = "views.write"
    SHARE_VIEWS = "views.share"
    PLAN_BUDGETS = "budgets.write"
    EDIT_CHECKS = "checks.write"
    READ_AUDIT = "audit.read"
    EXPORT = "workspace.export"
    BACK_UP = "workspace.backup"
    RESTORE = "workspace.restore"


_ALL, _ANALYSTS, _ADMINS = frozenset(Role), frozenset({Role.ADMIN, Role.ANALYST}), frozenset({Role.ADMIN})

PERMISSIONS: Mapping[Permission, frozenset[Role]] = {
    Permission.READ: _ALL,
    Permission.EXPECT_INVOICES: _ANALYSTS,
    Permission.RECORD_SCANS: _ANALYSTS,
    Permission.DECIDE: _ANALYSTS,
    Permission.MARK_INTENTIONAL: _ANALYSTS,
    Permission.ANNOTATE: _ANALYSTS,
    Permission.MODERATE: _ADMINS,
    Permission.SAVE_VIEWS: _ALL,
    Permission.SHARE_VIEWS: _ANALYSTS,
    Permission.PLAN_BUDGETS: _ANALYSTS,
    Permission.EDIT_CHECKS: _ANALYSTS,
    Permission.READ_AUDIT: _ANALYSTS,
    Permission.EXPORT: _ANALYSTS,
    Permission.BACK_UP: _ADMINS,
    Permission.RESTORE: _ADMINS,
}
"""Permission → the roles that have it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: a name for the record, and roles that decide. Without a role nothing is allowed."""

    name: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is allowed, and the sentence that says why."""

    allowed: bool
    reason: str


def why(principal: Principal, permission: Permission) -> Verdict:
    """Say whether ``principal`` has ``permission``, and which role gives it or would."""
    givers = PERMISSIONS.get(permission, frozenset())
    through = principal.roles & givers
    held = _words(principal.roles) or "nobody here"
    if through:
        return Verdict(True, f"{principal.name} is {held}; {_words(through)} may do {permission}")
    needed = _words(givers, " or ") or "a role that does not exist"
    return Verdict(False, f"{principal.name} is {held}; {permission} needs {needed}")


def require(principal: Principal, permission: Permission) -> None:
    """Go on only when allowed.

    Raises:
        AccessDenied: with the reason.
    """
    verdict = why(principal, permission)
    if not verdict.allowed:
        raise AccessDenied(
            "You may not do this", detail=verdict.reason, hint="Ask an administrator of this workbench for the role"
        )


def local_principal(name: str | None = None) -> Principal:
    """The user of the operating system, who owns this installation and everything in it."""
    return Principal(name or _os_user(), frozenset({Role.ADMIN}))


def _words(roles: frozenset[Role], between: str = " and ") -> str:
    return between.join(sorted(roles))


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container's user need not have a name.
        return "unknown"
