"""The page *Budgets*: how each stands (``standing``), one in detail (``detail``), planning and import (``plan``)."""

from workbench.ui.budgets.standing import draw

__all__ = ["draw"]
