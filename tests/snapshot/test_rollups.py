"""The rollups of a tiny bill, computed by hand."""

from datetime import date, datetime
from decimal import Decimal

from tests.conftest import PublishBill
from tests.support.bills import charge
from workbench.engines import Query


def test_daily_costs_sum_the_charges_of_a_day(publish_bill: PublishBill) -> None:
    snapshot = publish_bill(
        [
            charge("1.25"),
            charge("0.000000000001", charge_period_start=datetime(2026, 10, 1, 23)),
            charge("5", charge_period_start=datetime(2026, 10, 2)),
        ]
    )
    rows = snapshot.engine.run(
        Query("days", "SELECT charge_date, effective_cost, charge_count FROM daily_costs ORDER BY 1")
    ).to_pylist()
    assert rows == [
        {"charge_date": date(2026, 10, 1), "effective_cost": Decimal("1.250000000001"), "charge_count": 2},
        {"charge_date": date(2026, 10, 2), "effective_cost": Decimal(5), "charge_count": 1},
    ]
