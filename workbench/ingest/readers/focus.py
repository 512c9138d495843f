"""FOCUS Cost and Usage, 1.0 to 1.3 for certain, 0.5, 1.0-preview and 1.4 as far as they go.

Columns are found without regard to case and separators; the version is the newest one whose own columns are there.
Columns that begin with x_ or are not FOCUS at all are kept in ``x_attributes``. Source: the FOCUS specification
(https://focus.finops.org).
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.ingest.readers.base import Check, Match, Probe, Projection
from workbench.ingest.readers.focus_names import ALLOWED, ESSENTIAL, FORMER_NAMES, FORMER_VALUES, VERSION_COLUMNS, key
from workbench.ingest.readers.source import Source
from workbench.schema import Kind
from workbench.schema.charges import COSTS, FOCUS_COLUMNS, FOCUS_NAMES
from workbench.schema.model import literal

__all__ = ["FocusReader"]

# What tells a FOCUS header from any other bill; present since 0.5 under these or former names.
_IDENTIFYING = (
    *ESSENTIAL,
    "BillingAccountId",
    "BillingPeriodEnd",
    "ChargePeriodEnd",
    "InvoiceIssuerName",
    "ServiceCategory",
    "ServiceName",
)
_OWN = {"x_usage_type": "x_UsageType", "x_operation": "x_Operation"}


class FocusReader:
    """See :class:`workbench.ingest.readers.base.Reader`."""

    format = "focus"

    def recognise(self, columns: Sequence[str]) -> Match:
        """Score = share of a dozen identifying columns; missing = essential columns that are not there."""
        present = {key(column) for column in columns}

        def has(name: str) -> bool:
            return any(key(spelling) in present for spelling in (name, *FORMER_NAMES.get(name, ())))

        score = sum(has(name) for name in _IDENTIFYING) / len(_IDENTIFYING)
        return Match(self.format, score, _version(present), tuple(name for name in ESSENTIAL if not has(name)))

    def select(self, probe: Probe) -> Projection:
        """See :class:`workbench.ingest.readers.base.Reader`."""
        source = Source(probe, key=key)
        origins = {
            name: source.first(focus, *FORMER_NAMES.get(focus, ())) or focus for focus, name in FOCUS_NAMES.items()
        }
        reads = {
            Kind.TEXT: source.text,
            Kind.MONEY: source.money,
            Kind.NUMBER: source.number,
            Kind.TIMESTAMP: source.timestamp,
            Kind.JSON: source.json,
        }
        expressions = {column.name: reads[column.kind](origins[column.name]) for column in FOCUS_COLUMNS}
        controls = {cost: expressions[cost] for cost in COSTS if expressions[cost] != "NULL"}
        for name in ALLOWED:
            expressions[name] = _normalised(source, name, origins[name], expressions[name])
        _draft_status(source, expressions)
        # 1.4 has no ProviderName; who sells the service is the closest question, then who sends the invoice.
        providers = [
            expressions[name]
            for name in ("provider_name", "service_provider_name", "invoice_issuer_name")
            if expressions[name] != "NULL"
        ]
        if providers:
            expressions["provider_name"] = f"coalesce({', '.join(providers)})"
        expressions |= {name: source.text(focus) for name, focus in _OWN.items()}
        expressions["x_spread"] = (
            f"coalesce({expressions['commitment_discount_id']} IS NOT NULL"
            f" AND {expressions['charge_period_end']} > {expressions['charge_period_start']} + INTERVAL 1 DAY"
            f" AND {expressions['effective_cost']} <> 0, false)"
        )
        version = _version({key(name) for name in probe.names})
        expected = VERSION_COLUMNS.get(version, frozenset())
        return source.projection(
            self.format,
            version,
            expressions,
            currency=expressions["billing_currency"],
            controls=controls,
            missing=tuple(name for name in FOCUS_NAMES if name in expected and not source.has(name)),
            origins=origins,
        )


def _version(present: set[str]) -> str:
    for newer, older in (("1.4", "1.3"), ("1.3", "1.2"), ("1.2", "1.1"), ("1.1", "1.0")):
        if any(key(name) in present for name in VERSION_COLUMNS[newer] - VERSION_COLUMNS[older]):
            # 1.3 and 1.4 differ by what was added and by the two provider columns that were removed.
            return "1.4" if newer == "1.3" and key("ProviderName") not in present else newer
    if {"amortizedcost", "chargetype"} & present:
        return "0.5"
    if {"usagequantity", "chargesubcategory"} & present:
        return "1.0-preview"
    return "1.0"


def _normalised(source: Source, name: str, origin: str, sql: str) -> str:
    """The value with the case of the allowed list; other values stay as they are and break a quality rule."""
    column = source.find(origin)
    if column is None:
        return "NULL"
    spellings = {value.lower(): value for value in ALLOWED[name]}
    spellings |= {former.lower(): value for former, value in FORMER_VALUES.get(name, {}).items()}
    exact = ", ".join(literal(value) for value in ALLOWED[name])
    variants = ", ".join(literal(value) for value in spellings)
    whens = " ".join(f"WHEN {literal(low)} THEN {literal(value)}" for low, value in spellings.items())
    source.add_check(
        Check(
            column.name,
            f"coalesce({column.sql} NOT IN ({exact}) AND lower({column.sql}) IN ({variants}), false)",
            column.sql,
            f"not spelled as the specification spells it ({', '.join(ALLOWED[name])}); put right on load",
            fatal=False,
            rule="enum-spelling",
        )
    )
    return f"CASE WHEN {column.sql} IN ({exact}) THEN {column.sql} ELSE CASE lower({sql}) {whens} ELSE {sql} END END"


def _draft_status(source: Source, expressions: dict[str, str]) -> None:
    """1.0-preview says Used or Unused Commitment in ChargeSubcategory."""
    if expressions["commitment_discount_status"] == "NULL" and source.has("ChargeSubcategory"):
        sql = source.text("ChargeSubcategory")
        expressions["commitment_discount_status"] = (
            f"CASE {sql} WHEN 'Used Commitment' THEN 'Used' WHEN 'Unused Commitment' THEN 'Unused' END"
        )
