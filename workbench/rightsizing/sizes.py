"""Sizes of the catalogue for one place and one set of terms, in the currency of the bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.rightsizing.candidates import Catalogue
from models.rightsizing.facts import Machine, Price, PriceMissing
from models.rightsizing.policy import Policy
from models.rightsizing.savings import ExchangeRate
from workbench.catalog import Catalog
from workbench.catalog.facts import Service
from workbench.catalog.machines import machines_of

__all__ = ["Sizes", "Terms"]


@dataclass(frozen=True, slots=True)
class Terms:
    """Where and how a size is bought; see :func:`workbench.catalog.machines.machines_of`."""

    provider: str
    region: str
    system: str
    service: Service = "compute"
    licence: str = "included"
    tenancy: str = "shared"
    deployment: str = "single-az"


class Sizes:
    """The catalogue as the models want it; each list is made once.

    Args:
        catalog: of :func:`workbench.catalog.load_catalog`.
        policy: what may be proposed.
        rate: turns prices into the currency of the bill; None: they stay as they are.
    """

    def __init__(self, catalog: Catalog, policy: Policy, rate: ExchangeRate | None = None) -> None:
        self._catalog = catalog
        self._policy = policy
        self._rate = rate
        self._found: dict[Terms, Mapping[str, Machine]] = {}
        self._cut: dict[tuple[object, ...], Catalogue] = {}

    def all(self, terms: Terms) -> Mapping[str, Machine]:
        """All sizes by type."""
        if terms not in self._found:
            machines = machines_of(
                self._catalog,
                provider=terms.provider,
                region=terms.region,
                operating_system=terms.system,
                licence=terms.licence,
                service=terms.service,
                tenancy=terms.tenancy,
                deployment=terms.deployment,
            )
            self._found[terms] = {one.instance_type: self._converted(one) for one in machines}
        return self._found[terms]

    def machine(self, terms: Terms, instance_type: str | None) -> Machine | None:
        """One size; None: the catalogue does not know it. Names of Azure sizes are compared without case."""
        found = self.all(terms)
        if instance_type is None or instance_type in found:
            return found.get(instance_type or "")
        wanted = instance_type.lower()
        return next((one for name, one in found.items() if name.lower() == wanted), None)

    def every(self, terms: Terms) -> Catalogue:
        """All sizes, also those that are rejected for everyone."""
        return Catalogue(list(self.all(terms).values()))

    def worth_judging(self, terms: Terms, present: Machine) -> Catalogue:
        """Sizes without those that are rejected for any load, or that cannot save because they have no price."""
        priced = not isinstance(present.price, PriceMissing)
        old = "" if present.current_generation else present.family
        key = (terms, present.architectures, bool(present.gpu_count), priced, old)
        if key not in self._cut:
            self._cut[key] = Catalogue(
                [
                    one
                    for one in self.all(terms).values()
                    if not (priced and isinstance(one.price, PriceMissing))
                    and (one.current_generation or one.family == old)
                    and self._may_run(one, present)
                    and (bool(one.gpu_count) == bool(present.gpu_count))
                    and not self._denied(one)
                ]
            )
        return self._cut[key]

    def _may_run(self, one: Machine, present: Machine) -> bool:
        return bool(one.architectures & present.architectures) or self._policy.allow_architecture_change

    def _denied(self, one: Machine) -> bool:
        only, never = self._policy.families, self._policy.denied_families
        return one.family in never or bool(only and one.family not in only)

    def _converted(self, one: Machine) -> Machine:
        price, rate = one.price, self._rate
        if rate is None or isinstance(price, PriceMissing) or price.currency != rate.source:
            return one
        source = f"{price.source}; {rate.source} to {rate.target} at {rate.rate:g} of {rate.as_of}"
        return replace(one, price=Price(price.hourly * rate.rate, rate.target, price.as_of, source))
