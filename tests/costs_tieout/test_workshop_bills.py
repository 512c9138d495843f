"""The two real months of the shared data tie out to their known totals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from workbench.costs.tieout import State, headline, tie_out
from workbench.ingest import ingest
from workbench.progress import Silent
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore
from workbench.workspace import ExpectedInvoice

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.shared_data
def test_the_workshop_bills_tie_out_to_their_known_totals_and_two_dollars_off_is_red(
    shared_data: Path, settings: Settings
) -> None:
    ingest(sorted((shared_data / "aws-cur").glob("*WorkshopCUR*.parquet")), settings, Silent())
    invoices = [
        ExpectedInvoice(date(2018, 10, 1), "USD", Decimal("4064.48")),
        ExpectedInvoice(date(2018, 11, 1), "USD", Decimal("3505.33")),
    ]
    off_by_two = [ExpectedInvoice(date(2018, 10, 1), "USD", Decimal("4066.48")), invoices[1]]
    with SnapshotStore(settings).open() as snapshot:
        exact = tie_out(snapshot.engine, invoices, NOW)
        wrong = tie_out(snapshot.engine, off_by_two, NOW)

    assert [(row.rows, round(row.billed or 0, 6)) for row in exact.rows] == [
        (119_307, Decimal("4064.483132")),
        (124_340, Decimal("3505.326968")),
    ]
    assert headline(exact) == "Bill ties out: 2 of 2 months matched"
    # 0.5 x sqrt(119,307) x 0.01 = 1.7270...
    assert round(exact.rows[0].tolerance or 0, 4) == Decimal("1.7270")
    assert [row.state for row in wrong.rows] == [State.DIFFERS, State.MATCHED]
    assert round(wrong.rows[0].difference or 0, 6) == Decimal("-1.996868")
