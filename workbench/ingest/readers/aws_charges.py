"""AWS line items as charges: one line in, one charge out, for legacy CUR and CUR 2.0 alike.

**Charge category.** Usage, DiscountedUsage and SavingsPlanCoveredUsage are Usage. SavingsPlanNegation is Usage too:
it takes back the on-demand cost of covered usage, so that billed Usage is what was really asked for. Fee and
SavingsPlanUpfrontFee are Purchase, Tax is Tax, Credit is Credit; refunds and discounts are Adjustment.

**Recurring commitment fees** (RIFee, SavingsPlanRecurringFee) hold two FOCUS facts in one line: the fee that is
billed (a purchase) and the part of the commitment nobody used (Usage, Unused). The line stays one charge and is
booked as Usage with status Unused, because the effective basis is the one shown by default: then Purchase has no
effective cost, Used + Unused of a commitment is all it cost, and the unused part cannot fall out of a savings figure
that leaves purchases out. Billed totals are the same either way; ``x_charge_type`` finds the fee.

**Periods.** Ends are exclusive. Fees end at the last second (23:59:59) on the bill: the second is added. Commitment
lines longer than a day are marked ``x_spread``, so that a fee booked on the 1st counts on every day it covers.

**JSON.** ``sku_price_details`` holds the product columns by their Athena names (``instance_type``), ``tags`` see
:func:`~workbench.ingest.readers.aws_columns.tag_key`, ``x_attributes`` everything else that has a value, by Athena
name, with cost categories and discounts as objects.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.ingest.readers import aws_services
from workbench.ingest.readers.aws_columns import MAP_COLUMNS, CurSource, Member, plain_name, style, tag_key
from workbench.ingest.readers.aws_costs import UNBLENDED, costs
from workbench.ingest.readers.aws_json import json_object, map_value, tag_entries
from workbench.ingest.readers.base import Check, Probe, Projection
from workbench.schema.model import snake

__all__ = ["charges_projection"]

_LINE_TYPE = "lineItem/LineItemType"
_START = "lineItem/UsageStartDate"
_END = "lineItem/UsageEndDate"
_CURRENCY = "lineItem/CurrencyCode"
_MONTH = "bill/BillingPeriodStartDate"
_RESERVATION = "reservation/ReservationARN"
_SAVINGS_PLAN = "savingsPlan/SavingsPlanARN"

_METERED = "('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')"
_USAGE = (
    "('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation', 'RIFee', 'SavingsPlanRecurringFee')"
)
_RECURRING = "('RIFee', 'SavingsPlanRecurringFee')"
_COMMITTED = "('DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation', 'RIFee', 'SavingsPlanRecurringFee')"
_KNOWN_TYPES = (
    "('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation', 'RIFee', 'SavingsPlanRecurringFee',"
    " 'SavingsPlanUpfrontFee', 'Fee', 'Tax', 'Credit', 'Refund', 'Discount', 'EdpDiscount', 'BundledDiscount',"
    " 'PrivateRateDiscount', 'RiVolumeDiscount', 'SppDiscount', 'DistributorDiscount')"
)

_EXPECTED = (
    "identity/LineItemId", "identity/TimeInterval", "bill/InvoiceId", "bill/InvoicingEntity", "bill/PayerAccountId",
    _MONTH, "bill/BillingPeriodEndDate", "lineItem/UsageAccountId", _LINE_TYPE, _START, _END,
    "lineItem/ProductCode", "lineItem/UsageType", "lineItem/Operation", "lineItem/AvailabilityZone",
    "lineItem/ResourceId", "lineItem/UsageAmount", _CURRENCY, UNBLENDED, "lineItem/UnblendedRate",
    "lineItem/LineItemDescription", "lineItem/LegalEntity", "pricing/term", "pricing/unit",
    "pricing/publicOnDemandCost", "pricing/publicOnDemandRate", "pricing/RateCode", _RESERVATION,
    "reservation/EffectiveCost", "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod",
    "reservation/UnusedRecurringFee", _SAVINGS_PLAN, "savingsPlan/SavingsPlanEffectiveCost",
    "savingsPlan/TotalCommitmentToDate", "savingsPlan/UsedCommitment",
)  # fmt: skip


# Columns that a charges column holds as they are; all others are kept in a JSON column, even where something is
# derived from them.
_HELD = frozenset(
    plain_name(name)
    for name in (
        "identity/LineItemId", "bill/InvoiceId", "bill/InvoicingEntity", "bill/PayerAccountId",
        "bill/PayerAccountName", _MONTH, "bill/BillingPeriodEndDate", "lineItem/UsageAccountId",
        "lineItem/UsageAccountName", _LINE_TYPE, _START, _END, "lineItem/UsageType", "lineItem/Operation",
        "lineItem/AvailabilityZone", "lineItem/ResourceId", "lineItem/UsageAmount", _CURRENCY, UNBLENDED,
        "lineItem/UnblendedRate", "lineItem/LineItemDescription", "lineItem/LegalEntity", "pricing/unit",
        "pricing/publicOnDemandCost", "pricing/publicOnDemandRate", "pricing/RateCode", _RESERVATION, _SAVINGS_PLAN,
    )
)  # fmt: skip
_NESTED = ("cost_category", "discount")


def charges_projection(probe: Probe, format_name: str, version: str) -> Projection:
    """The mapping of one AWS bill; see the module's description for the choices."""
    source = CurSource(probe)
    expressions = _expressions(source)
    currency = expressions["billing_currency"]
    controls = {cost: expressions.pop(f"stated_{cost}") for cost in ("billed_cost", "list_cost")}
    details, tags, attributes, kept = _documents(source)
    origins = {
        "billing_currency": _CURRENCY, "billing_period_start": _MONTH,
        "charge_period_start": _START, "charge_category": _LINE_TYPE,
    }  # fmt: skip
    projection = source.projection(
        format_name,
        version,
        expressions | {"sku_price_details": details, "tags": tags},
        currency=currency,
        controls={cost: sql for cost, sql in controls.items() if sql != "NULL"},
        missing=tuple(_spelled(name, style(probe.names)) for name in _EXPECTED if not source.has(name)),
        origins={column: _name_in_file(source, name) for column, name in origins.items()},
    )
    written = dict(projection.expressions)
    if attributes != "NULL":
        written["x_attributes"] = attributes
    return replace(projection, expressions=written, kept=kept)


