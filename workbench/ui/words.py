"""The words the shell uses for the parts of a view: one name for each range, comparison, basis and filter."""

from __future__ import annotations

from workbench.costs.dimensions import TAG_PREFIX, dimension, is_dimension
from workbench.costs.view import Basis, CompareMode, Filter, Grain, Range

__all__ = ["BASES", "COMPARISONS", "GRAINS", "RANGES", "dimension_in_sentence", "dimension_label", "filter_label"]

RANGES: dict[Range, str] = {
    Range.MTD: "Month to date",
    Range.LAST_MONTH: "Last month",
    Range.DAYS_30: "Last 30 days",
    Range.DAYS_90: "Last 90 days",
    Range.MONTHS_12: "Last 12 months",
}

COMPARISONS: dict[CompareMode, str] = {
    CompareMode.PREVIOUS: "Previous period",
    CompareMode.PREVIOUS_YEAR: "Same period last year",
    CompareMode.BUDGET: "Budget",
    CompareMode.NONE: "No comparison",
}

BASES: dict[Basis, str] = {
    Basis.EFFECTIVE: "Effective cost",
    Basis.BILLED: "Billed cost",
    Basis.CONTRACTED: "Contracted cost",
    Basis.LIST: "List cost",
}

GRAINS: dict[Grain, str] = {Grain.DAY: "By day", Grain.WEEK: "By week", Grain.MONTH: "By month"}


def dimension_label(key: str) -> str:
    """The name of a dimension on the screen, as it is (a tag key may hold anything)."""
    return dimension(key).label if is_dimension(key) else key


def dimension_in_sentence(key: str) -> str:
    """The name of a dimension inside a sentence: ``service``, ``SKU``, ``Tag team``."""
    label = dimension_label(key)
    return label if label.isupper() or key.startswith(TAG_PREFIX) else label[0].lower() + label[1:]


def filter_label(item: Filter, name: str | None = None) -> str:
    """A filter in words, as it is: ``Service is not Amazon S3``, ``team is missing``.

    Args:
        item: the filter.
        name: display name of its value, where there is one.
    """
    label = dimension_label(item.dimension)
    if item.value is None:
        return f"{label} is {'present' if item.negated else 'missing'}"
    value = name or item.value or "(empty)"
    return f"{label} is not {value}" if item.negated else f"{label}: {value}"
