"""Saved views: named addresses of pages, private or shared; one of a person's own can be the start page."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from workbench.errors import AccessDenied, BadEntry, Conflict
from workbench.workspace.access import Permission, require
from workbench.workspace.changes import Change, Desk
from workbench.workspace.models import SavedViewRow
from workbench.workspace.note_records import SavedView, View
from workbench.workspace.versions import begin, end, present, touch

__all__ = ["SavedViews", "logged"]

KIND = "saved_view"
_WHAT = "This view"
_Row = SavedViewRow


class SavedViews:
    """The part of the workspace that holds views.

    Args:
        desk: where to read and write, and whose views.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._me = desk.principal.name

    def list(self) -> tuple[SavedView, ...]:
        """One's own and those others share, by name."""
        with self._desk.reading() as session:
            if session is None:
                return ()
            mine = or_(_Row.owner == self._me, _Row.shared)
            found = select(_Row).where(_Row.deleted_at.is_(None), mine).order_by(_Row.name, _Row.owner)
            return tuple(map(_saved, session.scalars(found)))

    def start(self) -> SavedView | None:
        """The view one's app opens with; None for the usual start page."""
        return next((one for one in self.list() if one.view.start and one.owner == self._me), None)

    def save(self, view: View, *, id: int | None = None, version: int | None = None) -> SavedView:
        """Add a view, or change the view ``id`` as it was in ``version`` (None overwrites).

        Raises:
            AccessDenied: it belongs to someone else, or sharing is not allowed.
            BadEntry: it has no name or page.
            Conflict: it was changed or deleted since, or there is another of this name.
        """
        if not view.name.strip() or not view.page.strip():
            raise BadEntry("A view needs a name and a page")
        if view.shared:
            require(self._desk.principal, Permission.SHARE_VIEWS)
        try:
            with self._desk.changing(Permission.SAVE_VIEWS) as change:
                row = _Row(owner=change.actor) if id is None else self._own(change, id, version)
                before = None if id is None else logged(row)
                row.name, row.page, row.query, row.shared = view.name, view.page, view.query, view.shared
                row.start = view.start
                if id is None:
                    begin(change, row)
                else:
                    touch(change, row)
                change.session.flush()
                change.log(f"view.{'add' if id is None else 'change'}", KIND, row.id, before=before, after=view)
                if view.start:
                    self._no_other_start(change, row.id)
                return _saved(row)
        except IntegrityError as exc:
            raise Conflict(f"You have a view called {view.name!r} already", hint="Choose another name") from exc

    def delete(self, id: int, version: int | None) -> None:
        """Take a view away.

        Raises:
            AccessDenied: it belongs to someone else.
            Conflict: it was changed or deleted since.
        """
        with self._desk.changing(Permission.SAVE_VIEWS) as change:
            row = self._own(change, id, version)
            end(change, row)
            change.log("view.delete", KIND, row.id, before=logged(row), after=None)

    def _own(self, change: Change, id: int, version: int | None) -> SavedViewRow:
        row = present(change.session, _Row, id, version, _WHAT)
        if row.owner != change.actor:
            raise AccessDenied(
                "This view belongs to someone else", detail=row.owner, hint="Save it under a name of yours"
            )
        return row

    def _no_other_start(self, change: Change, id: int) -> None:
        others = select(_Row).where(_Row.owner == change.actor, _Row.start, _Row.id != id, _Row.deleted_at.is_(None))
        for row in change.session.scalars(others):
            before = logged(row)
            row.start = False
            touch(change, row)
            change.log("view.change", KIND, row.id, before=before, after=logged(row))


def logged(row: SavedViewRow) -> View:
    """What the audit log says of a row."""
    return View(row.name, row.page, row.query, row.shared, row.start)


def _saved(row: SavedViewRow) -> SavedView:
    return SavedView(row.id, row.version, row.owner, logged(row), row.updated_at, row.updated_by)
