"""What a bill holds besides metered use: commitments bought and left unused, fees, tax, credits, a correction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workbench.simulate.estate import ACCOUNTS, Account, Calendar
from workbench.simulate.focus_file import midnight
from workbench.simulate.lines import COMMITMENTS, RESERVATION, Commitment, Unused, reserved_hours
from workbench.simulate.price_list import MONEY_UNITS, PRICE_UNITS, QUANTITY_UNITS, REGIONS, SERVICES, Service, sku

__all__ = ["TAXED_SERVICES", "TAX_PERCENT", "corrections", "credits", "purchases", "support", "tax", "unused"]

Cells = dict[str, Any]

TAX_PERCENT = 8
TAXED_SERVICES = ("Amazon Virtual Private Cloud", "AWS Support (Business)")
_SUPPORT_FEE = Decimal(780)
_TERM_DAYS = 365
_PAYER = ACCOUNTS["shop"]


def _line(day: date, category: str, description: str, frequency: str, service: Service, account: Account) -> Cells:
    return {
        "ChargeCategory": category,
        "ChargeDescription": description,
        "ChargeFrequency": frequency,
        "ChargePeriodStart": midnight(day),
        "ChargePeriodEnd": midnight(day + timedelta(days=1)),
        "ServiceCategory": service.category,
        "ServiceName": service.name,
        "ServiceSubcategory": service.subcategory,
        "SubAccountId": account.id,
        "SubAccountName": account.name,
        "SubAccountType": "Linked account",
    }


def _costs(listed: Decimal, contracted: Decimal, billed: Decimal, effective: Decimal) -> Cells:
    return {
        "ListCost": listed,
        "ContractedCost": contracted,
        "BilledCost": billed,
        "EffectiveCost": effective,
        "PricingCurrencyEffectiveCost": effective,
    }


def _priced(sku_id: str, meter: str, unit: str, unit_price: Decimal, quantity: Decimal, category: str) -> Cells:
    """List and contracted price are the same: fees and commitments are not negotiated."""
    return {
        "SkuId": sku_id,
        "SkuPriceId": f"{sku_id}-{category.lower()}",
        "SkuMeter": meter,
        "PricingCategory": category,
        "PricingQuantity": quantity,
        "PricingUnit": unit,
        "ListUnitPrice": unit_price,
        "ContractedUnitPrice": unit_price,
        "PricingCurrencyListUnitPrice": unit_price,
        "PricingCurrencyContractedUnitPrice": unit_price,
    }


def _committed(commitment: Commitment, quantity: Decimal) -> Cells:
    return {
        "CommitmentDiscountCategory": commitment.category,
        "CommitmentDiscountId": commitment.id,
        "CommitmentDiscountName": commitment.name,
        "CommitmentDiscountQuantity": quantity,
        "CommitmentDiscountType": commitment.type,
        "CommitmentDiscountUnit": commitment.unit,
        "RegionId": REGIONS[commitment.region].id,
        "RegionName": REGIONS[commitment.region].name,
        "ResourceId": commitment.id,
        "ResourceName": commitment.name,
        "ResourceType": commitment.type,
        "SkuPriceDetails": commitment.details,
        "x_UsageType": commitment.sku_id,
    }


def _unit_price(commitment: Commitment) -> tuple[Decimal, Decimal]:
    """Price of one pricing unit, and how many units an hour of the commitment has."""
    per_hour = Decimal(commitment.per_hour) / PRICE_UNITS
    if commitment is RESERVATION:
        hours = Decimal(reserved_hours(commitment.per_hour * QUANTITY_UNITS)) / QUANTITY_UNITS
        return per_hour / hours, hours
    return Decimal(1), per_hour


def purchases(calendar: Calendar, first_day: date) -> Iterator[Cells]:
    """The reservation in one payment for its whole term, the savings plan day by day: billed, nothing effective."""
    for commitment in COMMITMENTS:
        unit_price, per_hour = _unit_price(commitment)
        begins = calendar.day(commitment.begins_in_month)
        days = (begins,) if commitment.paid_upfront else range(begins, min(begins + _TERM_DAYS, calendar.days))
        quantity = per_hour * 24 * (_TERM_DAYS if commitment.paid_upfront else 1)
        paid = unit_price * quantity
        frequency = "One-Time" if commitment.paid_upfront else "Recurring"
        service = SERVICES[commitment.service]
        for day in days:
            yield {
                **_line(
                    first_day + timedelta(days=day),
                    "Purchase",
                    f"Bought: {commitment.name}",
                    frequency,
                    service,
                    _PAYER,
                ),
                **_priced(commitment.sku_id, "Commitment", commitment.unit, unit_price, quantity, "Standard"),
                **_committed(commitment, quantity),
                **_costs(paid, paid, paid, Decimal(0)),
            }


def unused(remainder: Unused, first_day: date) -> Iterator[Cells]:
    """The part of a commitment that covered nothing, a line a day."""
    commitment = remainder.commitment
    unit_price, _ = _unit_price(commitment)
    for day, money in remainder.by_day.items():
        lost = Decimal(money) / MONEY_UNITS
        quantity = lost / unit_price
        yield {
            **_line(
                first_day + timedelta(days=day),
                "Usage",
                f"Unused: {commitment.name}",
                "Usage-Based",
                SERVICES[commitment.service],
                _PAYER,
            ),
            **_priced(commitment.sku_id, "Commitment", commitment.unit, unit_price, quantity, "Committed"),
            **_committed(commitment, quantity),
            **_costs(lost, lost, Decimal(0), lost),
            "CommitmentDiscountStatus": "Unused",
        }


def support(last_of_month: date) -> Cells:
    """The monthly fee of the support plan, charged on the last day of a closed month."""
    return {
        **_line(last_of_month, "Purchase", "Support plan, monthly fee", "Recurring", SERVICES["support"], _PAYER),
        **_priced("AWSSupportBusiness-Monthly", "Plan", "Months", _SUPPORT_FEE, Decimal(1), "Standard"),
        **_costs(_SUPPORT_FEE, _SUPPORT_FEE, _SUPPORT_FEE, _SUPPORT_FEE),
        "x_UsageType": "SupportFee",
    }


def tax(last_of_month: date, service_name: str, taxed: Mapping[str, Decimal]) -> Cells:
    """Tax on one service of a closed month; ``taxed`` holds the service's four costs by FOCUS name."""
    service = next(each for each in SERVICES.values() if each.name == service_name)
    due = {name: (cost * TAX_PERCENT / 100).quantize(Decimal("0.01")) for name, cost in taxed.items()}
    return {
        **_line(last_of_month, "Tax", f"Sales tax {TAX_PERCENT} % on {service_name}", "One-Time", service, _PAYER),
        **_costs(due["ListCost"], due["ContractedCost"], due["BilledCost"], due["EffectiveCost"]),
    }


