"""One AWS manifest: which files make up which version of which month of which report."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from workbench.ingest.deliveries import BillFile

__all__ = ["AwsManifest", "is_manifest", "read_manifest"]

_MONTH_IN_KEY = re.compile(r"(?:billing_period=(\d{4})-(\d{2})|/(\d{4})(\d{2})01-\d{8}/)", re.IGNORECASE)
_MONTH_IN_PERIOD = re.compile(r"^(\d{4})-?(\d{2})")
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AwsManifest:
    """What a manifest says.

    Args:
        file: the manifest itself.
        dataset: account and report or export: what a newer version replaces.
        month: first day of the billing period; None when nothing says it.
        version: assembly id, or execution id of an export.
        keys: object keys of the data files, as in the bucket.
        columns: column names in file order.
        problem: why it cannot be used.
    """

    file: BillFile
    dataset: str
    month: date | None
    version: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    problem: str = ""

    @property
    def folder(self) -> str:
        """Folder of the manifest, an archive counted as one."""
        return self.file.label.replace("!", "/").rpartition("/")[0]

    @property
    def folder_name(self) -> str:
        """Last part of the folder."""
        return self.folder.rpartition("/")[2]

    @property
    def depth(self) -> int:
        """How many folders deep the manifest lies."""
        return self.folder.count("/")


def is_manifest(label: str) -> bool:
    """Whether a path is a manifest by its name."""
    return label.lower().endswith("manifest.json")


def read_manifest(file: BillFile) -> AwsManifest | None:
    """Read a manifest; None when the JSON is something else. One that cannot be read has a ``problem``."""
    try:
        content = json.loads(file.local.read_bytes()) if file.local.stat().st_size <= _LARGEST else None
    except (OSError, ValueError) as exc:
        return AwsManifest(file, file.label, None, "", (), (), f"the manifest cannot be read ({exc})")
    if not isinstance(content, dict):
        return None
    keys = content.get("reportKeys") or content.get("dataFiles")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return None
    paths = tuple(re.sub(r"^s3://[^/]+/", "", key) for key in keys)
    name = str(content.get("exportArn") or content.get("reportName") or content.get("reportId") or "")
    account = str(content.get("account") or "")
    return AwsManifest(
        file,
        "aws:" + (name if name.startswith("arn:") else "/".join(part for part in (account, name) if part)),
        _month(content, (*paths, file.label)),
        str(content.get("assemblyId") or content.get("executionId") or ""),
        paths,
        _columns(content.get("columns")),
        "" if keys else "the manifest names no files",
    )


def _month(content: dict[str, object], paths: tuple[str, ...]) -> date | None:
    period = content.get("billingPeriod")
    start = period.get("start") if isinstance(period, dict) else None
    found = _MONTH_IN_PERIOD.match(start) if isinstance(start, str) else None
    if found:
        return _first(found[1], found[2])
    for path in paths:
        found = _MONTH_IN_KEY.search(f"/{path}")
        if found:
            return _first(found[1] or found[3], found[2] or found[4])
    return None


def _first(year: str, month: str) -> date | None:
    return date(int(year), int(month), 1) if 1 <= int(month) <= 12 and int(year) else None


def _columns(columns: object) -> tuple[str, ...]:
    if not isinstance(columns, list):
        return ()
    names = []
    for column in columns:
        if not isinstance(column, dict) or not isinstance(column.get("name"), str):
            return ()
        category = column.get("category")
        names.append(f"{category}/{column['name']}" if category else column["name"])
    return tuple(names)
