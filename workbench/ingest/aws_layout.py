"""How AWS lays bills out: manifests that name the current files of a month, and folders of older versions beside them.

=================================================================  ====================================================
Layout                                                             Current files
=================================================================  ====================================================
``<report>/<YYYYMMDD-YYYYMMDD>/<report>-Manifest.json``            ``reportKeys`` of the manifest in the period folder;
beside ``<assembly id>/`` with the files and a copy                other assemblies are older versions
``<report>/<YYYYMMDD-YYYYMMDD>/<report>-Manifest.json``            the same keys, in ``year=2018/month=10/``
beside ``<report>/year=2018/month=10/`` (Athena)
``<export>/metadata/BILLING_PERIOD=2024-09/<export>-Manifest.json`` ``dataFiles`` of the manifest, in
                                                                   ``<export>/data/BILLING_PERIOD=2024-09/``
a period folder without a manifest                                 its only assembly folder; with several, the one whose
                                                                   name begins with the latest time, else refused
=================================================================  ====================================================

https://docs.aws.amazon.com/cur/latest/userguide/access-cur-s3.html,
https://docs.aws.amazon.com/cur/latest/userguide/dataexports-s3-delivery.html
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from workbench.ingest.aws_manifest import AwsManifest, is_manifest, read_manifest
from workbench.ingest.deliveries import BillFile, Delivery, Resolution

__all__ = ["AwsLayoutResolver", "month_folder"]

_PERIOD = re.compile(r"^(\d{4})(\d{2})\d{2}-\d{8}$")
_PARTITION = re.compile(r"^billing_period=(\d{4})-(\d{2})(?:-01)?$", re.IGNORECASE)
_HIVE_MONTH = re.compile(r"^month=\d{1,2}$")
_TIME = re.compile(r"^\d{4}-?\d{2}-?\d{2}T")
# Written by AWS beside Athena reports; a table of states, not a bill.
_STATUS_FOLDER = "cost_and_usage_data_status"


class AwsLayoutResolver:
    """See :class:`workbench.ingest.deliveries.LayoutResolver`."""

    def resolve(self, files: Sequence[BillFile]) -> Resolution:
        """Manifests first; then month folders whose manifest is missing."""
        read = {file.label: read_manifest(file) for file in files if is_manifest(file.label)}
        manifests = [manifest for manifest in read.values() if manifest is not None]
        bills = [file for file in files if read.get(file.label) is None]
        deliveries: list[Delivery] = []
        claimed: set[str] = set()
        for manifest in _current(manifests):
            delivery, covered = _delivery(manifest, bills)
            deliveries.append(delivery)
            claimed |= covered
        if manifests:
            claimed |= {bill.label for bill in bills if f"/{_STATUS_FOLDER}/" in bill.label}
        folders, rest = _month_folders([bill for bill in bills if bill.label not in claimed])
        return Resolution((*deliveries, *folders), tuple(rest))


def _current(manifests: Iterable[AwsManifest]) -> list[AwsManifest]:
    """One manifest a dataset and month: the one highest up, else the one in the folder with the latest time."""
    groups: dict[tuple[str, date | None], list[AwsManifest]] = defaultdict(list)
    for manifest in manifests:
        groups[manifest.dataset, manifest.month].append(manifest)
    current = []
    for _, group in sorted(groups.items(), key=lambda item: (item[0][0], str(item[0][1]))):
        top = min(manifest.depth for manifest in group)
        highest = sorted((manifest for manifest in group if manifest.depth == top), key=lambda one: one.folder)
        versions = {manifest.version for manifest in highest}
        if len(versions) > 1 and not all(_TIME.match(manifest.folder_name) for manifest in highest):
            names = ", ".join(sorted(versions))
            problem = f"several assemblies and no manifest above them says which is current ({names})"
            current.append(replace(highest[-1], problem=problem))
        else:
            current.append(highest[-1])
    return current


def _delivery(manifest: AwsManifest, bills: Sequence[BillFile]) -> tuple[Delivery, set[str]]:
    """The delivery of one manifest, and every file of its month: current ones, older versions, left-overs."""
    matches = {key: _local_copies(manifest, key, bills) for key in manifest.keys}
    found = [file for files in matches.values() for file in files]
    missing = [key for key, files in matches.items() if not files]
    problem = manifest.problem
    if missing and not problem:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        problem = f"the manifest names {missing[0]}{more}, which is not there"
    roots = {_month_root(_folder(file.label)) for file in found}
    roots |= {_month_root(manifest.folder), _month_root("/data/".join(manifest.folder.rsplit("/metadata/", 1)))}
    within = tuple(f"{root}/" for root in roots if root)
    covered = {bill.label for bill in bills if bill.label.replace("!", "/").startswith(within)}
    return (
        Delivery(
            manifest.dataset,
            tuple(replace(file, columns=manifest.columns) for file in found) or (manifest.file,),
            manifest.month,
            manifest.version,
            problem,
        ),
        covered | {file.label for file in found},
    )


def _local_copies(manifest: AwsManifest, key: str, bills: Sequence[BillFile]) -> list[BillFile]:
    """The bill behind an object key: the one whose path shares most of the key's end, nearest to the manifest.

    File names repeat from month to month, so that the folder must agree as well unless the file lies beside its
    manifest. Several bills are returned only when the key is an archive.
    """
    parts = key.split("/")
    needed = min(len(parts), 3 if len(parts) > 1 and parts[-2].startswith("month=") else 2)
    ranked: dict[tuple[int, int], list[BillFile]] = defaultdict(list)
    for bill in bills:
        # A member of an archive stands for its archive, except where the manifest came out of the same archive.
        path = bill.label if "!" in manifest.file.label else bill.label.partition("!")[0]
        own = path.replace("!", "/").split("/")
        shared = 0
        while shared < min(len(parts), len(own)) and parts[-1 - shared] == own[-1 - shared]:
            shared += 1
        if shared >= needed or (shared and "/".join(own[:-1]) == manifest.folder):
            ranked[shared, _common(own, manifest.folder.split("/"))].append(bill)
    return ranked[max(ranked)] if ranked else []


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many leading parts are the same."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _month_root(folder: str) -> str:
    """The folder of one month above or at ``folder``, empty when there is none."""
    parts = folder.split("/")
    for length in range(len(parts), 0, -1):
        if (
            _PERIOD.match(parts[length - 1])
            or _PARTITION.match(parts[length - 1])
            or _HIVE_MONTH.match(parts[length - 1])
        ):
            return "/".join(parts[:length])
    return ""


def _month_folders(bills: Sequence[BillFile]) -> tuple[list[Delivery], list[BillFile]]:
    """Deliveries out of month folders that hold assembly folders but no manifest."""
    groups: dict[tuple[str, date], dict[str, list[BillFile]]] = defaultdict(lambda: defaultdict(list))
    rest: list[BillFile] = []
    for bill in bills:
        place = _assembly(bill.label)
        if place is None:
            rest.append(bill)
        else:
            dataset, month, assembly = place
            groups[dataset, month][assembly].append(bill)
    deliveries = []
    for (dataset, month), assemblies in sorted(groups.items()):
        newest = max(assemblies)
        problem = ""
        if len(assemblies) > 1 and not all(_TIME.match(name) for name in assemblies):
            problem = f"several assemblies and no manifest says which is current ({', '.join(sorted(assemblies))})"
        deliveries.append(Delivery(dataset, tuple(assemblies[newest]), month, newest, problem))
    return deliveries, rest


def month_folder(path: str) -> str:
    """The folder of the month that the file at ``path`` is a part of (partition or assembly), empty when there is none.

    >>> month_folder("/x/data/BILLING_PERIOD=2024-09/a-00001.csv.gz")
    '/x/data/BILLING_PERIOD=2024-09'
    >>> month_folder("/x/report/20181001-20181101/0a1b/a-00001.csv.gz")
    '/x/report/20181001-20181101'
    """
    parts = path.split("/")
    for position, part in enumerate(parts[:-1]):
        in_assembly = _PERIOD.match(part) and position < len(parts) - 2
        if in_assembly or _PARTITION.match(part):
            return "/".join(parts[: position + 1])
    return ""


def _assembly(label: str) -> tuple[str, date, str] | None:
    """Dataset, month and assembly of ``<dataset>/<month folder>/<assembly>/<file>``."""
    parts = label.replace("!", "/").split("/")
    for position in range(len(parts) - 2):
        found = _PERIOD.match(parts[position]) or _PARTITION.match(parts[position])
        if found and 1 <= int(found[2]) <= 12:
            return "/".join(parts[:position]), date(int(found[1]), int(found[2]), 1), parts[position + 1]
    return None


def _folder(label: str) -> str:
    return label.replace("!", "/").rpartition("/")[0]
