"""How long work reports progress without knowing who watches (rich in the CLI, ``st.status`` in the app)."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Receives progress; implementations live in ``workbench.cli`` and ``workbench.ui``."""

    def step(self, title: str, *, total: float | None = None) -> None:
        """A new named step begins; ``total`` is its size in any unit, or None when unknown."""

    def advance(self, amount: float = 1.0, *, detail: str = "") -> None:
        """``amount`` more of the present step is done; ``detail`` is one short line."""

    def message(self, text: str) -> None:
        """One line worth keeping on the screen, such as a file that was refused."""


class Silent:
    """Reports to nobody."""

    def step(self, title: str, *, total: float | None = None) -> None:
        """Ignore."""

    def advance(self, amount: float = 1.0, *, detail: str = "") -> None:
        """Ignore."""

    def message(self, text: str) -> None:
        """Ignore."""