def _expressions(source: CurSource) -> dict[str, str]:
    kind = source.text(_LINE_TYPE)
    usage_type = source.text("lineItem/UsageType")
    reservation, capacity = _reservations(source)
    plan = source.text(_SAVINGS_PLAN)
    money = costs(source, kind, reservation)
    commitment = f"CASE WHEN {kind} IS DISTINCT FROM 'Usage' THEN coalesce({plan}, {reservation}) END"
    start, end = _charge_period(source, kind)
    month = source.timestamp(_MONTH)
    quantity = source.number("lineItem/UsageAmount")
    unit = source.text("pricing/unit")
    metered = f"{kind} IN {_METERED}"
    uncovered = f"{kind} = 'Usage'"
    spread = f"({commitment}) IS NOT NULL AND {end} > {start} + INTERVAL 1 DAY AND ({money.effective}) <> 0"
    return {
        **_accounts(source),
        **_service(source),
        **_place(source),
        **_commitment(source, kind, commitment, plan),
        "billed_cost": money.billed,
        "effective_cost": money.effective,
        "contracted_cost": money.contracted,
        "list_cost": money.list,
        "stated_billed_cost": money.billed,
        "stated_list_cost": money.stated_list,
        "billing_currency": _currency(source, money.billed),
        "billing_period_start": f"coalesce({month}, date_trunc('month', {start}))",
        "billing_period_end": _exclusive(source.timestamp("bill/BillingPeriodEndDate")),
        "charge_period_start": f"coalesce({start}, {month})",
        "charge_period_end": end,
        "charge_category": _category(source, kind, money.billed),
        "charge_class": f"CASE WHEN {end} <= {month} THEN 'Correction' END",
        "charge_frequency": (
            f"CASE WHEN {kind} IN {_RECURRING} THEN 'Recurring'"
            f" WHEN {kind} IN ('Fee', 'SavingsPlanUpfrontFee', 'Credit', 'Refund') THEN 'One-Time'"
            " ELSE 'Usage-Based' END"
        ),
        "pricing_category": _pricing_category(source, kind, usage_type),
        "capacity_reservation_id": capacity,
        "capacity_reservation_status": _capacity_status(capacity, usage_type),
        "charge_description": source.text("lineItem/LineItemDescription"),
        "consumed_quantity": f"CASE WHEN {metered} THEN {quantity} END",
        "consumed_unit": f"CASE WHEN {metered} THEN {unit} END",
        "pricing_quantity": f"CASE WHEN {kind} NOT IN {_RECURRING} THEN {quantity} END",
        "pricing_unit": unit,
        "contracted_unit_price": f"CASE WHEN {uncovered} THEN {source.number('lineItem/UnblendedRate')} END",
        "list_unit_price": source.number("pricing/publicOnDemandRate"),
        "resource_id": source.text("lineItem/ResourceId"),
        "sku_id": _product(source, "sku"),
        "sku_price_id": source.text("pricing/RateCode"),
        "x_line_item_id": source.text("identity/LineItemId"),
        "x_usage_type": usage_type,
        "x_operation": source.text("lineItem/Operation"),
        "x_charge_type": kind,
        "x_spread": f"coalesce({spread}, false)",
    }


