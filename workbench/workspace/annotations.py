"""Annotations: texts on recommendations, anomalies, resources, saved views and days; with history and search."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from workbench.errors import BadEntry, Conflict
from workbench.workspace.access import Permission, require
from workbench.workspace.changes import Change, Desk
from workbench.workspace.models import AnnotationRow
from workbench.workspace.note_records import Annotation, SavedAnnotation, Subject
from workbench.workspace.versions import begin, end, present, touch

__all__ = ["KIND", "MAX_CHARACTERS", "Annotations", "logged"]

KIND = "annotation"
"""What the audit log calls them; their history is there."""

MAX_CHARACTERS = 2_000_000

_WHAT = "This annotation"


class Annotations:
    """The part of the workspace that holds people's remarks.

    Args:
        desk: where to read and write, and who acts.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def on(self, subject: Subject, subject_id: str) -> tuple[SavedAnnotation, ...]:
        """Those about one thing, oldest first."""
        kind = AnnotationRow
        return self._select(kind.subject_kind == subject, kind.subject_id == subject_id)

    def between(self, first: date, last: date) -> tuple[SavedAnnotation, ...]:
        """Those about days that touch ``first`` to ``last``, both included, in the order of their days."""
        kind = AnnotationRow
        found = self._select(kind.subject_kind == Subject.DATES, kind.first_day <= last, kind.last_day >= first)
        return tuple(sorted(found, key=lambda one: (one.annotation.first_day or first, one.id)))

    def get(self, id: int) -> SavedAnnotation:
        """One annotation.

        Raises:
            Conflict: there is none with this number, or it was deleted.
        """
        found = self._select(AnnotationRow.id == id)
        if not found:
            raise Conflict(f"There is no annotation {id}", hint="Reload to see the present state")
        return found[0]

    def search(self, text: str, *, subject: Subject | None = None, limit: int = 100) -> tuple[SavedAnnotation, ...]:
        """Those with all words of ``text``, in any case, newest first; of one kind of thing, or of all."""
        words = [AnnotationRow.search_text.contains(word.casefold(), autoescape=True) for word in text.split()]
        if subject is not None:
            words.append(AnnotationRow.subject_kind == subject)
        return self._select(*words, newest=limit)

    def add(self, annotation: Annotation) -> SavedAnnotation:
        """Write one down.

        Raises:
            BadEntry: it has no text, or its days are missing or reversed.
        """
        _check(annotation)
        with self._desk.changing(Permission.ANNOTATE) as change:
            row = begin(change, _write(AnnotationRow(), annotation))
            change.session.flush()
            change.log("annotation.add", KIND, row.id, before=None, after=annotation)
            return _saved(row)

    def change(self, id: int, version: int | None, annotation: Annotation) -> SavedAnnotation:
        """Put ``annotation`` in the place of what was on the screen in ``version``; None overwrites.

        Raises:
            AccessDenied: someone else wrote it.
            BadEntry: it has no text, or its days are missing or reversed.
            Conflict: it was changed or deleted since.
        """
        _check(annotation)
        with self._desk.changing(Permission.ANNOTATE) as change:
            row = self._own(change, id, version)
            before = logged(row)
            touch(change, _write(row, annotation))
            change.log("annotation.change", KIND, row.id, before=before, after=annotation)
            return _saved(row)

    def delete(self, id: int, version: int | None) -> None:
        """Take one away; the audit log keeps what it said.

        Raises:
            AccessDenied: someone else wrote it.
            Conflict: it was changed or deleted since.
        """
        with self._desk.changing(Permission.ANNOTATE) as change:
            row = self._own(change, id, version)
            end(change, row)
            change.log("annotation.delete", KIND, row.id, before=logged(row), after=None)

    def _own(self, change: Change, id: int, version: int | None) -> AnnotationRow:
        row = present(change.session, AnnotationRow, id, version, _WHAT)
        if row.created_by != change.actor:
            require(change.principal, Permission.MODERATE)
        return row

    def _select(self, *conditions: ColumnElement[bool], newest: int | None = None) -> tuple[SavedAnnotation, ...]:
        kind = AnnotationRow
        found = select(kind).where(kind.deleted_at.is_(None), *conditions)
        found = found.order_by(kind.id) if newest is None else found.order_by(kind.id.desc()).limit(newest)
        with self._desk.reading() as session:
            return tuple(map(_saved, session.scalars(found))) if session else ()


def _check(annotation: Annotation) -> None:
    if not annotation.body.strip():
        raise BadEntry("An annotation needs a text")
    if len(annotation.body) > MAX_CHARACTERS:
        raise BadEntry(f"An annotation has at most {MAX_CHARACTERS:,} characters", detail=f"{len(annotation.body):,}")
    days = (annotation.first_day, annotation.last_day)
    if annotation.subject is not Subject.DATES:
        if any(days) or not annotation.subject_id:
            raise BadEntry(f"An annotation on a {annotation.subject} names it, and has no days")
    elif days[0] is None or days[1] is None or days[1] < days[0]:
        raise BadEntry("An annotation on days needs the first and the last, in this order")


def _write(row: AnnotationRow, annotation: Annotation) -> AnnotationRow:
    row.subject_kind, row.subject_id = annotation.subject, annotation.subject_id
    row.first_day, row.last_day = annotation.first_day, annotation.last_day
    row.body = annotation.body
    row.search_text = f"{annotation.subject_id}\n{annotation.body}".casefold()
    return row


def logged(row: AnnotationRow) -> Annotation:
    """What the audit log says of a row."""
    return Annotation(Subject(row.subject_kind), row.body, row.subject_id, row.first_day, row.last_day)


def _saved(row: Any) -> SavedAnnotation:
    return SavedAnnotation(
        row.id, row.version, logged(row), row.created_at, row.created_by, row.updated_at, row.updated_by
    )
