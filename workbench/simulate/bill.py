"""The bill: charge lines as FOCUS 1.2 Parquet, one file a billing month, with AWS's usage type and operation beside."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from workbench.schema.charges import FOCUS_NAMES
from workbench.schema.model import literal
from workbench.settings import PROJECT_ROOT
from workbench.simulate.inventory.company import COMPANY, PAYER

__all__ = ["create_cells", "write_month"]

_LATER_THAN_1_2 = (
    "AllocatedMethodId", "AllocatedMethodDetails", "AllocatedResourceId", "AllocatedResourceName", "AllocatedTags",
    "ContractApplied", "HostProviderName", "ServiceProviderName", "CommitmentProgramEligibilityDetails",
    "InvoiceDetailId",
)  # fmt: skip
_MONEY = (
    "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ListUnitPrice", "ContractedUnitPrice",
    "PricingQuantity", "ConsumedQuantity", "CommitmentDiscountQuantity", "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice",
)  # fmt: skip
_TIMES = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
COLUMNS = tuple(sorted((set(FOCUS_NAMES) - set(_LATER_THAN_1_2)) | {"x_UsageType", "x_Operation"}))
"""Columns of the bill: all of FOCUS 1.2 and two of the provider."""

_RESOURCE_TYPES = {
    "instances": "EC2 instance",
    "volumes": "EBS volume",
    "snapshots": "EBS snapshot",
    "s3_buckets": "S3 bucket",
    "rds_instances": "RDS instance",
    "cache_clusters": "ElastiCache cluster",
    "managed_services": "Managed service",
    "streaming_clusters": "Stream",
    "container_clusters": "EKS cluster",
    "load_balancers": "Load balancer",
    "nat_gateways": "NAT gateway",
    "elastic_ips": "Elastic IP address",
    "lambda_functions": "Lambda function",
    "log_groups": "Log group",
}
_BLOCK_STORAGE = ("Amazon Elastic Block Store", "Storage", "Block Storage")
_REFERENCE = PROJECT_ROOT / "data" / "reference"


def create_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``services``, ``stream_cells`` (what all lines of a stream have in common) and empty ``single_lines``.

    ``single_lines`` has the columns of the bill and ``month``, the first day of the month on whose invoice a line is.
    """
    types = " ".join(f"WHEN '{table}' THEN '{name}'" for table, name in _RESOURCE_TYPES.items())
    name, category, subcategory = _BLOCK_STORAGE
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE services AS
        SELECT service_code, service_name, service_category, service_subcategory
        FROM read_csv({literal(str(_REFERENCE / "aws_services.csv"))}, all_varchar = true)
        UNION ALL SELECT 'EBS', '{name}', '{category}', '{subcategory}';
        CREATE OR REPLACE TEMP TABLE regions AS
        SELECT region_id, region_name FROM read_csv({literal(str(_REFERENCE / "aws_regions.csv"))}, all_varchar = true);
        CREATE OR REPLACE TEMP TABLE stream_cells AS
        SELECT s.stream_no, k.description AS ChargeDescription, k.unit AS ConsumedUnit, k.unit AS PricingUnit,
               s.contracted_price::DECIMAL(38, 12) AS ContractedUnitPrice,
               s.list_price::DECIMAL(38, 12) AS ListUnitPrice,
               if(s.sku LIKE 'AmazonEC2/SpotUsage:%', 'Dynamic', 'Standard') AS PricingCategory,
               s.region AS RegionId, r.region_name AS RegionName, if(s.id IS NULL, NULL, s.resource_key) AS ResourceId,
               p.resource_name AS ResourceName, CASE s.resource_type {types} END AS ResourceType,
               v.service_category AS ServiceCategory, v.service_name AS ServiceName,
               v.service_subcategory AS ServiceSubcategory,
               concat_ws('-', k.service_code, c.code, replace(substr(s.sku, length(k.service_code) + 2), '/', '-'))
                   AS SkuId,
               k.description AS SkuMeter, k.details AS SkuPriceDetails, a.account_number AS SubAccountId,
               a.account_name AS SubAccountName, nullif(p.tags, '{{}}') AS Tags, k.operation AS x_Operation,
               c.code || '-' || k.usage_type AS x_UsageType
        FROM streams s
        JOIN skus k USING (sku)
        JOIN services v ON v.service_code = if(s.sku LIKE 'AmazonEC2/EBS:%', 'EBS', k.service_code)
        JOIN accounts a ON a.account_id = s.account_id
        JOIN region_codes c ON c.region = s.region
        JOIN regions r ON r.region_id = s.region
        LEFT JOIN resource_plan p ON p.id = s.id AND p.resource_type = s.resource_type
        ORDER BY s.stream_no;
        CREATE OR REPLACE TEMP TABLE single_lines ({", ".join(f"{name} {_type(name)}" for name in COLUMNS)}, month DATE)
        """
    )


def _type(name: str) -> str:
    if name in _MONEY:
        return "DECIMAL(38, 12)"
    return "TIMESTAMP" if name in _TIMES else "VARCHAR"


def write_month(connection: duckdb.DuckDBPyConnection, month: date, path: Path, *, closed: bool) -> None:
    """Write the lines of ``month_lines`` and those of ``single_lines`` that are on the invoice of ``month``.

    A closed month has an invoice; the open one has none yet.
    """
    invoice = f"'INV-{month:%Y-%m}-4471'" if closed else "NULL"
    computed = {
        "BilledCost": "l.billed_cost",
        "ChargeCategory": "'Usage'",
        "ChargeFrequency": "'Usage-Based'",
        "ChargePeriodStart": "(first_day() + l.n)::TIMESTAMP",
        "ChargePeriodEnd": "(first_day() + l.n + 1)::TIMESTAMP",
        "CommitmentDiscountCategory": "m.category",
        "CommitmentDiscountId": "m.arn",
        "CommitmentDiscountName": "m.name",
        "CommitmentDiscountQuantity": "l.committed",
        "CommitmentDiscountStatus": "if(l.part > 0, 'Used', NULL)",
        "CommitmentDiscountType": "m.type",
        "CommitmentDiscountUnit": "m.unit",
        "ConsumedQuantity": "l.quantity::DECIMAL(38, 12)",
        "ContractedCost": "l.contracted_cost",
        "EffectiveCost": "l.effective_cost",
        "ListCost": "l.list_cost",
        "PricingCategory": "if(l.part > 0, 'Committed', c.PricingCategory)",
        "PricingCurrencyContractedUnitPrice": "c.ContractedUnitPrice",
        "PricingCurrencyEffectiveCost": "l.effective_cost",
        "PricingCurrencyListUnitPrice": "c.ListUnitPrice",
        "PricingQuantity": "l.quantity::DECIMAL(38, 12)",
        "PublisherName": "'AWS'",
        "SkuPriceId": "c.SkuId || '-' || lower(c.PricingCategory)",
        "SubAccountType": "'Linked account'",
    }
    shared = {
        "BillingAccountId": f"(SELECT account_number FROM accounts WHERE account_no = {PAYER})",
        "BillingAccountName": literal(COMPANY),
        "BillingAccountType": "'Organization'",
        "BillingCurrency": "'USD'",
        "BillingPeriodStart": f"TIMESTAMP '{month}'",
        "BillingPeriodEnd": f"TIMESTAMP '{month}' + INTERVAL 1 MONTH",
        "InvoiceId": f"{invoice}::VARCHAR",
        "InvoiceIssuerName": "'Amazon Web Services, Inc.'",
        "PricingCurrency": "'USD'",
        "ProviderName": "'AWS'",
    }
    of_stream = {
        row[0] for row in connection.execute("DESCRIBE stream_cells").fetchall() if row[0] in COLUMNS
    } - set(computed)  # fmt: skip
    cells = {name: f"c.{name}" for name in of_stream} | computed | shared
    metered = ", ".join(f"{cells.get(name, f'NULL::{_type(name)}')} AS {name}" for name in COLUMNS)
    single = ", ".join(f"{shared.get(name, name)} AS {name}" for name in COLUMNS)
    connection.execute(
        f"""
        COPY (
            SELECT {metered} FROM month_lines l JOIN stream_cells c USING (stream_no)
            LEFT JOIN commitment_cells m ON m.commitment_no = l.part
            UNION ALL
            SELECT {single} FROM (FROM single_lines WHERE month = DATE '{month}' ORDER BY ALL)
        ) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)
        """
    )
