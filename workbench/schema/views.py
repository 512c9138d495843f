"""Views of the analytics schema, as canonical SQL; each engine creates them after the tables, in this order."""

from __future__ import annotations

from workbench.schema.model import View, quote
from workbench.schema.tables import CHARGE_SPREADS

__all__ = ["VIEWS", "charge_days_sql"]

_COLUMNS = ", ".join(quote(name) for name in CHARGE_SPREADS.names)
_PLAIN = ", ".join(
    "CAST(charge_period_start AS DATE) AS charge_date" if name == "charge_date" else quote(name)
    for name in CHARGE_SPREADS.names
)


def charge_days_sql(of_charges: str = "", of_spreads: str = "") -> str:
    """The SELECT of ``charge_days``, with a further condition on each of its halves (beginning with AND)."""
    return (
        f"SELECT {_PLAIN} FROM charges WHERE NOT x_spread{of_charges}"
        f" UNION ALL SELECT {_COLUMNS} FROM charge_spreads WHERE TRUE{of_spreads}"
    )


VIEWS: tuple[View, ...] = (
    View(
        "charge_days",
        "charge line on the UTC day it belongs to; a spread fee has a row on each day it covers",
        CHARGE_SPREADS.columns,
        "charges and charge_spreads",
        charge_days_sql(),
    ),
)
