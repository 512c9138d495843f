"""All analytics tables of this release."""

from __future__ import annotations

from workbench.schema.charges import CHARGES, COSTS
from workbench.schema.inventory import INVENTORY
from workbench.schema.model import Column, Kind, Table
from workbench.schema.reference import REFERENCE

__all__ = [
    "CHARGE_SPREADS",
    "DAILY_COSTS",
    "DAILY_RESOURCE_COSTS",
    "DIMENSION_LABELS",
    "LOADS",
    "MAX_PROMOTED_TAGS",
    "PROMOTED_TAGS",
    "QUALITY_FINDINGS",
    "READABLE_VERSIONS",
    "REJECTED_ROWS",
    "RESOURCE_COSTS",
    "ROLLUPS",
    "ROLLUP_DIMENSIONS",
    "SCHEMA_VERSION",
    "SOURCE_FILES",
    "TABLES",
    "table",
]

SCHEMA_VERSION = 2  # 2: inventory and reference tables
READABLE_VERSIONS = (1, 2)  # later versions only added tables; a refresh creates those an older snapshot lacks
MAX_PROMOTED_TAGS = 8

_T, _M, _N, _I, _B, _D, _TS, _J = (
    Kind.TEXT,
    Kind.MONEY,
    Kind.NUMBER,
    Kind.INTEGER,
    Kind.BOOLEAN,
    Kind.DATE,
    Kind.TIMESTAMP,
    Kind.JSON,
)
_CCY = "billing_currency"

_COSTS = (
    Column("billed_cost", _M, "Sum of billed cost; spread fees count on their first day (cash)", _CCY),
    Column("effective_cost", _M, "Sum of effective cost; spread fees count on each day they cover (accrual)", _CCY),
    Column("contracted_cost", _M, "Sum of contracted cost; null when no line has one", _CCY),
    Column("list_cost", _M, "Sum of list cost; null when no line has one", _CCY),
)

# Dimensions of daily_costs that are plain columns of charges, in rollup order.
ROLLUP_DIMENSIONS: tuple[str, ...] = (
    "billing_currency",
    "provider_name",
    "billing_account_id",
    "sub_account_id",
    "service_category",
    "service_name",
    "region_id",
    "charge_category",
    "charge_class",
    "pricing_category",
    "commitment_discount_status",
)

DAILY_COSTS = Table(
    "daily_costs",
    "charge day x billing period x currency x provider x billing account x sub-account x service x region"
    " x charge category and class x pricing category x commitment status x consumed unit x promoted tags",
    (
        Column("charge_date", _D, "UTC day the charge is for", "", "", True),
        Column("billing_month", _D, "First day of the billing period the charge is invoiced in"),
        *(
            CHARGES.column(name) if name != _CCY else Column(_CCY, _T, "Currency of the costs", "", "", True)
            for name in ROLLUP_DIMENSIONS
        ),
        Column("consumed_unit", _T, "Unit of the consumed quantity"),
        *(
            Column(f"tag_{i}", _T, f"Value of the promoted tag key at position {i}; null when absent")
            for i in range(1, MAX_PROMOTED_TAGS + 1)
        ),
        *_COSTS,
        Column("consumed_quantity", _N, "Sum of consumed quantity", "consumed_unit"),
        Column("charge_count", _I, "Charge lines summed; a spread fee counts once, on its first day", "lines"),
    ),
    "rollup of charges",
)

DAILY_RESOURCE_COSTS = Table(
    "daily_resource_costs",
    "charge day x currency x provider x sub-account x service x region x resource",
    (
        Column("charge_date", _D, "UTC day the charge is for", "", "", True),
        Column(_CCY, _T, "Currency of the costs", "", "", True),
        *(
            CHARGES.column(name)
            for name in (
                "provider_name",
                "sub_account_id",
                "service_category",
                "service_name",
                "region_id",
                "resource_id",
            )
        ),
        *_COSTS,
        Column("charge_count", _I, "Charge lines summed; a spread fee counts once, on its first day", "lines"),
    ),
    "rollup of charges",
)

