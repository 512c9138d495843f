"""Recommendations: what could be saved, who decided what about it and why, and what is on purpose."""

from workbench.ui.context import page_context
from workbench.ui.recommendations.page import draw

draw(page_context())
