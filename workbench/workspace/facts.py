"""What a recommendation takes over from a finding: read from its payload, forgiving about what is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from workbench.workspace.scan_records import Finding

__all__ = ["COLUMNS", "Facts", "read_facts"]

_TEXTS = {"title": "title", "service": "service_name", "resource_type": "resource_type"}
_TEXTS |= {"resource_name": "resource_name", "basis": "basis", "risk": "risk", "effort": "effort"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Columns of a recommendation that every scan renews.

    Args:
        columns: by name.
        tags: of the resource.
        position: place of the finding in its scan.
    """

    columns: Mapping[str, Any]
    tags: Mapping[str, str]
    position: int

    @property
    def order(self) -> tuple[bool, Decimal]:
        """Larger saving last; one without a price before all."""
        saving = self.columns["saving_expected"]
        return (saving is not None, saving or Decimal(0))


def read_facts(finding: Finding, *, position: int) -> Facts:
    """The facts of one finding; what its payload lacks stays empty."""
    payload = finding.payload
    tags = payload.get("tags")
    tags = {str(key): str(value) for key, value in tags.items()} if isinstance(tags, Mapping) else {}
    confidence = payload.get("confidence")
    columns: dict[str, Any] = {name: str(payload.get(key) or "") for name, key in _TEXTS.items()}
    columns |= {
        "region": finding.region,
        "currency": finding.currency,
        "saving_low": _money(payload.get("saving_low")),
        "saving_expected": finding.saving_expected,
        "saving_high": _money(payload.get("saving_high")),
        "confidence": int(confidence) if isinstance(confidence, int | float | Decimal) else None,
    }
    words = [*finding.key, finding.region or "", *(columns[name] for name in ("title", "service", "resource_type"))]
    words += [columns["resource_name"], *(f"{key}={value}" for key, value in tags.items())]
    # Looked for in small letters; SQLite itself knows small letters of ASCII only.
    columns["search_text"] = "\n".join(word for word in words if word).casefold()
    return Facts(columns, tags, position)


COLUMNS = (*_TEXTS, "region", "currency", "saving_low", "saving_expected", "saving_high", "confidence", "search_text")
"""Names in ``Facts.columns``."""


def _money(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        money = Decimal(str(value))
    except InvalidOperation:
        return None
    return money if money.is_finite() else None