def _accounts(source: CurSource) -> dict[str, str]:
    return {
        "provider_name": "'AWS'",
        "host_provider_name": "'AWS'",
        "service_provider_name": "'AWS'",
        "publisher_name": source.text("lineItem/LegalEntity"),
        "invoice_id": source.text("bill/InvoiceId"),
        "invoice_issuer_name": source.text("bill/InvoicingEntity"),
        "billing_account_id": source.text("bill/PayerAccountId"),
        "billing_account_name": source.text("bill/PayerAccountName"),
        "sub_account_id": source.text("lineItem/UsageAccountId"),
        "sub_account_name": source.text("lineItem/UsageAccountName"),
    }


def _currency(source: CurSource, billed: str) -> str:
    # XXX is ISO 4217 for "no currency": a line without currency can be kept only when it has no cost either.
    stated = f"{source.text(_CURRENCY)}, {source.text('pricing/currency')}"
    return f"coalesce({stated}, CASE WHEN {billed} IS NULL THEN 'XXX' END)"


def _category(source: CurSource, kind: str, billed: str) -> str:
    source.add_check(
        Check(
            _name_in_file(source, _LINE_TYPE),
            f"coalesce({kind} NOT IN {_KNOWN_TYPES}, false)",
            kind,
            "line type is not known; booked as Adjustment",
            fatal=False,
            rule="line-type-unknown",
        )
    )
    bill_type = source.text("bill/BillType")
    return (
        f"CASE WHEN {kind} IN {_USAGE} THEN 'Usage'"
        f" WHEN {kind} IN ('Fee', 'SavingsPlanUpfrontFee') THEN 'Purchase'"
        f" WHEN {kind} IN ('Tax', 'Credit') THEN {kind}"
        f" WHEN {kind} IS NOT NULL THEN 'Adjustment'"
        # A line without type and cost says nothing but its bill; with a cost it is refused.
        f" WHEN {billed} IS NULL THEN CASE {bill_type} WHEN 'Purchase' THEN 'Purchase' WHEN 'Refund' THEN 'Adjustment'"
        " ELSE 'Usage' END END"
    )


def _pricing_category(source: CurSource, kind: str, usage_type: str) -> str:
    spot = f"coalesce(contains({usage_type}, 'SpotUsage') OR {source.text('pricing/term')} = 'Spot', false)"
    return (
        f"CASE WHEN {kind} IN {_COMMITTED} THEN 'Committed'"
        f" WHEN {kind} = 'Usage' AND {spot} THEN 'Dynamic'"
        f" WHEN {kind} IN ('Usage', 'Fee', 'SavingsPlanUpfrontFee') THEN 'Standard' END"
    )


