"""``charges``: one row is one charge line of a bill, in FOCUS 1.4 terms plus what later questions need.

FOCUS names are kept in snake case. Columns deprecated in 1.3 (provider and publisher) stay, because every earlier
version has them. Columns beginning with ``x_`` are ours.
"""

from __future__ import annotations

from decimal import Decimal

from workbench.schema.model import Column, Kind, Table

__all__ = ["CHARGES", "CONTROL_TOLERANCE", "COSTS", "FOCUS_COLUMNS", "FOCUS_NAMES", "OWN_COLUMNS"]

_T, _M, _N, _J, _TS, _I, _B = (
    Kind.TEXT,
    Kind.MONEY,
    Kind.NUMBER,
    Kind.JSON,
    Kind.TIMESTAMP,
    Kind.INTEGER,
    Kind.BOOLEAN,
)
_CCY = "billing_currency"

# (FOCUS name, snake name, kind, unit, description, required by the workbench)
_FOCUS: tuple[tuple[str, str, Kind, str, str, bool], ...] = (
    ("AvailabilityZone", "availability_zone", _T, "", "Isolated location inside a region", False),
    ("BilledCost", "billed_cost", _M, _CCY, "Cash basis: what the invoice asks for this line", False),
    ("BillingAccountId", "billing_account_id", _T, "", "Account that receives the invoice", False),
    ("BillingAccountName", "billing_account_name", _T, "", "Display name of the billing account", False),
    ("BillingAccountType", "billing_account_type", _T, "", "Provider's word for its kind of billing account", False),
    ("BillingCurrency", "billing_currency", _T, "", "Currency of every cost on the line", True),
    ("BillingPeriodEnd", "billing_period_end", _TS, "UTC", "End of the invoiced period, exclusive", False),
    ("BillingPeriodStart", "billing_period_start", _TS, "UTC", "Start of the invoiced period, inclusive", True),
    ("CapacityReservationId", "capacity_reservation_id", _T, "", "Capacity reservation the line belongs to", False),
    ("CapacityReservationStatus", "capacity_reservation_status", _T, "", "Used or Unused capacity", False),
    ("ChargeCategory", "charge_category", _T, "", "Usage, Purchase, Tax, Credit or Adjustment", True),
    ("ChargeClass", "charge_class", _T, "", "Correction of an already invoiced period, else null", False),
    ("ChargeDescription", "charge_description", _T, "", "Provider's description of the line", False),
    ("ChargeFrequency", "charge_frequency", _T, "", "One-Time, Recurring or Usage-Based", False),
    ("ChargePeriodEnd", "charge_period_end", _TS, "UTC", "End of the charged period, exclusive", False),
    ("ChargePeriodStart", "charge_period_start", _TS, "UTC", "Start of the charged period, inclusive", True),
    ("CommitmentDiscountCategory", "commitment_discount_category", _T, "", "Spend or Usage based commitment", False),
    (
        "CommitmentDiscountId",
        "commitment_discount_id",
        _T,
        "",
        "Reservation or savings plan the line belongs to",
        False,
    ),
    ("CommitmentDiscountName", "commitment_discount_name", _T, "", "Display name of the commitment", False),
    (
        "CommitmentDiscountQuantity",
        "commitment_discount_quantity",
        _N,
        "commitment_discount_unit",
        "Commitment bought or used by the line",
        False,
    ),
    ("CommitmentDiscountStatus", "commitment_discount_status", _T, "", "Used or Unused part of a commitment", False),
    ("CommitmentDiscountType", "commitment_discount_type", _T, "", "Provider's word for the kind of commitment", False),
    ("CommitmentDiscountUnit", "commitment_discount_unit", _T, "", "Unit of the commitment quantity", False),
    ("ConsumedQuantity", "consumed_quantity", _N, "consumed_unit", "Measured use of the resource", False),
    ("ConsumedUnit", "consumed_unit", _T, "", "Unit of the consumed quantity", False),
    ("ContractedCost", "contracted_cost", _M, _CCY, "Negotiated price times quantity, before commitments", False),
    ("ContractedUnitPrice", "contracted_unit_price", _N, _CCY, "Negotiated price of one pricing unit", False),
    ("EffectiveCost", "effective_cost", _M, _CCY, "Accrual basis: discounts in, prepaid commitments spread", False),
    ("InvoiceId", "invoice_id", _T, "", "Invoice the line is on; null while not yet invoiced", False),
    ("InvoiceIssuerName", "invoice_issuer_name", _T, "", "Who sends the invoice", False),
    ("ListCost", "list_cost", _M, _CCY, "Public list price times quantity", False),
    ("ListUnitPrice", "list_unit_price", _N, _CCY, "Public list price of one pricing unit", False),
    ("PricingCategory", "pricing_category", _T, "", "Standard, Dynamic, Committed or Other", False),
    ("PricingCurrency", "pricing_currency", _T, "", "Currency the price list is written in", False),
    (
        "PricingCurrencyContractedUnitPrice",
        "pricing_currency_contracted_unit_price",
        _N,
        "pricing_currency",
        "Negotiated unit price in the pricing currency",
        False,
    ),
    (
        "PricingCurrencyEffectiveCost",
        "pricing_currency_effective_cost",
        _M,
        "pricing_currency",
        "Effective cost in the pricing currency",
        False,
    ),
    (
        "PricingCurrencyListUnitPrice",
        "pricing_currency_list_unit_price",
        _N,
        "pricing_currency",
        "List unit price in the pricing currency",
        False,
    ),
    ("PricingQuantity", "pricing_quantity", _N, "pricing_unit", "Quantity the price is multiplied with", False),
    ("PricingUnit", "pricing_unit", _T, "", "Unit of the pricing quantity", False),
    ("ProviderName", "provider_name", _T, "", "Who offers the service (deprecated in FOCUS 1.3)", False),
    ("PublisherName", "publisher_name", _T, "", "Who made the service (deprecated in FOCUS 1.3)", False),
    ("RegionId", "region_id", _T, "", "Provider's code of the region", False),
    ("RegionName", "region_name", _T, "", "Display name of the region", False),
    ("ResourceId", "resource_id", _T, "", "Provider's id of the resource; null for charges without one", False),
    ("ResourceName", "resource_name", _T, "", "Display name of the resource", False),
    ("ResourceType", "resource_type", _T, "", "Kind of resource", False),
    ("ServiceCategory", "service_category", _T, "", "One of the FOCUS service categories", False),
    ("ServiceName", "service_name", _T, "", "Service the charge is for", False),
    ("ServiceSubcategory", "service_subcategory", _T, "", "One of the FOCUS service subcategories", False),
    ("SkuId", "sku_id", _T, "", "Item of the price list", False),
    ("SkuMeter", "sku_meter", _T, "", "What the item measures", False),
    ("SkuPriceDetails", "sku_price_details", _J, "", "Properties of the price-list item", False),
    ("SkuPriceId", "sku_price_id", _T, "", "Price of the price-list item", False),
    ("SubAccountId", "sub_account_id", _T, "", "Account, subscription or project that caused the charge", False),
    ("SubAccountName", "sub_account_name", _T, "", "Display name of the sub-account", False),
    ("SubAccountType", "sub_account_type", _T, "", "Provider's word for its kind of sub-account", False),
    ("Tags", "tags", _J, "", "Tags in force, a JSON object; null when there are none", False),
    ("AllocatedMethodId", "allocated_method_id", _T, "", "Split method that made this line", False),
    ("AllocatedMethodDetails", "allocated_method_details", _J, "", "Parameters of the split", False),
    ("AllocatedResourceId", "allocated_resource_id", _T, "", "Part of a shared resource the line is for", False),
    ("AllocatedResourceName", "allocated_resource_name", _T, "", "Display name of that part", False),
    ("AllocatedTags", "allocated_tags", _J, "", "Tags of that part", False),
    ("ContractApplied", "contract_applied", _J, "", "Contract commitments the line counts towards", False),
    ("HostProviderName", "host_provider_name", _T, "", "Who runs the infrastructure", False),
    ("ServiceProviderName", "service_provider_name", _T, "", "Who sells the service", False),
    (
        "CommitmentProgramEligibilityDetails",
        "commitment_program_eligibility_details",
        _J,
        "",
        "Commitment programmes the line could count towards",
        False,
    ),
    ("InvoiceDetailId", "invoice_detail_id", _T, "", "Line of the invoice the charge is summed into", False),
)

