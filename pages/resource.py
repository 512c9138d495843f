"""One resource: what it is, what it costs, what was decided and written, how it is used; or the search for one."""

from workbench.ui import resource_finder, resource_notes, resource_page
from workbench.ui.context import page_context

ctx = page_context()
found = resource_page.load(ctx)
if found is None:
    resource_finder.draw(ctx)
else:
    resource_page.heading(ctx, found)
    resource_page.costs(ctx, found)
    resource_notes.draw(ctx, found)
    resource_page.use(ctx, found)
    resource_page.about(ctx, found)
