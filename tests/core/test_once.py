"""What is made once is made by one sending at a time: the second one waits, and then finds what the first one made."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from accounts.scope import acting_as
from accounts.tokens.services import create_token
from incidents.models import Disruption
from incidents.ongoing.once import refuse_twice
from incidents.retention.services import set_terms


def locked(act) -> list[str]:
    """Return the keys that an act locks until its transaction ends."""
    keys = []

    def note(execute, sql, params, many, context):
        if "pg_advisory_xact_lock(hashtextextended(" in sql:
            keys.append(params[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return keys


def _token(world, scope):
    tomorrow = timezone.localdate() + dt.timedelta(1)
    create_token(scope, organisation=world.a.landlord, name="GED", rights=["read"], expires_on=tomorrow)


def _terms(world, scope):
    set_terms(scope, territory=world.a.territory, narratives_months=6, facts_months=48)


def _disruption(world, _scope):
    refuse_twice(Disruption(residence=world.a.residence, service="lift", starts_on=timezone.localdate()))


@pytest.mark.parametrize(
    ("who", "make", "key"),
    [
        ("lead", _token, "accounts.ApiToken/{a.landlord.pk}/GED/"),
        ("coordinator", _terms, "incidents.RetentionTerms/{a.territory.pk}"),
        ("lead", _disruption, "incidents.Disruption/{a.residence.pk}/"),
    ],
)
def test_of_two_sendings_at_once_the_second_waits(world, who, make, key):
    with acting_as(getattr(world.a, who)) as scope:
        keys = locked(lambda: make(world, scope))
    assert [found.startswith(key.format(a=world.a)) for found in keys] == [True]
