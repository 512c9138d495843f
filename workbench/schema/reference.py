"""Tables of facts and optional feeds: service mapping, exchange rates, metrics, logs, catalogue, commitment rates."""

from __future__ import annotations

from workbench.schema.compact import columns
from workbench.schema.inventory import INVENTORY
from workbench.schema.model import Table

__all__ = ["FEEDS", "REFERENCE"]

_SOURCE_ID = "x_source_id int - File it came from (source_files.source_id)"


def _declare(name: str, grain: str, source: str, *parts: str) -> Table:
    return Table(name, grain, columns(*parts, source=source), source)


REFERENCE: tuple[Table, ...] = (
    _declare(
        "services", "provider x service name", "requirement 000",
        "provider_name text! - Provider as on the bill",
        "service_name text! - Service as on the bill",
        "service_category text! - FOCUS service category",
        "service_subcategory text - FOCUS service subcategory",
        "mapped_by text! - bill: the bill states it; reference: our mapping of the provider's code",
    ),
    _declare(
        "service_categories", "FOCUS service category", "requirement 000",
        "service_category text! - Name in FOCUS",
        "description text! - What belongs in it",
    ),
    _declare(
        "unmapped_services", "provider x service name that has no category", "requirement 000",
        "provider_name text! - Provider as on the bill",
        "service_name text! - Service as on the bill",
        "first_seen date! - First charge day",
        "last_seen date! - Last charge day",
        "charge_count int lines Charge lines",
    ),
    _declare(
        "exchange_rates", "day x currency pair", "requirement 001",
        "date date! - Day the rate is for",
        "from_currency text! - One unit of this",
        "to_currency text! - Is worth rate units of this",
        "rate money to_currency Price of one unit of from_currency",
        "rate_source text! - Who published it",
        _SOURCE_ID,
    ),
    _declare(
        "resource_metrics", "resource x metric x statistic x time", "requirements 000 and 001",
        "resource_id text! - Provider's id",
        "resource_type text! - Table the resource is in",
        "metric text! - cpu, memory, network_in, network_out, read_ops, write_ops, connections, requests, ...",
        "statistic text! - average, maximum, minimum or sum, over the interval",
        "unit text! - %, MB/s, count, ...",
        "timestamp time! UTC Start of the interval",
        "interval_seconds int s Length of the interval",
        "value number unit Value",
        _SOURCE_ID,
    ),
    _declare(
        "resource_logs", "log record of a resource", "requirement 001",
        "resource_id text! - Provider's id",
        "timestamp time! UTC When it was written",
        "severity text - Level as written",
        "message text! - Text of the record",
        "attributes json - Further fields, a JSON object",
        _SOURCE_ID,
    ),
    _declare(
        "resource_components", "part of a resource", "requirement 001",
        "resource_id text! - Provider's id of the whole",
        "component_id text! - Id of the part",
        "component_type text! - cpu, memory, disk, address, licence, ...",
        "name text - Display name",
        "quantity number unit How much of it",
        "unit text - Unit of the quantity",
        "attributes json - Further fields, a JSON object",
        _SOURCE_ID,
    ),
    _declare(
        "instance_catalog", "provider x region x instance type x operating system; and one a type with its facts alone",
        "requirement 000",
        "provider text! - AWS, Microsoft, Google Cloud",
        "region text! - Provider's code of the region; * in the row with the facts alone",
        "instance_type text! - Size such as m5.xlarge",
        "operating_system text! - linux, windows, rhel, suse; of a database or cache its engine, with the deployment"
        " unless it is single-az; * in the row with the facts alone",
        "service text! - compute, database or cache",
        "family text - Family such as m5",
        "vcpu number vCPU Processors",
        "memory_mib int MiB Memory",
        "architecture text - x86_64 or arm64",
        "gpu_count int GPUs Number of GPUs",
        "burstable bool - Earns and spends CPU credits",
        "baseline_percent number % CPU a vCPU may use without spending credits",
        "network_mbps number Mbit/s Network rate sustained",
        "ebs_mbps number Mbit/s Block storage rate sustained",
        "current_generation bool - Sold as current",
        "price money USD/hour On-demand list price; null when not known",
        "price_date date - Day the price was published",
    ),
    _declare(
        "commitment_rates", "plan type x term x payment x family x region", "requirements 000 and 002",
        "provider text! - AWS, Microsoft, Google Cloud",
        "plan_type text! - reserved_instance, convertible_reserved_instance, compute_savings_plan,"
        " instance_savings_plan",
        "term_months int! months 12 or 36",
        "payment_option text! - no_upfront, partial_upfront or all_upfront",
        "instance_type text! - Type or family the rate is for",
        "region text! - Provider's code of the region",
        "operating_system text! - linux, windows, ...",
        "rate money USD/hour Effective price, upfront part spread over the term",
        "rate_date date - Day the rate was published",
    ),
)  # fmt: skip

FEEDS: tuple[Table, ...] = (*INVENTORY, *(table for table in REFERENCE if "x_source_id" in table.names))
"""Tables that are filled from files, a file a table."""
