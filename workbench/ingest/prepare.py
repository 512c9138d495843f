"""Before anything is written: which deliveries are already loaded, and how the others would be read."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from workbench.errors import BadFile
from workbench.ingest.deliveries import BillFile, Delivery
from workbench.ingest.digest import Digest, digest
from workbench.ingest.failures import RefusedRows
from workbench.ingest.ledger import Books
from workbench.ingest.load import Prepared
from workbench.ingest.readers.base import Match, Probe
from workbench.ingest.readers.registry import other_data_set, recognise
from workbench.ingest.report import FileResult
from workbench.ingest.sniff import sniff

__all__ = ["Offer", "prepare", "refusal", "unchanged"]

_KNOWN_SCORE = 0.5
_LISTED_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A delivery with the digests of its files; ``problem`` is set when it can be refused without reading further."""

    delivery: Delivery
    digests: tuple[Digest, ...]
    problem: BadFile | None = None

    @classmethod
    def of(cls, delivery: Delivery) -> Offer:
        """Hash the files of ``delivery``."""
        if delivery.problem:
            problem = BadFile(f"{delivery.dataset}: {delivery.problem}", hint="Download the whole export again")
            return cls(delivery, tuple(Digest("", 0, 0) for _ in delivery.files), problem)
        try:
            return cls(delivery, tuple(digest(file) for file in delivery.files))
        except BadFile as problem:
            return cls(delivery, tuple(Digest("", 0, 0) for _ in delivery.files), problem)

    @property
    def version(self) -> str:
        """The delivery's own version, else a hash of its content."""
        if self.delivery.version:
            return self.delivery.version
        content = "".join(sorted(one.sha256 for one in self.digests))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def unchanged(offer: Offer, books: Books) -> tuple[FileResult, ...] | None:
    """The results when this version, or the same content under another name, is loaded already; else None."""
    delivery = offer.delivery
    loaded = books.versions_of(delivery.dataset, delivery.billing_month)
    if loaded and {file.version for file in loaded} == {offer.version}:
        reason = "already loaded, nothing changed"
    else:
        hashes = [one.sha256 for one in offer.digests]
        twin = books.same_content(hashes) if all(hashes) and not loaded else None
        if twin is None:
            return None
        reason = f"same content as {twin.path}"
    return tuple(
        FileResult(file.label, delivery.dataset, "unchanged", billing_month=delivery.billing_month, reason=reason)
        for file in delivery.files
    )


def prepare(offer: Offer, connection: duckdb.DuckDBPyConnection, work: Path) -> tuple[Prepared, ...]:
    """Sniff, recognise and map every file of a delivery.

    Raises:
        BadFile: one of the files cannot be read or is no bill we know.
    """
    if offer.problem is not None:
        raise offer.problem
    return tuple(
        _prepared(file, one, connection, work) for file, one in zip(offer.delivery.files, offer.digests, strict=True)
    )


def refusal(offer: Offer, problem: BadFile) -> tuple[FileResult, ...]:
    """The results of a refused delivery: its cause at the file at fault, and why the others were left out with it."""
    delivery = offer.delivery
    labels = [file.label for file in delivery.files] or [delivery.dataset]
    at_fault = [label for label in labels if problem.title.startswith(f"{label}: ")] or labels
    results = []
    for label in labels:
        own = label in at_fault
        reason = problem.title.removeprefix(f"{label}: ").removeprefix(f"{delivery.dataset}: ")
        results.append(
            FileResult(
                label,
                delivery.dataset,
                "refused",
                billing_month=delivery.billing_month,
                reason=reason if own else f"left out because {at_fault[0]} of the same delivery was refused",
                hint=problem.hint,
                rejected=problem.rows if own and isinstance(problem, RefusedRows) else (),
            )
        )
    return tuple(results)


def _prepared(file: BillFile, one: Digest, connection: duckdb.DuckDBPyConnection, work: Path) -> Prepared:
    probe = sniff(file, connection, work)
    reader, match = recognise(probe.names)
    if match.score < _KNOWN_SCORE or match.missing:
        raise _unknown(probe, match)
    return Prepared(probe, reader.select(probe), one)


def _unknown(probe: Probe, match: Match) -> BadFile:
    if what := other_data_set(probe.names):
        return BadFile(f"{probe.label}: not a bill: {what} are not loaded yet", hint="Leave this file out")
    missing = _listed(match.missing)
    if match.score < _KNOWN_SCORE:
        share = f"{match.score:.0%} of its main columns are there"
        return BadFile(
            f"{probe.label}: not a bill format we know; the closest is {match.format} ({share}, missing: {missing})",
            hint="Give a FOCUS, AWS CUR or CUR 2.0 bill as CSV or Parquet",
        )
    similar = _similar(probe.names, match.missing)
    return BadFile(
        f"{probe.label}: a {match.format} {match.version} bill without {missing}",
        hint=f"Rename {similar}" if similar else "Export it again with all columns",
    )


def _similar(names: Sequence[str], missing: Sequence[str]) -> str:
    """``X to Y`` for each missing column that a column of the file resembles."""
    lowered = {name.lower(): name for name in names}
    pairs = []
    for wanted in missing:
        for found in difflib.get_close_matches(wanted.lower(), list(lowered), n=1, cutoff=0.75):
            pairs.append(f"{lowered[found]} to {wanted}")
    return ", ".join(pairs)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_LISTED_COLUMNS])
    return shown + (f" and {len(names) - _LISTED_COLUMNS} more" if len(names) > _LISTED_COLUMNS else "")
