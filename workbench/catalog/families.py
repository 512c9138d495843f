"""Names of AWS families taken apart, and what follows from them.

``m6gd`` is series ``m``, generation 6, processor ``g`` (Graviton), capability ``d`` (local disk). The processor letter
stands directly behind the generation: ``g`` Graviton, ``a`` AMD, ``i`` Intel, none: the usual one of its time. What
follows it, and a suffix such as ``-flex``, is the capability. Families of one series and capability do the same work.

Read from https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html, 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["FamilyName", "family_of", "parse_family"]

_NAME = re.compile(r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<letters>[a-z]*)(-(?P<suffix>[a-z]+))?")
_SPECIAL = re.compile(r"a1|u\d|u-|mac|hpc|p\d|trn|inf|dl|vt|f\d")

# Series whose later generations took another name for the same work.
_SERIES = {"im": "i-dense", "is": "i-store"}


@dataclass(frozen=True, slots=True)
class FamilyName:
    """A family taken apart.

    Attributes:
        service: ``db.``, ``cache.`` or nothing.
        series: such as ``m``.
        generation: such as 6.
        processor: ``g``, ``a`` or ``i``.
        capability: what sets it apart from the plain family, such as ``d``, ``n`` or ``-flex``; usually empty.
    """

    service: str
    series: str
    generation: int
    processor: str
    capability: str

    @property
    def kind(self) -> tuple[str, str, str]:
        """Equal for families that do the same work."""
        return self.service, self.series, self.capability


def family_of(instance_type: str) -> str:
    """``m5`` of ``m5.xlarge``, ``db.m5`` of ``db.m5.xlarge``."""
    parts = instance_type.split(".")
    return ".".join(parts[:2]) if parts[0] in ("db", "cache") and len(parts) > 2 else parts[0]


def parse_family(family: str) -> FamilyName | None:
    """Take a family apart; None for names outside the scheme and for hardware that has no like (Mac, training, HPC)."""
    service, _, plain = family.rpartition(".")
    match = _NAME.fullmatch(plain)
    if match is None or _SPECIAL.match(plain):
        return None
    letters = match["letters"]
    processor, capability = (letters[0], letters[1:]) if letters[:1] in ("g", "a", "i") else ("i", letters)
    if match["suffix"]:
        capability += f"-{match['suffix']}"
    series = _SERIES.get(match["series"], match["series"])
    return FamilyName(f"{service}." if service else "", series, int(match["generation"]), processor, capability)
