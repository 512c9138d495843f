"""What the export tests share."""

import pytest

from tests.support.provenance import PROVENANCE
from workbench.export import Provenance


@pytest.fixture
def provenance() -> Provenance:
    return PROVENANCE
