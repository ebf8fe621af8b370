"""Provide the fixtures of the deployment tests."""

from pathlib import Path

import pytest

from tests import image


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> Path:
    """What the production image holds, laid out once."""
    return image.lay_out(tmp_path_factory.mktemp("image"))
