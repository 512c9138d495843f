"""Waste: what the checks find in the data, why, and what it would save; the checks themselves; earlier scans."""

from workbench.ui.context import page_context
from workbench.ui.waste.page import draw

draw(page_context())