def _reservations(source: CurSource) -> tuple[str, str]:
    """The commitment's ARN and the capacity reservation's ARN, which share a column."""
    arn = source.text(_RESERVATION)
    if arn == "NULL":
        return "NULL", "NULL"
    capacity = f"contains({arn}, ':capacity-reservation/')"
    return f"CASE WHEN NOT {capacity} THEN {arn} END", f"CASE WHEN {capacity} THEN {arn} END"


def _capacity_status(capacity: str, usage_type: str) -> str:
    if capacity == "NULL":
        return "NULL"
    unused = f"coalesce(contains({usage_type}, 'Unused'), false)"
    return f"CASE WHEN ({capacity}) IS NOT NULL THEN CASE WHEN {unused} THEN 'Unused' ELSE 'Used' END END"


def _commitment(source: CurSource, kind: str, commitment: str, plan: str) -> dict[str, str]:
    given = f"({commitment}) IS NOT NULL"
    total, used = (source.number(f"savingsPlan/{name}") for name in ("TotalCommitmentToDate", "UsedCommitment"))
    quantity = (
        f"CASE {kind} WHEN 'DiscountedUsage' THEN {source.number('lineItem/UsageAmount')}"
        f" WHEN 'RIFee' THEN {source.number('reservation/UnusedQuantity')}"
        f" WHEN 'SavingsPlanCoveredUsage' THEN {source.number('savingsPlan/SavingsPlanEffectiveCost')}"
        f" WHEN 'SavingsPlanRecurringFee' THEN {total} - {used} END"
    )
    hours = f"coalesce({source.text('pricing/unit')}, 'Hrs')"
    return {
        "commitment_discount_id": commitment,
        "commitment_discount_category": (
            f"CASE WHEN {given} THEN CASE WHEN {plan} IS NOT NULL THEN 'Spend' ELSE 'Usage' END END"
        ),
        "commitment_discount_type": (
            f"CASE WHEN {given} THEN CASE WHEN {plan} IS NULL THEN 'Reserved Instance'"
            f" ELSE coalesce({source.text('savingsPlan/OfferingType')}, 'Savings Plan') END END"
        ),
        "commitment_discount_status": (
            f"CASE WHEN {given} AND {kind} IN {_USAGE}"
            f" THEN CASE WHEN {kind} IN {_RECURRING} THEN 'Unused' ELSE 'Used' END END"
        ),
        "commitment_discount_quantity": f"CASE WHEN {given} THEN {quantity} END",
        "commitment_discount_unit": (
            f"CASE WHEN {given} AND {kind} IN ('DiscountedUsage', 'RIFee') THEN {hours}"
            f" WHEN {given} AND {kind} IN ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')"
            f" THEN {source.text(_CURRENCY)} END"
        ),
    }


def _charge_period(source: CurSource, kind: str) -> tuple[str, str]:
    start, end = source.timestamp(_START), source.timestamp(_END)
    inclusive = f"{kind} = 'RIFee' AND {end} > date_trunc('day', {end})"
    return start, f"CASE WHEN {inclusive} THEN {end} + INTERVAL 1 SECOND ELSE {_exclusive(end)} END"


def _exclusive(end: str) -> str:
    """An end written as the last second of a day, as the start of the next."""
    if end == "NULL":
        return end
    last_second = f"date_trunc('day', {end}) + INTERVAL 86399 SECOND"
    return f"CASE WHEN {end} >= {last_second} THEN date_trunc('day', {end}) + INTERVAL 1 DAY ELSE {end} END"


def _service(source: CurSource) -> dict[str, str]:
    code = source.text("lineItem/ProductCode")
    name = f"coalesce({_product(source, 'ProductName')}, {aws_services.service_name_of(code)}, {code})"
    category = aws_services.service_category_of(code, name)
    if source.has("lineItem/ProductCode"):
        source.add_check(
            Check(
                _name_in_file(source, "lineItem/ProductCode"),
                f"{code} IS NOT NULL AND {category} IS NULL",
                name,
                "service has no FOCUS category yet; shown under Other",
                fatal=False,
                rule="service-unmapped",
            )
        )
    return {
        "service_name": name,
        "service_category": f"coalesce({category}, 'Other')",
        "service_subcategory": f"coalesce({aws_services.service_subcategory_of(code, name)}, 'Other (Other)')",
    }