def credits(calendar: Calendar, first_day: date) -> Iterator[Cells]:
    """A migration credit in the first four months and one for a missed service level."""
    granted = [(calendar.day(month, 10), Decimal(-1800), "Migration credit", "ec2") for month in range(4)]
    granted.append((calendar.day(9, 8), Decimal("-2310.75"), "Service level credit", "cloudfront"))
    for day, amount, description, service in granted:
        yield {
            **_line(first_day + timedelta(days=day), "Credit", description, "One-Time", SERVICES[service], _PAYER),
            **_costs(Decimal(0), Decimal(0), amount, amount),
        }


def corrections(calendar: Calendar, first_day: date) -> Iterator[Cells]:
    """Three days of log ingestion in month 4, metered twice and given back on the invoice of month 5."""
    item = sku("logs", "virginia")
    for of_month in (12, 13, 14):
        day = first_day + timedelta(days=calendar.day(4, of_month))
        back = Decimal("-212.800000")
        yield {
            **_line(day, "Usage", f"Correction: {item.description}", "Usage-Based", item.service, _PAYER),
            **_costs(back, back, back, back),
            "ChargeClass": "Correction",
            "PricingCategory": item.pricing_category,
            "RegionId": item.region.id,
            "RegionName": item.region.name,
            "SkuId": item.id,
            "SkuPriceId": item.price_id,
            "SkuMeter": item.description,
            "x_Operation": item.operation,
            "x_UsageType": item.usage_type,
        }