_THIRTY_DAYS = "of the 30 days up to window_last; zero without a charge on them, null when no line has one"

RESOURCE_COSTS = Table(
    "resource_costs",
    "resource (id and sub-account) x currency",
    (
        Column("resource_id", _T, "Provider's id", "", "", True),
        Column("sub_account_id", _T, "Account that was charged"),
        Column("sub_account_name", _T, "Its newest display name"),
        Column(_CCY, _T, "Currency of the costs", "", "", True),
        Column("provider_name", _T, "Provider as on the bill"),
        Column("service_category", _T, "FOCUS service category with most cost"),
        Column("service_name", _T, "Service with most cost, as on the bill"),
        Column("region_id", _T, "Region with most cost"),
        Column("resource_name", _T, "Newest display name on the bill"),
        Column("resource_type", _T, "Newest resource type on the bill"),
        Column("tags", _J, "Newest tags on the bill, a JSON object"),
        Column("first_charge_date", _D, "First day with a charge", "", "", True),
        Column("last_charge_date", _D, "Last day with a charge", "", "", True),
        Column("window_first", _D, "First of the 30 days", "", "", True),
        Column("window_last", _D, "Last complete day of the bill", "", "", True),
        *(
            Column(f"{cost}_30d", _M, f"{cost.removesuffix('_cost').capitalize()} cost {_THIRTY_DAYS}", _CCY)
            for cost in COSTS
        ),
        Column("effective_cost", _M, "Effective cost of all days", _CCY),
        Column("charge_count", _I, "Charge lines of all days", "lines"),
        Column("currencies", _I, "Currencies the resource is charged in, a row each", "currencies", "", True),
        Column("main_currency", _B, "Whether this is the row of the currency with most cost", "", "", True),
        Column("inventory_table", _T, "Inventory table that has the resource; null when none has"),
        Column("inventory_id", _T, "Its id there"),
    ),
    "rollup of charges, matched with the inventory",
)

CHARGE_SPREADS = Table(
    "charge_spreads",
    "spread charge line x day it covers; every charges column, costs cut into exact daily parts",
    (Column("charge_date", _D, "UTC day of this part", "", "", True), *CHARGES.columns),
    "charges where x_spread",
)

PROMOTED_TAGS = Table(
    "promoted_tags",
    "tag key kept in daily_costs",
    (
        Column("position", _I, "Column tag_<position> of daily_costs holds this key", "", "", True),
        Column("tag_key", _T, "Tag key as on the bill", "", "", True),
        Column("effective_cost", _M, "Absolute effective cost of lines with the key, currencies as numbers"),
        Column("distinct_values", _I, "Different values seen", "values"),
    ),
    "rollup of charges",
)

DIMENSION_LABELS = Table(
    "dimension_labels",
    "dimension x value: the newest display name on the bill",
    (
        Column("dimension", _T, "account, billing_account, region or resource", "", "", True),
        Column("value", _T, "Id as in charges", "", "", True),
        Column("label", _T, "Newest display name", "", "", True),
        Column("kind", _T, "For resources: the newest resource type"),
    ),
    "rollup of charges",
)

LOADS = Table(
    "loads",
    "one run of ingest",
    (
        Column("load_id", _I, "Number of the run", "", "", True),
        Column("started_at", _TS, "When the run began", "UTC", "", True),
        Column("seconds", _N, "Duration", "s"),
        Column("status", _T, "done, partial or failed"),
        Column("files_loaded", _I, "Files loaded", "files"),
        Column("files_unchanged", _I, "Files already loaded, left alone", "files"),
        Column("files_refused", _I, "Files refused, nothing of them loaded", "files"),
        Column("rows_loaded", _I, "Rows added: charge lines, or rows of an inventory table", "rows"),
        Column("rows_replaced", _I, "Rows of earlier versions removed", "rows"),
    ),
    "ingest",
)

