"""Who changed what, and whether the record is whole."""

from workbench.ui import activity_page
from workbench.ui.context import page_context

activity_page.draw(page_context())
