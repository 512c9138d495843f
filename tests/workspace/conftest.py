"""Every test of the store runs on both engines."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tests.support.postgres import fresh_database
from workbench.settings import Settings


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings of an empty workspace: a file, then a schema in a real PostgreSQL."""
    if request.param == "sqlite":
        return settings
    address = fresh_database(request.getfixturevalue("postgres"))
    return settings.model_copy(update={"workspace_url": SecretStr(address)})
