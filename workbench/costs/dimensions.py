"""The dimensions a view can group and filter by: one key each, with the columns that hold it.

``service`` is in every table; ``usage_type`` only in the charge lines; ``tag.<key>`` is a column of ``daily_costs``
when the key is promoted, else a member of the ``tags`` document of each charge line. ``plan.py`` picks the table.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.errors import BadFilter
from workbench.schema.tables import DAILY_RESOURCE_COSTS, ROLLUP_DIMENSIONS

__all__ = ["DIMENSIONS", "DRILL_PATH", "TAG_PREFIX", "Dimension", "dimension", "drill_from", "is_dimension", "tag_key"]

TAG_PREFIX = "tag."


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension.

    Attributes:
        key: name in an address: ``service``, ``tag.team``.
        label: name on the screen.
        column: column of ``charges`` (and of the rollups that have it); empty for a tag.
        tag: the tag key, or None.
        labelled: name of the dimension in ``dimension_labels`` when ids have display names there.
    """

    key: str
    label: str
    column: str = ""
    tag: str | None = None
    labelled: str | None = None

    @property
    def daily(self) -> bool:
        """Whether ``daily_costs`` has it as a plain column."""
        return self.column in ROLLUP_DIMENSIONS

    @property
    def resource_daily(self) -> bool:
        """Whether ``daily_resource_costs`` has it."""
        return self.column in DAILY_RESOURCE_COSTS.names


_ALL = (
    Dimension("category", "Service category", "service_category"),
    Dimension("service", "Service", "service_name"),
    Dimension("account", "Account", "sub_account_id", labelled="account"),
    Dimension("billing_account", "Billing account", "billing_account_id", labelled="billing_account"),
    Dimension("provider", "Provider", "provider_name"),
    Dimension("region", "Region", "region_id", labelled="region"),
    Dimension("usage_type", "Usage type", "x_usage_type"),
    Dimension("operation", "Operation", "x_operation"),
    Dimension("charge_category", "Charge category", "charge_category"),
    Dimension("charge_class", "Charge class", "charge_class"),
    Dimension("pricing_category", "Pricing category", "pricing_category"),
    Dimension("commitment_status", "Commitment status", "commitment_discount_status"),
    Dimension("commitment", "Commitment", "commitment_discount_id"),
    Dimension("resource", "Resource", "resource_id", labelled="resource"),
    Dimension("resource_type", "Resource type", "resource_type"),
    Dimension("invoice", "Invoice", "invoice_id"),
    Dimension("sku", "SKU", "sku_id"),
)

DIMENSIONS: dict[str, Dimension] = {item.key: item for item in _ALL}
"""Key → dimension, in the order pickers list them; tags come on top (``tag.<key>``)."""

DRILL_PATH: tuple[str, ...] = ("category", "service", "usage_type", "account", "region", "resource")
"""The usual way down from a whole bill to one resource."""


def is_dimension(key: str) -> bool:
    """Whether ``key`` names a dimension; ``tag.`` followed by anything does."""
    return key in DIMENSIONS or (key.startswith(TAG_PREFIX) and len(key) > len(TAG_PREFIX))


def dimension(key: str) -> Dimension:
    """The dimension called ``key``.

    Raises:
        BadFilter: there is none.
    """
    known = DIMENSIONS.get(key)
    if known is not None:
        return known
    if not is_dimension(key):
        raise BadFilter(
            f"“{key}” is not a dimension",
            detail=f"known: {', '.join(DIMENSIONS)}",
            hint="Write tag.<key> for a tag",
        )
    tag = key.removeprefix(TAG_PREFIX)
    return Dimension(key, f"Tag {tag}", tag=tag)


def tag_key(name: str) -> str:
    """The dimension key of the tag ``name``."""
    return TAG_PREFIX + name


def drill_from(key: str) -> str | None:
    """What a click on a group of ``key`` leads to; None at the end of the path, and
    services from a dimension that is not on it."""
    if key not in DRILL_PATH:
        return "service"
    index = DRILL_PATH.index(key)
    return DRILL_PATH[index + 1] if index + 1 < len(DRILL_PATH) else None
