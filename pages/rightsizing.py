"""Rightsizing: what each resource needs, which size would do, what that saves on the bill, and any size tried."""

from workbench.ui.context import page_context
from workbench.ui.rightsizing.page import draw

draw(page_context())
