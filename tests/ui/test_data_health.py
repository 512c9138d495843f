"""Data health: the bill against its invoices first, then whether the data is all there.

October 2026 to the 20th: S3 at 3 and Lambda at 2 USD a day, 100 together; September: S3 at 1, Lambda at 2, 90 together.
The bill names no invoices, and it is 21 October: October is open, September must match.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.bills import charge
from tests.support.focus_bill import csv_text, focus_row
from tests.ui.conftest import OpenApp
from workbench.ingest import ingest
from workbench.settings import Settings
from workbench.snapshot import SnapshotStore
from workbench.workspace import ExpectedInvoice, InvoiceEdit, Workspace

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def _start_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_START_PAGE", "data_health")


def expect(settings: Settings, amount: str) -> None:
    Workspace(settings).import_invoices([ExpectedInvoice(SEPTEMBER, "USD", Decimal(amount))])


def table(app: AppTest, name: str) -> pd.DataFrame:
    """The table a screen reader calls ``name``."""
    return next(one.value for one in app.dataframe if one.proto.alt == name)


def open_tab(app: AppTest, name: str) -> AppTest:
    app.session_state["health-part"] = name
    return app.run()


def shown(app: AppTest) -> str:
    """Everything written on the page, without what only keeps it from being read as Markdown."""
    kinds = (app.markdown, app.caption, app.text, app.error, app.warning, app.info, app.success)
    return "\n".join(str(one.value) for kind in kinds for one in kind).replace("\\", "").replace("\u2060", "")


@pytest.mark.usefixtures("tiny_bill")
def test_it_is_red_until_an_expected_total_matches(open_app: OpenApp, settings: Settings) -> None:
    unchecked = open_app()
    assert [one.value for one in unchecked.error] == [
        "Bill not checked yet: no invoice total has been entered for 1 month"
    ]
    rows = table(unchecked, "Bill against invoices")
    assert rows[["State", "Month", "Billed"]].values.tolist() == [
        ["○ not invoiced yet", "2026-10", 100],
        ["! not checked", "2026-09", 90],
    ]

    expect(settings, "88")
    off_by_two = open_app()
    assert [one.value for one in off_by_two.error] == ["Bill does not tie out: 0 of 1 month matched, 1 differs"]
    assert table(off_by_two, "Bill against invoices")["Difference"].tolist()[1] == 2

    expect(settings, "90.99")
    matched = open_app()
    assert not matched.error
    assert [one.value for one in matched.success] == ["Bill ties out: 1 of 1 month matched"]


@pytest.mark.usefixtures("tiny_bill")
def test_a_filter_in_the_address_does_not_touch_the_tie_out(open_app: OpenApp, settings: Settings) -> None:
    expect(settings, "90")
    app = open_app(f="service:Amazon S3", range="last_month")
    assert [one.value for one in app.success] == ["Bill ties out: 1 of 1 month matched"]
    assert "filters never apply here" in shown(app)


@pytest.mark.usefixtures("tiny_bill")
def test_typed_totals_are_stored_only_on_save(open_app: OpenApp, settings: Settings) -> None:
    app = open_app()
    (grid,) = app.data_editor
    assert grid.value["month"].tolist() == ["2026-09"], "the amount that waits for a total is there to fill in"
    typed = {"edited_rows": {0: {"amount": "90.00"}}, "added_rows": [], "deleted_rows": []}
    app.session_state["invoice-grid-0"] = typed
    app.run()
    assert "1 change not saved yet" in shown(app)
    assert Workspace(settings).expected_invoices() == ()

    app.button(key="invoice-save").click().run()
    (stored,) = Workspace(settings).expected_invoices()
    assert (stored.invoice.amount, stored.invoice.billing_account_id) == (Decimal("90.00"), "000000000001")
    assert [one.value for one in app.success] == ["Bill ties out: 1 of 1 month matched"]


@pytest.mark.usefixtures("tiny_bill")
def test_a_total_changed_by_someone_else_meanwhile_is_not_overwritten(open_app: OpenApp, settings: Settings) -> None:
    expect(settings, "88")
    app = open_app()
    boris = Workspace(settings, user="boris")
    (seen,) = boris.expected_invoices()
    boris.save_invoices([InvoiceEdit(ExpectedInvoice(SEPTEMBER, "USD", Decimal(89)), seen.id, seen.version)])

    app.session_state["invoice-grid-0"] = {"edited_rows": {0: {"amount": "90"}}, "added_rows": [], "deleted_rows": []}
    app.run()
    app.button(key="invoice-save").click().run()
    assert "changed by boris at 2026-10-21 09:00:00 UTC" in shown(app)
    assert boris.expected_invoices()[0].invoice.amount == 89

    app.button(key="invoice-reload").click().run()
    assert app.data_editor[0].value["amount"].tolist() == ["89"]


@pytest.mark.usefixtures("tiny_bill")
def test_a_csv_with_a_bad_value_names_it_and_a_good_one_is_imported(open_app: OpenApp, settings: Settings) -> None:
    app = open_app()
    app.file_uploader[0].set_value(("totals.csv", b'month,currency,amount\n2026-09,USD,"1,000"\n', "text/csv")).run()
    assert "1 value cannot be used; nothing was imported" in shown(app)
    assert "nothing between thousands" in table(app, "Values that cannot be used")["What is wrong"][0]

    app.file_uploader[0].set_value(("totals.csv", b"month,currency,amount\n2026-09,USD,90\n", "text/csv")).run()
    app.button(key="invoice-import").click().run()
    assert [one.value for one in app.success] == ["Bill ties out: 1 of 1 month matched"]


@pytest.mark.usefixtures("tiny_bill")
def test_a_damaged_workspace_is_said_and_the_bill_is_shown_all_the_same(open_app: OpenApp, settings: Settings) -> None:
    (settings.home / "workspace.db").write_bytes(b"not a database" * 500)
    app = open_app()
    assert "The workspace file is damaged" in shown(app)
    assert table(app, "Bill against invoices")["Billed"].tolist() == [100, 90]


@pytest.mark.usefixtures("tiny_bill")
@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("Bill totals", "The sum is the same however it is grouped"),
        ("Completeness", "Every day between the first and the last charge day is there"),
        ("Files", "This snapshot names no source file"),
        ("Quality", "None: every rule that applies to these files is kept"),
        ("Snapshots", "Each load publishes a new one"),
        ("Load bills", "The format is detected"),
        ("Dictionary", "One row is one charge line of a bill"),
    ],
)
def test_only_the_open_tab_is_drawn(open_app: OpenApp, tab: str, words: str) -> None:
    app = open_app()
    assert words not in shown(app)
    assert words in shown(open_tab(app, tab))
    assert not app.data_editor


@pytest.mark.usefixtures("tiny_bill")
def test_the_dictionary_has_the_views_and_is_searched_over_all_columns(open_app: OpenApp) -> None:
    app = open_tab(open_app(), "Dictionary")
    names = [option.split()[0] for option in app.selectbox(key="dictionary-table").options]
    assert {"charges", "instances", "resource_costs", "resources", "cost_trends"} <= set(names)
    app.text_input(key="dictionary-search").input("retention days").run()
    found = table(app, "Data dictionary")[["Table", "Column"]].values.tolist()
    assert found == [["log_groups", "retention_days"]]
    app.text_input(key="dictionary-search").input("nothing is called so").run()
    assert "0 columns" in shown(app)


def test_an_inventory_is_in_the_list_of_files_without_changed_columns(
    open_app: OpenApp, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "bill").mkdir()
    (tmp_path / "bill" / "bill.csv").write_text(csv_text([focus_row("i-1")]))
    client = {"id": "c1", "account_id": "a1", "name": "ci", "provider": "AWS"}
    bucket = {"id": "b1", "account_id": "a1", "name": "logs", "region": "eu-west-1", "provider": "AWS"}
    for name, row in (("api_clients", client), ("s3_buckets", bucket)):
        (tmp_path / f"{name}.csv").write_text(csv_text([row]))
    ingest([tmp_path], settings)
    app = open_tab(open_app(), "Files")
    files = table(app, "Files")
    assert sorted(files[["File", "Format", "Rows loaded"]].values.tolist()) == [
        ["api_clients.csv", "inventory api_clients", 1],
        ["bill.csv", "focus 1.0", 1],
        ["s3_buckets.csv", "inventory s3_buckets", 1],
    ]
    assert "None: files of one dataset have the same columns" in shown(app)


@pytest.mark.usefixtures("tiny_bill")
def test_totals_of_the_bill_are_the_same_however_they_are_grouped(open_app: OpenApp) -> None:
    app = open_tab(open_app(), "Bill totals")
    for group in ("Month", "Invoice", "Account"):
        app.segmented_control(key="bill-totals-by").set_value(group).run()
        rows = table(app, f"Totals on the bill by {group}")
        assert rows["Month"].tolist()[-1] == "Total"
        assert rows["Billed"].tolist()[-1] == 190 == sum(rows["Billed"].tolist()[:-1])


def test_bills_are_loaded_from_the_page_and_again_without_effect(
    open_app: OpenApp, settings: Settings, tmp_path: Path
) -> None:
    bill = tmp_path / "bill.csv"
    bill.write_text(csv_text([focus_row("i-1"), focus_row("i-2")]))
    app = open_app()
    assert "No data yet" in shown(app)
    app.text_input(key="load-path-0").input(str(bill))
    app.button(key="load-submit").click().run()
    assert table(app, "Bill against invoices")["Billed"].tolist() == [3]

    app = open_tab(app, "Load bills")
    assert "Loaded: 1 file loaded, 0 unchanged, 0 refused; 2 lines" in shown(app)
    app.text_input(key="load-path-1").input(str(bill))
    app.button(key="load-submit").click().run()
    assert "Nothing new: 0 files loaded, 1 unchanged" in shown(app)
    assert len(SnapshotStore(settings).list()) == 1

    files = table(open_tab(app, "Files"), "Files")
    assert files[["State", "File", "Rows loaded"]].values.tolist() == [["✓ loaded", "bill.csv", 2]]
    controls = table(app, "Control totals")
    assert controls[["State", "Cost", "In the file", "Loaded"]].values.tolist()[0] == ["✓ agrees", "Billed", 3, 3]


def test_an_uploaded_bill_with_a_bad_row_is_refused_with_the_row(open_app: OpenApp, settings: Settings) -> None:
    app = open_app()
    bad = csv_text([focus_row("i-1"), focus_row("i-2", BilledCost="abc")])
    app.file_uploader(key="load-files-0").set_value([("../../bad.csv", bad.encode(), "text/csv")])
    app.button(key="load-submit").click().run()
    assert "Nothing was loaded: 0 files loaded, 0 unchanged, 1 refused" in shown(app)
    refused = table(app, "Refused rows of the last run")
    assert refused[["Row", "Column", "Value"]].values.tolist() == [[3, "BilledCost", "abc"]]
    (kept,) = (settings.home / "uploads").glob("*/*")
    assert kept.name == "bad.csv"


def test_an_older_snapshot_is_verified_and_rolled_back_to_after_a_question(
    open_app: OpenApp, settings: Settings, publish_bill
) -> None:
    older = publish_bill([charge("5")]).manifest
    publish_bill([charge("6")])
    app = open_tab(open_app(), "Snapshots")
    choice = app.selectbox(key="snapshot-choice")
    choice.select_index(1).run()
    app.button(key="snapshot-verify").click().run()
    assert "Intact, read in" in shown(app)

    app.button(key="snapshot-rollback").click().run()
    assert SnapshotStore(settings).current() != older, "nothing happens before the question is answered"
    app.button(key="snapshot-rollback-yes").click().run()
    assert SnapshotStore(settings).current() == older
    assert table(app, "Bill against invoices")["Billed"].tolist() == [5]


def test_names_from_the_bill_are_shown_letter_by_letter(open_app: OpenApp, publish_bill) -> None:
    hostile = "![x](http://evil.example/a.png) <b>bold</b>\u202egpj"
    publish_bill([charge("1", invoice_id=hostile, provider_name=hostile)])
    app = open_app()
    assert table(app, "Bill against invoices")["Invoice"].tolist() == [hostile.replace("\u202e", "�")]
    app = open_tab(app, "Completeness")
    assert "evil" not in "\n".join(str(one.value) for one in [*app.markdown, *app.caption])