FOCUS_NAMES: dict[str, str] = {focus: name for focus, name, *_ in _FOCUS}
"""FOCUS column name → our column name."""

FOCUS_COLUMNS: tuple[Column, ...] = tuple(
    Column(name, kind, description, unit, f"FOCUS {focus}", required)
    for focus, name, kind, unit, description, required in _FOCUS
)

OWN_COLUMNS: tuple[Column, ...] = (
    Column("x_source_id", _I, "Source file the row came from (source_files.source_id)", "", "workbench", True),
    Column(
        "x_line_item_id",
        _T,
        "Provider's id of the line; unique together with the charge period",
        "",
        "CUR identity_line_item_id",
    ),
    Column("x_usage_type", _T, "Provider's usage type, the finest price-list name", "", "CUR line_item_usage_type"),
    Column("x_operation", _T, "Provider's operation", "", "CUR line_item_operation"),
    Column("x_charge_type", _T, "Provider's own line type before mapping to FOCUS", "", "CUR line_item_line_item_type"),
    Column(
        "x_spread",
        _B,
        "Effective cost accrues over the charge period (commitment fee booked on day 1)",
        "",
        "workbench",
        True,
    ),
    Column("x_attributes", _J, "Further columns of the source, kept as a JSON object", "", "workbench"),
)

COSTS: tuple[str, ...] = ("billed_cost", "effective_cost", "contracted_cost", "list_cost")
"""The four costs, in the order tables show them."""

CONTROL_TOLERANCE = Decimal("0.000001")
"""Largest difference between a sum of a cost in a file and the sum loaded that still agrees."""

CHARGES = Table("charges", "one charge line of a bill", FOCUS_COLUMNS + OWN_COLUMNS, "FOCUS 1.0-1.4")
