"""Frozen values of what people note and keep: annotations and saved views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = ["Annotation", "SavedAnnotation", "SavedView", "Subject", "View"]


class Subject(StrEnum):
    """What an annotation can be about."""

    RECOMMENDATION = "recommendation"
    ANOMALY = "anomaly"
    RESOURCE = "resource"
    SAVED_VIEW = "saved_view"
    DATES = "date_range"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A text on something. It is text: nothing in it is ever rendered or run.

    Args:
        subject: what it is about.
        body: the text.
        subject_id: which recommendation, anomaly, resource or view; for dates what they concern, or empty.
        first_day: first charge day; for dates only.
        last_day: last charge day, included; for dates only.
    """

    subject: Subject
    body: str
    subject_id: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class SavedAnnotation:
    """An annotation as kept; times are UTC."""

    id: int
    version: int
    annotation: Annotation
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class View:
    """A named state of a page.

    Args:
        name: unique for its owner.
        page: path of the page, such as ``explore``.
        query: the address after the question mark, in the grammar of the pages.
        shared: whether others see it.
        start: whether the owner's app opens with it.
    """

    name: str
    page: str
    query: str = ""
    shared: bool = False
    start: bool = False


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view as kept."""

    id: int
    version: int
    owner: str
    view: View
    updated_at: datetime
    updated_by: str
