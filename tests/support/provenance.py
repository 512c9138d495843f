"""One provenance for tests of exports; its texts are as hostile as a tag value can be."""

from datetime import UTC, date, datetime

from workbench.engines import Query
from workbench.export import Provenance

__all__ = ["PROVENANCE"]

PROVENANCE = Provenance(
    title="Cost by service </title><script>alert(1)</script>",
    period="1–20 Nov 2026, 20 of 30 days",
    basis="effective",
    currency="USD",
    view="basis=effective&f=tag.team:%3D1%2B1",
    filters=("Tag team is =1+1",),
    queries=(Query("By service", "SELECT 1 WHERE $p1 <> '<b>'", (("p1", date(2026, 11, 1)), ("p2", "=1+1"))),),
    snapshot_id="20261120T090000Z-ab12cd",
    snapshot_sha256="ab" * 32,
    as_of=date(2026, 11, 20),
    created_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    notes=("50 of 1,284 rows",),
)
