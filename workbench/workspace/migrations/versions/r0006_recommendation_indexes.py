"""Recommendations of one resource, and those with one tag, without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add one index and put a wider one in the place of another."""
    op.create_index("recommendations_by_resource", "recommendations", ["resource_id"])
    # With the number in it a question by tag is answered from the index alone.
    op.drop_index("recommendation_tags_by_value", "recommendation_tags")
    op.create_index("recommendation_tags_by_value", "recommendation_tags", ["key", "value", "recommendation_id"])
