"""The FOCUS rules a consumer can check on loaded charges, as data; ``quality.py`` counts them.

Each predicate is true on a ``charges`` row that breaks the rule. Rules never block a load. Sources: the normative text
of FOCUS 1.0 to 1.4 (https://focus.finops.org), condensed; ids are stable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.ingest.readers.focus_names import ALLOWED
from workbench.schema.charges import COSTS, FOCUS_NAMES
from workbench.schema.model import literal

__all__ = ["RAW_RULES", "RULES", "Rule", "Severity"]

Severity = Literal["error", "warning", "info"]

_FOCUS_NAME = {name: focus for focus, name in FOCUS_NAMES.items()}
_SERVICE_CATEGORIES = (
    "AI and Machine Learning",
    "Analytics",
    "Business Applications",
    "Compute",
    "Databases",
    "Developer Tools",
    "Identity",
    "Integration",
    "Internet of Things",
    "Management and Governance",
    "Media",
    "Migration",
    "Mobile",
    "Multicloud",
    "Networking",
    "Other",
    "Security",
    "Storage",
    "Web",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One data-quality rule.

    ``needs`` are the charges columns the file must have, else the rule does not apply; ``since`` is the first FOCUS
    version it holds for (empty: all, and bills that are not FOCUS too).
    """

    id: str
    title: str
    severity: Severity
    broken: str
    needs: tuple[str, ...]
    since: str = ""