def _place(source: CurSource) -> dict[str, str]:
    zone = source.text("lineItem/AvailabilityZone")
    location = _product(source, "location")
    region = (
        f"coalesce({_product(source, 'regionCode')}, {_product(source, 'region')},"
        f" nullif(regexp_extract({zone}, '^[a-z]{{2}}(-[a-z]+)+-[0-9]+'), ''), {aws_services.region_id_of(location)})"
    )
    is_region = f"{_product(source, 'locationType')} = 'AWS Region'"
    return {
        "availability_zone": zone,
        "region_id": region,
        "region_name": (f"coalesce({aws_services.region_name_of(region)}, CASE WHEN {is_region} THEN {location} END)"),
    }


def _product(source: CurSource, name: str) -> str:
    """A product property: its own column, else the product map."""
    column, entries = source.text(f"product/{name}"), source.mapping("product")
    found = [
        sql for sql in (column, "" if entries == "NULL" else map_value(entries, snake(name))) if sql not in ("", "NULL")
    ]
    return f"coalesce({', '.join(found)})" if found else "NULL"


def _documents(source: CurSource) -> tuple[str, str, str, tuple[str, ...]]:
    """SQL of the price details, tags and attributes, and the names of the columns kept in them."""
    details = json_object(
        {snake(member.name): source.cell(member.column) for member in _of(source, "product")}, source.mapping("product")
    )
    tags = json_object(
        {tag_key(member.name): source.raw(member.column) for member in _of(source, "resource_tags")},
        tag_entries(source.mapping("resource_tags"), source.mapping("tags")),
    )
    nested = {
        group: json_object(
            {member.name: source.cell(member.column) for member in _of(source, group)}, source.mapping(group)
        )
        for group in _NESTED
    }
    kept = [member for member in source.members() if plain_name(member.column.name) not in _HELD]
    rest = [member for member in kept if not _has_its_own_document(member)]
    attributes = json_object(
        {member.attribute: _attribute(source, member) for member in rest},
        objects={group: sql for group, sql in nested.items() if sql != "NULL"},
    )
    return details, tags, attributes, tuple(member.column.name for member in kept)


def _has_its_own_document(member: Member) -> bool:
    return member.group in ("product", "resource_tags", *_NESTED) or member.column.name.lower() in MAP_COLUMNS


def _of(source: CurSource, group: str) -> list[Member]:
    return [member for member in source.members() if member.group == group]


def _attribute(source: CurSource, member: Member) -> str:
    """A cell worth keeping: repeated facts and the zeros that old bills write for "does not apply" are left out."""
    cell = source.cell(member.column)
    if member.attribute == "identity_time_interval" and source.has(_START):
        same = f"TRY_CAST(left({cell}, 19) AS TIMESTAMP) IS NOT DISTINCT FROM {source.timestamp(_START)}"
        return f"CASE WHEN NOT {same} THEN {cell} END"
    if member.attribute in ("line_item_blended_cost", "line_item_blended_rate"):
        twin = source.text(member.attribute.replace("blended", "unblended"))
        return f"CASE WHEN {cell} IS DISTINCT FROM {twin} THEN {cell} END"
    if member.group in ("reservation", "savings_plan"):
        commitment = f"coalesce({source.text(_RESERVATION)}, {source.text(_SAVINGS_PLAN)})"
        return f"CASE WHEN {commitment} IS NOT NULL OR TRY_CAST({cell} AS DOUBLE) IS DISTINCT FROM 0 THEN {cell} END"
    return cell


def _name_in_file(source: CurSource, name: str) -> str:
    column = source.find(name)
    return column.name if column else name


def _spelled(name: str, written: str) -> str:
    if written == "slash":
        return name
    group, _, member = name.partition("/")
    return f"{snake(group)}_{snake(member)}"
