"""Try the API with whatever its OpenAPI document allows, and with what it does not: each answer is one that it announces."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.wsgi import application
from tests.world import TOKEN, program_of

# A reference or a code is a text to the document: whether something bears it is not the document's to say.
NOT_SAID = [positive_data_acceptance]


@pytest.fixture
def open_connection() -> Iterator[None]:
    """Keep the connection of the test open after each request, as the client of Django's tests does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def described(world, monkeypatch, open_connection) -> Any:
    # As many calls as the examples make in a minute.
    monkeypatch.setattr("rest_framework.throttling.UserRateThrottle.rate", "100000/min", raising=False)
    program_of(world)
    document = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    return schema


api = schemathesis.pytest.from_fixture("described")


@api.parametrize()
@settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
def test_every_answer_is_one_that_the_document_announces(case):
    case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=NOT_SAID)
