"""Refresh again and again in this process, until it is told to stop."""

from __future__ import annotations

import random
import re
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from workbench.errors import BadSetting, WorkbenchError
from workbench.log import get_logger
from workbench.refresh.run import RefreshReport

__all__ = ["every", "interval"]

_log = get_logger(__name__)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LEAST_SECONDS = 10
_FIRST_RETRY = 60.0
# Machines that start together should not ask together.
_JITTER = 0.05


def interval(text: str) -> float:
    """Seconds of ``30m``, ``6h``, ``1d``; raises ``BadSetting`` for anything else and for less than ten seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", text.strip().lower())
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if seconds < _LEAST_SECONDS:
        raise BadSetting(f"“{text}” is no interval", hint="Write 30m, 6h or 1d; at least 10s")
    return seconds


def every(
    seconds: float,
    work: Callable[[], RefreshReport],
    *,
    tell: Callable[[str], None],
    stop: threading.Event | None = None,
) -> int:
    """Call ``work`` now and then every ``seconds``, until SIGINT, SIGTERM or ``stop``; returns how often it ran.

    The refresh under way is finished first. One that fails is told, logged and tried again sooner: after a minute, then
    twice as long each time, up to the interval.
    """
    stop = stop or threading.Event()
    runs, failures = 0, 0
    with _until_signalled(stop):
        while not stop.is_set():
            began = time.monotonic()
            runs += 1
            try:
                report = work()
            except WorkbenchError as error:
                failures += 1
                pause = min(seconds, _FIRST_RETRY * 2 ** (failures - 1))
                _log.warning("refresh failed", code=error.code, message=str(error), failures=failures)
                tell(f"Refresh failed: {error}. Trying again in {pause:.0f} s")
            else:
                failures = 0
                pause = max(0.0, seconds - (time.monotonic() - began))
                pause *= 1.0 + random.uniform(-_JITTER, _JITTER)  # noqa: S311 - spreads load, keeps no secret
                what = f"snapshot {report.snapshot_id}" if report.snapshot_id else "nothing new"
                tell(f"Refreshed in {report.seconds:.1f} s: {what}. Next in {pause:.0f} s")
            stop.wait(pause)
    return runs


class _until_signalled:
    """Sets the event on SIGINT and SIGTERM instead of breaking off; only the main thread can, others use the event."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._set)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal returned

    def _set(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        self._stop.set()
