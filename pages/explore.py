"""What costs how much, down to one resource and its charge lines."""

from workbench.ui import explore_page
from workbench.ui.context import page_context

ctx = page_context()
explore_page.breadcrumbs(ctx)
explore_page.controls(ctx)
explore_page.headline(ctx)
explore_page.chart(ctx)
explore_page.groups(ctx)
explore_page.lines(ctx)