SOURCE_FILES = Table(
    "source_files",
    "one file offered to ingest, loaded or refused, in one version",
    (
        Column("source_id", _I, "Number of the file version (charges.x_source_id)", "", "", True),
        Column("load_id", _I, "Run that handled it", "", "", True),
        Column("path", _T, "Absolute path or URL as given", "", "", True),
        Column("dataset", _T, "What a newer version replaces: report, export, or the path itself", "", "", True),
        Column("billing_month", _D, "First day of the billing period when the layout states one"),
        Column("version", _T, "Assembly id, execution id or content hash of the delivery", "", "", True),
        Column("sha256", _T, "SHA-256 of the file"),
        Column("bytes", _I, "Size of the file", "bytes"),
        Column("format", _T, "focus, aws-cur, aws-cur2 or inventory; null when not recognised"),
        Column("format_version", _T, "Version of the format as detected from the columns; of an inventory, its table"),
        Column("status", _T, "loaded, replaced (by a newer version), refused", "", "", True),
        Column("reason", _T, "Why it was refused"),
        Column("rows_in", _I, "Rows read from the file", "rows"),
        Column("rows_loaded", _I, "Rows added: charge lines, or rows of an inventory table", "rows"),
        Column("control_totals", _J, "Per currency and cost: sum in the file and sum loaded"),
        Column("columns_new", _J, "Columns kept in x_attributes, a JSON list"),
        Column("columns_missing", _J, "Expected columns the file lacks, a JSON list"),
        Column("first_charge", _TS, "Earliest charge period start", "UTC"),
        Column("last_charge", _TS, "Latest charge period end", "UTC"),
        Column("seconds", _N, "Time taken", "s"),
        Column("loaded_at", _TS, "When it was handled", "UTC"),
    ),
    "ingest",
)

REJECTED_ROWS = Table(
    "rejected_rows",
    "one reason why a file was refused, with the row it was found in",
    (
        Column("source_id", _I, "File (source_files.source_id)", "", "", True),
        Column(
            "row_number",
            _I,
            "Line of a text file (header = 1) or row of a Parquet file (first = 1)",
        ),
        Column("column_name", _T, "Column as named in the file"),
        Column("value", _T, "Value found, cut at 200 characters"),
        Column("reason", _T, "What is wrong and what was expected", "", "", True),
    ),
    "ingest",
)

QUALITY_FINDINGS = Table(
    "quality_findings",
    "data-quality rule x source file with at least one row that breaks it",
    (
        Column("source_id", _I, "File (source_files.source_id)", "", "", True),
        Column("rule", _T, "Stable id of the rule", "", "", True),
        Column("title", _T, "The rule in words", "", "", True),
        Column("severity", _T, "error, warning or info", "", "", True),
        Column("rows", _I, "Rows that break it", "lines", "", True),
        Column("effective_cost", _M, "Effective cost of those rows, all currencies as numbers"),
        Column("examples", _J, "Up to three example rows, a JSON list of objects"),
    ),
    "ingest",
)

TABLES: tuple[Table, ...] = (
    CHARGES,
    CHARGE_SPREADS,
    DAILY_COSTS,
    DAILY_RESOURCE_COSTS,
    RESOURCE_COSTS,
    PROMOTED_TAGS,
    DIMENSION_LABELS,
    LOADS,
    SOURCE_FILES,
    REJECTED_ROWS,
    QUALITY_FINDINGS,
    *INVENTORY,
    *REFERENCE,
)

ROLLUPS: tuple[str, ...] = (
    "charge_spreads",
    "daily_costs",
    "daily_resource_costs",
    "resource_costs",
    "promoted_tags",
    "dimension_labels",
    "services",
    "service_categories",
    "unmapped_services",
)
"""Tables computed from the others whenever a snapshot is built."""


def table(name: str) -> Table:
    """The declaration of ``name``; raises ``KeyError`` when there is none."""
    for declared in TABLES:
        if declared.name == name:
            return declared
    raise KeyError(name)
