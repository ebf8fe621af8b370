"""Share the pages of an import among tests."""

import pytest

from tests.flow import Flow
from tests.imports import plant_communes


@pytest.fixture
def flow(world, sign_in):
    plant_communes()
    return Flow(sign_in(world.a.lead), world.a.lead, world.a.landlord)
