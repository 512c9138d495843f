"""Who may do what: nothing unless the one table says so, asked in the library."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from workbench.errors import AccessDenied
from workbench.settings import Settings
from workbench.workspace import (
    ExpectedInvoice,
    InvoiceEdit,
    Permission,
    Principal,
    Role,
    Workspace,
    access,
    local_principal,
    require,
    why,
)

ANNA = Principal("anna", frozenset({Role.ADMIN}))
ALEX = Principal("alex", frozenset({Role.ANALYST}))
VERA = Principal("vera", frozenset({Role.VIEWER}))
NOBODY = Principal("nobody")


def test_the_table_is_the_one_agreed() -> None:
    allowed = {
        person.name: {str(one) for one in Permission if why(person, one).allowed}
        for person in (ANNA, ALEX, VERA, NOBODY)
    }
    assert allowed["nobody"] == set()
    assert allowed["vera"] == {"workspace.read", "views.write"}
    assert allowed["anna"] - allowed["alex"] == {"annotations.moderate", "workspace.backup", "workspace.restore"}
    assert allowed["anna"] == {str(one) for one in Permission}


def test_a_permission_nobody_listed_is_refused_even_to_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PERMISSIONS", {})
    assert why(ANNA, Permission.READ).allowed is False
    with pytest.raises(AccessDenied):
        require(ANNA, Permission.READ)


@pytest.mark.parametrize(
    ("person", "permission", "reason"),
    [
        (ALEX, Permission.DECIDE, "alex is analyst; analyst may do recommendations.decide"),
        (VERA, Permission.DECIDE, "vera is viewer; recommendations.decide needs admin or analyst"),
        (NOBODY, Permission.READ, "nobody is nobody here; workspace.read needs admin or analyst or viewer"),
    ],
)
def test_a_verdict_says_why(person: Principal, permission: Permission, reason: str) -> None:
    assert why(person, permission).reason == reason


def test_the_user_of_the_system_owns_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "kim")
    assert local_principal() == Principal("kim", frozenset({Role.ADMIN}))


def test_a_refused_write_touches_nothing(settings: Settings) -> None:
    invoice = ExpectedInvoice(date(2026, 10, 1), "USD", Decimal(1))
    with pytest.raises(AccessDenied, match="vera is viewer"):
        Workspace(settings, principal=VERA).save_invoices([InvoiceEdit(invoice)])
    assert not (settings.home / "workspace.db").exists()
    Workspace(settings, principal=ALEX).save_invoices([InvoiceEdit(invoice)])
    assert len(Workspace(settings, principal=VERA).expected_invoices()) == 1
    with pytest.raises(AccessDenied):
        Workspace(settings, principal=VERA).activity()
    with pytest.raises(AccessDenied):
        Workspace(settings, principal=NOBODY).expected_invoices()
