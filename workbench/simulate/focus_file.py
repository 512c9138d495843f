"""Charge lines as FOCUS 1.2 Parquet: the 57 columns of the specification plus the usage type and operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.simulate.estate import Stream
from workbench.simulate.lines import COMMITMENTS, Lines
from workbench.simulate.price_list import PRICE_UNITS
from workbench.simulate.usage import Integers

__all__ = ["CURRENCY", "SCHEMA", "from_lines", "from_rows", "identity", "midnight"]

CURRENCY = "USD"
_NUMBER = pa.decimal128(38, 12)
_TIME = pa.timestamp("ms", tz="UTC")
_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"), _TIME),
    **dict.fromkeys(
        (
            "BilledCost",
            "CommitmentDiscountQuantity",
            "ConsumedQuantity",
            "ContractedCost",
            "ContractedUnitPrice",
            "EffectiveCost",
            "ListCost",
            "ListUnitPrice",
            "PricingCurrencyContractedUnitPrice",
            "PricingCurrencyEffectiveCost",
            "PricingCurrencyListUnitPrice",
            "PricingQuantity",
        ),
        _NUMBER,
    ),
}
_COLUMNS = (
    *("AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType"),
    *("BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "CapacityReservationId"),
    *("CapacityReservationStatus", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency"),
    *("ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountCategory", "CommitmentDiscountId"),
    *("CommitmentDiscountName", "CommitmentDiscountQuantity", "CommitmentDiscountStatus", "CommitmentDiscountType"),
    *("CommitmentDiscountUnit", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice"),
    *("EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory"),
    *("PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost"),
    *("PricingCurrencyListUnitPrice", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName"),
    *("RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName"),
    *("ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName"),
    *("SubAccountType", "Tags", "x_Operation", "x_UsageType"),
)
SCHEMA = pa.schema([pa.field(name, _TYPES.get(name, pa.string())) for name in _COLUMNS])


def midnight(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def identity(invoice_id: str | None, month: date) -> dict[str, Any]:
    """The cells every line of a billing month shares."""
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return {
        "BillingAccountId": "210000000001",
        "BillingAccountName": "Example Shop",
        "BillingAccountType": "Organization",
        "BillingCurrency": CURRENCY,
        "BillingPeriodStart": midnight(month),
        "BillingPeriodEnd": midnight(following),
        "InvoiceId": invoice_id,
        "InvoiceIssuerName": "Amazon Web Services, Inc.",
        "PricingCurrency": CURRENCY,
        "ProviderName": "AWS",
        "PublisherName": "AWS",
    }


def from_rows(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Lines given cell by cell; what is not given is null."""
    return pa.table({name: [row.get(name) for row in rows] for name in SCHEMA.names}, schema=SCHEMA)


def from_lines(lines: Lines, streams: Sequence[Stream], first_day: date, shared: Mapping[str, Any]) -> pa.Table:
    """Priced usage lines of one billing month; ``shared`` are the cells of :func:`identity`."""
    count = len(lines.stream)
    cells: dict[str, Any] = {
        name: pa.repeat(pa.scalar(value, SCHEMA.field(name).type), count) for name, value in shared.items()
    }
    described = _described(streams).take(pa.array(lines.stream))
    cells |= {name: described.column(name).combine_chunks() for name in described.column_names}
    covered = lines.commitment >= 0
    bought = _commitments().take(pa.array(lines.commitment, mask=~covered))
    cells |= {name: bought.column(name).combine_chunks() for name in bought.column_names}
    start = pa.array(lines.day * 86_400_000 + int(midnight(first_day).timestamp()) * 1000).cast(_TIME)
    quantity = _exact(lines.quantity, 4)
    cells |= {
        "ChargePeriodStart": start,
        "ChargePeriodEnd": pc.add(start, pa.scalar(86_400_000, pa.duration("ms"))),
        "BilledCost": _exact(lines.billed_cost, 12),
        "EffectiveCost": _exact(lines.effective_cost, 12),
        "ContractedCost": _exact(lines.contracted_cost, 12),
        "ListCost": _exact(lines.list_cost, 12),
        "PricingQuantity": quantity,
        "ConsumedQuantity": quantity,
        "PricingCurrencyEffectiveCost": _exact(lines.effective_cost, 12),
        "CommitmentDiscountQuantity": pc.if_else(
            pa.array(covered), _exact(lines.commitment_quantity, 12), pa.scalar(None, _NUMBER)
        ),
        "PricingCategory": pc.if_else(pa.array(covered), "Committed", cells["PricingCategory"]),
    }
    empty = pa.nulls(count)
    return pa.table([cells.get(name, empty.cast(SCHEMA.field(name).type)) for name in SCHEMA.names], schema=SCHEMA)


def _described(streams: Sequence[Stream]) -> pa.Table:
    """What a stream's lines have in common, one row a stream."""
    rows = [
        {
            "ChargeCategory": "Usage",
            "ChargeDescription": stream.sku.description,
            "ChargeFrequency": "Usage-Based",
            "ConsumedUnit": stream.sku.unit,
            "ContractedUnitPrice": Decimal(stream.sku.contracted_price) / PRICE_UNITS,
            "ListUnitPrice": Decimal(stream.sku.list_price) / PRICE_UNITS,
            "PricingCategory": stream.sku.pricing_category,
            "PricingCurrencyContractedUnitPrice": Decimal(stream.sku.contracted_price) / PRICE_UNITS,
            "PricingCurrencyListUnitPrice": Decimal(stream.sku.list_price) / PRICE_UNITS,
            "PricingUnit": stream.sku.unit,
            "RegionId": stream.sku.region.id,
            "RegionName": stream.sku.region.name,
            "ResourceId": stream.resource_id,
            "ResourceName": stream.resource_name,
            "ResourceType": stream.resource_type,
            "ServiceCategory": stream.sku.service.category,
            "ServiceName": stream.sku.service.name,
            "ServiceSubcategory": stream.sku.service.subcategory,
            "SkuId": stream.sku.id,
            "SkuMeter": stream.sku.description,
            "SkuPriceDetails": stream.sku.details,
            "SkuPriceId": stream.sku.price_id,
            "SubAccountId": stream.account.id,
            "SubAccountName": stream.account.name,
            "SubAccountType": "Linked account",
            "Tags": stream.tags,
            "x_Operation": stream.sku.operation,
            "x_UsageType": stream.sku.usage_type,
        }
        for stream in streams
    ]
    return from_rows(rows).select(list(rows[0]))


def _commitments() -> pa.Table:
    """The commitment cells of a covered line, one row a commitment."""
    rows = [
        {
            "CommitmentDiscountCategory": commitment.category,
            "CommitmentDiscountId": commitment.id,
            "CommitmentDiscountName": commitment.name,
            "CommitmentDiscountStatus": "Used",
            "CommitmentDiscountType": commitment.type,
            "CommitmentDiscountUnit": commitment.unit,
        }
        for commitment in COMMITMENTS
    ]
    return from_rows(rows).select(list(rows[0]))


def _exact(values: Integers, decimals: int) -> pa.Array:
    """Integers in units of 10^-decimals as decimals, without passing through floating point."""
    # Arrow's decimal128 is a 128-bit two's complement integer: the value and its sign, extended.
    limbs = np.stack((values, values >> 63), axis=1).astype("<i8")
    whole = pa.Array.from_buffers(pa.decimal128(38, decimals), len(values), [None, pa.py_buffer(limbs.tobytes())])
    return whole.cast(_NUMBER)
