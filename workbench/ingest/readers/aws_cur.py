"""AWS bills: the legacy Cost and Usage Report, and CUR 2.0 from Data Exports.

Both say the same things in the same words, so they share one mapping (:mod:`workbench.ingest.readers.aws_charges`). The
legacy report always carries every column group, CSV in ``lineItem/UnblendedCost`` spelling, Parquet and Athena in
``line_item_unblended_cost`` spelling. CUR 2.0 is a fixed table in the second spelling with account names and map
columns, of which an export selects columns.

https://docs.aws.amazon.com/cur/latest/userguide/data-dictionary.html,
https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from workbench.ingest.readers.aws_charges import charges_projection
from workbench.ingest.readers.aws_columns import MAP_COLUMNS, plain_name, style
from workbench.ingest.readers.base import Match, Probe, Projection

__all__ = ["CUR", "CUR2", "AwsReader"]

_ESSENTIAL = (
    "lineItem/UnblendedCost",
    "lineItem/UsageStartDate",
    "lineItem/LineItemType",
    "lineItem/CurrencyCode",
)
_IDENTIFYING = (
    *_ESSENTIAL,
    "identity/LineItemId",
    "bill/BillingPeriodStartDate",
    "bill/PayerAccountId",
    "lineItem/UsageAccountId",
    "lineItem/ProductCode",
    "lineItem/UsageType",
    "lineItem/UsageAmount",
    "lineItem/UsageEndDate",
)
_ONLY_CUR2 = {plain_name(name) for name in (*MAP_COLUMNS, "bill_payer_account_name", "line_item_usage_account_name")}


@dataclass(frozen=True, slots=True)
class AwsReader:
    """See :class:`workbench.ingest.readers.base.Reader`."""

    format: Literal["aws-cur", "aws-cur2"]

    def recognise(self, columns: Sequence[str]) -> Match:
        """Score = share of a dozen columns of line items, lowered when the file is the other AWS format.

        Version: the spelling of the names (``csv``, ``athena``) for the legacy report, ``2.0`` for the other.
        """
        present = {plain_name(name) for name in columns}
        score = sum(plain_name(name) in present for name in _IDENTIFYING) / len(_IDENTIFYING)
        slash = style(columns) == "slash"
        if (self.format == "aws-cur2") != _is_cur2(present, slash=slash):
            score *= 0.9
        version = "2.0" if self.format == "aws-cur2" else "csv" if slash else "athena"
        return Match(self.format, score, version, tuple(name for name in _ESSENTIAL if plain_name(name) not in present))

    def select(self, probe: Probe) -> Projection:
        """See :mod:`workbench.ingest.readers.aws_charges`."""
        return charges_projection(probe, self.format, self.recognise(probe.names).version)


def _is_cur2(present: set[str], *, slash: bool) -> bool:
    if slash:
        return False
    # The legacy report cannot leave its pricing columns out: without them it is an export with columns chosen.
    return bool(present & _ONLY_CUR2) or not any(name.startswith("pricing") for name in present)


CUR: Final = AwsReader("aws-cur")
"""Legacy Cost and Usage Report."""

CUR2: Final = AwsReader("aws-cur2")
"""CUR 2.0, Data Exports."""
