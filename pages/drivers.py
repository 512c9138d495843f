"""Why did cost change between two periods?"""

from workbench.ui import drivers_page
from workbench.ui.context import page_context

ctx = page_context()
drivers_page.controls(ctx)
result = drivers_page.change(ctx)
if result is not None:
    drivers_page.movers(ctx, result)
    drivers_page.items(ctx, result)