def _list(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(literal(value) for value in values) + ")"


def _allowed(name: str) -> Rule:
    return Rule(
        f"allowed-{name.replace('_', '-')}",
        f"{_FOCUS_NAME[name]} is {', '.join(ALLOWED[name][:-1])}{' or ' if len(ALLOWED[name]) > 1 else ''}"
        f"{ALLOWED[name][-1]}",
        "warning",
        f"{name} NOT IN {_list(ALLOWED[name])}",
        (name,),
    )


def _missing_cost(name: str) -> Rule:
    return Rule(
        f"missing-{name.replace('_', '-')}",
        f"{_FOCUS_NAME[name]} has a value",
        "error" if name in ("billed_cost", "effective_cost") else "warning",
        f"{name} IS NULL",
        (name,),
    )


def _price_times_quantity(cost: str, price: str, exempt: str) -> Rule:
    # A relative 1e-6 and an absolute millionth leave room for decimals cut by the exporter.
    product = f"{price} * pricing_quantity"
    difference = f"abs({product} - CAST({cost} AS DOUBLE))"
    return Rule(
        f"{cost.replace('_', '-')}-is-price-times-quantity",
        f"{_FOCUS_NAME[cost]} is {_FOCUS_NAME[price]} x PricingQuantity",
        "warning",
        f"{difference} > 0.000001 AND {difference} > 0.000001 * abs({product}){exempt}",
        (cost, price, "pricing_quantity"),
    )


_PRESENT: tuple[tuple[str, Severity], ...] = (
    ("billing_account_id", "error"),
    ("provider_name", "warning"),
    ("service_name", "warning"),
    ("service_category", "warning"),
    ("charge_period_end", "warning"),
    ("billing_period_end", "info"),
)
_NOT_A_CORRECTION = " AND charge_class IS DISTINCT FROM 'Correction'"
_COMMITMENT_PURCHASE = "(charge_category = 'Purchase' AND commitment_discount_id IS NOT NULL)"

RULES: tuple[Rule, ...] = (
    *(_allowed(name) for name in ALLOWED),
    *(_missing_cost(name) for name in COSTS),
    _price_times_quantity("contracted_cost", "contracted_unit_price", _NOT_A_CORRECTION),
    _price_times_quantity("list_cost", "list_unit_price", _NOT_A_CORRECTION),
    Rule(
        "charge-period-order",
        "ChargePeriodEnd is after ChargePeriodStart",
        "error",
        "charge_period_end <= charge_period_start",
        ("charge_period_end",),
    ),
    Rule(
        "charge-period-inside-billing-period",
        "The charge period lies inside the billing period, except for corrections and commitment purchases",
        "warning",
        "(charge_period_start < billing_period_start OR charge_period_end > billing_period_end)"
        f"{_NOT_A_CORRECTION} AND NOT {_COMMITMENT_PURCHASE}",
        ("charge_period_end", "billing_period_end"),
    ),
    Rule(
        "commitment-purchase-is-not-accrued",
        "A commitment purchase that covers later charges has effective cost 0",
        "warning",
        f"{_COMMITMENT_PURCHASE} AND effective_cost <> 0 AND billed_cost <> 0",
        ("commitment_discount_id",),
    ),
    Rule(
        "covered-use-is-not-billed",
        "Use covered by a commitment has billed cost 0",
        "info",
        "commitment_discount_status = 'Used' AND billed_cost <> 0",
        ("commitment_discount_status",),
    ),
    Rule(
        "commitment-status-needs-id",
        "CommitmentDiscountStatus is set only with a CommitmentDiscountId",
        "error",
        "commitment_discount_status IS NOT NULL AND commitment_discount_id IS NULL",
        ("commitment_discount_status", "commitment_discount_id"),
    ),
    Rule(
        "commitment-use-needs-status",
        "Usage with a CommitmentDiscountId says Used or Unused",
        "warning",
        "charge_category = 'Usage' AND commitment_discount_id IS NOT NULL AND commitment_discount_status IS NULL",
        ("commitment_discount_status", "commitment_discount_id"),
    ),
    Rule(
        "unused-commitment-is-usage",
        "An unused part of a commitment has ChargeCategory Usage",
        "warning",
        "commitment_discount_status = 'Unused' AND charge_category <> 'Usage'",
        ("commitment_discount_status",),
    ),
    Rule(
        "unused-commitment-has-no-consumption",
        "An unused part of a commitment has no ConsumedQuantity",
        "warning",
        "commitment_discount_status = 'Unused' AND consumed_quantity IS NOT NULL",
        ("commitment_discount_status", "consumed_quantity"),
    ),
    Rule(
        "unused-commitment-resource",
        "The resource of an unused part is the commitment itself",
        "info",
        "commitment_discount_status = 'Unused' AND resource_id IS DISTINCT FROM commitment_discount_id",
        ("commitment_discount_status", "resource_id"),
    ),
    Rule(
        "positive-credit",
        "A credit lowers the bill",
        "warning",
        "charge_category = 'Credit' AND billed_cost > 0",
        ("billed_cost",),
    ),
    Rule(
        "negative-usage",
        "Usage and purchases that are no corrections cost 0 or more",
        "info",
        f"charge_category IN ('Usage', 'Purchase') AND billed_cost < 0{_NOT_A_CORRECTION}",
        ("billed_cost",),
    ),
    Rule(
        "billed-use-is-accrued",
        "Usage that is billed also has an effective cost",
        "warning",
        "charge_category = 'Usage' AND billed_cost > 0 AND effective_cost = 0 AND commitment_discount_id IS NULL",
        ("billed_cost", "effective_cost"),
    ),
    Rule(
        "quantity-needs-unit",
        "A consumed or pricing quantity has its unit",
        "warning",
        "(consumed_quantity IS NOT NULL AND consumed_unit IS NULL)"
        " OR (pricing_quantity IS NOT NULL AND pricing_unit IS NULL)",
        ("consumed_quantity", "consumed_unit", "pricing_quantity", "pricing_unit"),
    ),
    Rule(
        "usage-needs-pricing-category",
        "Usage and purchases have a PricingCategory",
        "info",
        f"charge_category IN ('Usage', 'Purchase') AND pricing_category IS NULL{_NOT_A_CORRECTION}",
        ("pricing_category",),
    ),
    Rule(
        "price-needs-sku-price",
        "Without a SkuPriceId there are no unit prices, PricingCategory and quantities",
        "info",
        "sku_price_id IS NULL AND (list_unit_price IS NOT NULL OR contracted_unit_price IS NOT NULL"
        " OR pricing_category IS NOT NULL OR pricing_quantity IS NOT NULL OR consumed_quantity IS NOT NULL"
        " OR commitment_discount_quantity IS NOT NULL)",
        ("sku_price_id",),
        "1.3",
    ),
    Rule(
        "known-service-category",
        "ServiceCategory is one of the 19 FOCUS categories",
        "warning",
        f"service_category NOT IN {_list(_SERVICE_CATEGORIES)}",
        ("service_category",),
    ),
    *(
        Rule(
            f"missing-{name.replace('_', '-')}",
            f"{_FOCUS_NAME[name]} has a value",
            severity,
            f"{name} IS NULL",
            (name,),
        )
        for name, severity in _PRESENT
    ),
    Rule(
        "tags-are-an-object",
        "Tags are a JSON object",
        "warning",
        "tags IS NOT NULL AND NOT (starts_with(tags, '{') AND json_valid(tags))",
        ("tags",),
    ),
    Rule(
        "placeholder-text",
        "A missing id is null, not a placeholder such as Not Applicable",
        "info",
        " OR ".join(
            f"{name} IN ('Not Applicable', 'not applicable', 'N/A', 'n/a', '-')"
            for name in ("resource_id", "region_id", "commitment_discount_id")
        ),
        (),
    ),
)

RAW_RULES: dict[str, tuple[str, Severity]] = {
    "null-spelling": ("A missing value is null, not text such as NULL or None", "info"),
    "time-spelling": ("Times are written YYYY-MM-DDTHH:MM:SSZ", "info"),
    "enum-spelling": ("Allowed values are spelled as the specification spells them", "info"),
    "cost-missing": ("Every line has a cost", "warning"),
    "amortised-cost-missing": ("Every commitment line has its amortised cost", "error"),
    "net-cost-partial": ("Net costs are given for all rows or for none", "warning"),
    "line-type-unknown": ("Every line type is known", "warning"),
    "service-unmapped": ("Every service has a FOCUS category", "info"),
}
"""Rules about the raw text of a file, broken by checks of the reader: id → title, severity."""
