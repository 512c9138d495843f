"""Answers that take seconds, kept for all sessions of the process by what was asked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

__all__ = ["Kept"]

T = TypeVar("T")


class Kept:
    """The most recently used values by key; of two sessions that ask for the same only one works it out.

    Unlike ``st.cache_resource`` the work may draw its progress on the page.

    Args:
        most: values that are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, object] = OrderedDict()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> object | None:
        """The value kept under ``key``; None: none is."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def make(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value kept under ``key``, made where there is none."""
        with self._lock:
            one_at_a_time = self._locks.setdefault(key, threading.Lock())
        with one_at_a_time:
            try:
                if (known := self.get(key)) is not None:
                    return cast("T", known)
                made = make()
                with self._lock:
                    self._values[key] = made
                    while len(self._values) > self._most:
                        self._values.popitem(last=False)
                return made
            finally:
                with self._lock:
                    self._locks.pop(key, None)
