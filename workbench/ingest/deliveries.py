"""What is loaded and replaced as one: deliveries of files, found by layout.

A *delivery* is one version of one billing month of one dataset (a report, an export, or a single path). Layout
resolvers look at the files found under one argument and claim those they understand (a CUR manifest, a partitioned
export); what is left becomes one delivery per file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

__all__ = ["BillFile", "Delivery", "LayoutResolver", "PartitionResolver", "Resolution", "plain_delivery"]

_PARTITION = re.compile(r"^billing_period=(\d{4})-(\d{2})(?:-01)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BillFile:
    """One file to read.

    ``label`` is its absolute path, with ``!member`` behind an archive's path; ``local`` is the file to open.
    ``columns`` are the names a manifest gives to a file that has no header.
    """

    label: str
    local: Path
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files that are loaded together or not at all, replacing the earlier version of the same dataset and month.

    ``version`` is the assembly or execution id; empty means the content decides. ``billing_month`` is the first day
    of the billing period, None when the layout does not say. ``problem`` is set when the layout itself is broken
    (a manifest names a file that is not there): nothing of it is loaded and the text is the reason. ``kind`` is what
    the files hold: lines of a bill, or tables of an inventory.
    """

    dataset: str
    files: tuple[BillFile, ...]
    billing_month: date | None = None
    version: str = ""
    problem: str = ""
    kind: Literal["bill", "inventory"] = "bill"


@dataclass(frozen=True, slots=True)
class Resolution:
    """Deliveries a resolver made, and the files it leaves to others (older assemblies are dropped, not left)."""

    deliveries: tuple[Delivery, ...]
    rest: tuple[BillFile, ...]


class LayoutResolver(Protocol):
    """Knows one way of laying out files."""

    def resolve(self, files: Sequence[BillFile]) -> Resolution:
        """Claim the files of this layout; ``files`` include manifests (``*Manifest.json``) beside bills."""


class PartitionResolver:
    """Files under ``BILLING_PERIOD=YYYY-MM/`` (any case): one delivery a partition, dataset = the folder above."""

    def resolve(self, files: Sequence[BillFile]) -> Resolution:
        """See :class:`LayoutResolver`."""
        partitions: dict[tuple[str, date], list[BillFile]] = {}
        rest: list[BillFile] = []
        for file in files:
            place = _partition(file.label)
            if place is None or file.label.lower().endswith(".json"):
                rest.append(file)
            else:
                partitions.setdefault(place, []).append(file)
        return Resolution(
            tuple(
                Delivery(dataset, tuple(members), billing_month)
                for (dataset, billing_month), members in sorted(partitions.items())
            ),
            tuple(rest),
        )


def plain_delivery(file: BillFile) -> Delivery:
    """A single file: its path is the dataset."""
    return Delivery(file.label, (file,))


def _partition(label: str) -> tuple[str, date] | None:
    parts = label.split("/")
    for position, part in enumerate(parts[:-1]):
        found = _PARTITION.match(part)
        if found and 1 <= int(found[2]) <= 12:
            return "/".join(parts[:position]), date(int(found[1]), int(found[2]), 1)
    return None
