"""Names and FOCUS categories of AWS services, names of AWS regions: lookups in SQL from ``data/reference``.

The files are compiled by ``data/reference/compile_services.py``, which says where each fact comes from.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from workbench.schema.model import literal
from workbench.settings import PROJECT_ROOT

__all__ = ["region_id_of", "region_name_of", "service_category_of", "service_name_of", "service_subcategory_of"]

_REFERENCE = PROJECT_ROOT / "data" / "reference"

# Bills of the last years call some regions by two names.
_FORMER_LOCATIONS = {"Asia Pacific (Osaka-Local)": "ap-northeast-3"}


def service_name_of(code: str) -> str:
    """SQL: product code → product name as on bills, null when unknown."""
    return _lookup({row["service_code"]: row["service_name"] for row in _rows("aws_services.csv")}, code)


def service_category_of(code: str, name: str) -> str:
    """SQL: FOCUS service category by name, so that one name has one, else by product code; null when unknown."""
    return _by_name_or_code("service_category", code, name)


def service_subcategory_of(code: str, name: str) -> str:
    """SQL: FOCUS service subcategory, looked up like the category."""
    return _by_name_or_code("service_subcategory", code, name)


def region_id_of(location: str) -> str:
    """SQL: location as on bills ("US East (N. Virginia)", "Europe (Paris)") → region code, null when unknown."""
    regions = {row["region_name"]: row["region_id"] for row in _rows("aws_regions.csv")}
    newer = {name.replace("EU (", "Europe ("): code for name, code in regions.items() if name.startswith("EU (")}
    return _lookup(regions | newer | _FORMER_LOCATIONS, location)


def region_name_of(region: str) -> str:
    """SQL: region code → location name as on bills, null when unknown."""
    return _lookup({row["region_id"]: row["region_name"] for row in _rows("aws_regions.csv")}, region)


def _by_name_or_code(column: str, code: str, name: str) -> str:
    rows = _rows("aws_services.csv")
    by_code = _lookup({row["service_code"]: row[column] for row in rows}, code)
    by_name = _lookup({row["service_name"]: row[column] for row in rows}, name)
    return f"coalesce({by_name}, {by_code})"


def _lookup(values: Mapping[str, str], key: str) -> str:
    entries = ", ".join(f"{literal(name)}: {literal(value)}" for name, value in values.items())
    return f"MAP {{{entries}}}[{key}]"


@cache
def _rows(file: str) -> tuple[Mapping[str, str], ...]:
    with Path(_REFERENCE / file).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
