"""FOCUS facts the reader and the quality rules share: versions, former names, allowed values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbench.schema.charges import FOCUS_NAMES

__all__ = ["ALLOWED", "ESSENTIAL", "FORMER_NAMES", "FORMER_VALUES", "OTHER_DATA_SETS", "VERSION_COLUMNS", "key"]


def key(name: str) -> str:
    """One spelling for ``SkuPriceId``, ``sku_price_id``, ``SkuPriceid`` and ``Sku Price Id``."""
    return re.sub(r"[^a-z0-9]", "", name.strip("\ufeff \t").lower())


_SINCE: Mapping[str, tuple[str, ...]] = {
    "1.1": (
        "CapacityReservationId",
        "CapacityReservationStatus",
        "CommitmentDiscountQuantity",
        "CommitmentDiscountUnit",
        "ServiceSubcategory",
        "SkuMeter",
        "SkuPriceDetails",
    ),
    "1.2": (
        "BillingAccountType",
        "InvoiceId",
        "PricingCurrency",
        "PricingCurrencyContractedUnitPrice",
        "PricingCurrencyEffectiveCost",
        "PricingCurrencyListUnitPrice",
        "SubAccountType",
    ),
    "1.3": (
        "AllocatedMethodDetails",
        "AllocatedMethodId",
        "AllocatedResourceId",
        "AllocatedResourceName",
        "AllocatedTags",
        "ContractApplied",
        "HostProviderName",
        "ServiceProviderName",
    ),
    "1.4": ("CommitmentProgramEligibilityDetails", "InvoiceDetailId"),
}


def _columns() -> dict[str, frozenset[str]]:
    later = {name for names in _SINCE.values() for name in names}
    known = frozenset(name for name in FOCUS_NAMES if name not in later)
    versions = {"1.0": known}
    for version, names in _SINCE.items():
        known = known | frozenset(names)
        versions[version] = known
    versions["1.4"] -= {"ProviderName", "PublisherName"}
    return versions


VERSION_COLUMNS: Mapping[str, frozenset[str]] = _columns()
"""FOCUS version → its Cost and Usage columns (1.0: 43, 1.1: 50, 1.2: 57, 1.3: 65, 1.4: 65)."""

ESSENTIAL = (
    "BilledCost",
    "EffectiveCost",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargePeriodStart",
)
"""Columns without which no cost question can be answered; a file that lacks one is refused."""

FORMER_NAMES: Mapping[str, tuple[str, ...]] = {
    "EffectiveCost": ("AmortizedCost",),  # 0.5
    "ChargeCategory": ("ChargeType",),  # 0.5
    "RegionId": ("Region",),  # 0.5, 1.0-preview
    "ConsumedQuantity": ("UsageQuantity",),  # 1.0-preview
    "ConsumedUnit": ("UsageUnit",),
}
"""FOCUS 1.0 name → names of the same column in earlier drafts."""

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "charge_category": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
    "charge_class": ("Correction",),
    "charge_frequency": ("Usage-Based", "Recurring", "One-Time"),
    "pricing_category": ("Standard", "Dynamic", "Committed", "Other"),
    "commitment_discount_category": ("Spend", "Usage"),
    "commitment_discount_status": ("Used", "Unused"),
    "capacity_reservation_status": ("Used", "Unused"),
}
"""Charges column → allowed values; other spellings of case are put right on load and reported."""

FORMER_VALUES: Mapping[str, Mapping[str, str]] = {
    "pricing_category": {"On-Demand": "Standard", "Commitment-Based": "Committed"},  # 1.0-preview
}

OTHER_DATA_SETS: Mapping[str, tuple[str, ...]] = {
    "contract commitments": ("ContractCommitmentId", "ContractId"),
}
"""Data sets that FOCUS (1.3 on) delivers beside the bill → columns that only they have."""
