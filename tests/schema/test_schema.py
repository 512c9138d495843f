"""The declaration of the tables is complete, consistent, and what the engine really has."""

import duckdb
import pytest

from workbench.schema import INVENTORY, TABLES, VIEWS, Kind, create_table, create_view, duckdb_type, snake, table
from workbench.schema.charges import FOCUS_NAMES
from workbench.schema.dictionary import data_dictionary
from workbench.schema.tables import ROLLUP_DIMENSIONS
from workbench.settings import PROJECT_ROOT

_CURRENCIES = {"billing_currency", "pricing_currency", "to_currency", "USD", "USD/hour", "USD/month"}


@pytest.mark.parametrize("declared", TABLES, ids=lambda t: t.name)
def test_the_generated_table_has_exactly_the_declared_columns(declared):
    with duckdb.connect() as connection:
        connection.execute(create_table(declared))
        found = connection.execute(f'DESCRIBE "{declared.name}"').fetchall()
    assert [row[0] for row in found] == list(declared.names)
    for row, column in zip(found, declared.columns, strict=True):
        assert row[1].replace(",", ", ").replace(",  ", ", ") == duckdb_type(column.kind)
        assert (row[2] == "NO") == column.required


@pytest.mark.parametrize("declared", TABLES, ids=lambda t: t.name)
def test_every_column_is_described_and_every_amount_has_a_unit(declared):
    assert len(set(declared.names)) == len(declared.names)
    assert declared.grain
    for column in declared.columns:
        assert column.description, column.name
        if column.kind is Kind.MONEY and column.name != "effective_cost":
            assert column.unit in _CURRENCIES, column.name


def test_focus_names_follow_one_rule():
    assert {focus: snake(focus) for focus in FOCUS_NAMES} == FOCUS_NAMES


@pytest.mark.parametrize(
    ("focus", "ours"),
    [("SkuPriceId", "sku_price_id"), ("x_ServiceCode", "x_service_code"), ("x_UsageType", "x_usage_type")],
)
def test_snake_case_keeps_words_apart(focus, ours):
    assert snake(focus) == ours


def test_focus_1_2_has_57_columns_and_1_3_adds_eight():
    added_in_1_3 = {"AllocatedMethodId", "AllocatedMethodDetails", "AllocatedResourceId", "AllocatedResourceName",
                    "AllocatedTags", "ContractApplied", "HostProviderName", "ServiceProviderName"}  # fmt: skip
    added_in_1_4 = {"CommitmentProgramEligibilityDetails", "InvoiceDetailId"}
    assert len(set(FOCUS_NAMES) - added_in_1_3 - added_in_1_4) == 57
    assert added_in_1_3 | added_in_1_4 < set(FOCUS_NAMES)


def test_rollup_dimensions_are_columns_of_charges_and_of_the_rollup():
    assert set(ROLLUP_DIMENSIONS) <= set(table("charges").names)
    assert set(ROLLUP_DIMENSIONS) <= set(table("daily_costs").names)


def test_the_inventory_has_the_tables_of_the_requirement_and_nat_gateways():
    assert len(INVENTORY) == 27
    for declared in INVENTORY:
        assert declared.names[0] == "id"
        assert declared.names[-3:] == ("provider", "provider_attributes", "x_source_id")


@pytest.mark.parametrize("view", VIEWS, ids=lambda v: v.name)
def test_a_view_has_exactly_the_declared_columns_and_types(view):
    with duckdb.connect() as connection:
        for declared in TABLES:
            connection.execute(create_table(declared))
        for each in VIEWS[: VIEWS.index(view) + 1]:
            connection.execute(create_view(each))
        found = connection.execute(f'DESCRIBE "{view.name}"').fetchall()
    assert [(row[0], row[1].replace(",", ", ").replace(",  ", ", ")) for row in found] == [
        (column.name, duckdb_type(column.kind)) for column in view.columns
    ]


def test_the_data_dictionary_is_up_to_date():
    assert (PROJECT_ROOT / "docs" / "DATA_DICTIONARY.md").read_text() == data_dictionary()
