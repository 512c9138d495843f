"""What costs were planned, and how they stand against the plan."""

from workbench.ui import budgets
from workbench.ui.context import page_context

budgets.draw(page_context())
