"""Decisions that ended go at the end of the term of facts; one that stands stays."""

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.retention import rules
from accounts.scope import acting_as, system_scope
from classification.decisions.retention import RULE
from classification.models import Decision
from incidents.models import RetentionTerms
from tests.deciding import decides, residence_at, takes_back

WHY = "Vu sur place."


@pytest.fixture
def ended(world):
    residence = residence_at(world.a.landlord, world.commune, 3)
    decision = decides(world.a.lead, residence, 4, WHY)
    takes_back(world.a.lead, decision)
    decides(world.a.lead, residence, 4, WHY)
    return decision


def _left() -> int:
    with system_scope("evaluation"):
        return Decision.objects.count()


def _ended_on(like: Decision, day: dt.date) -> None:
    """Plant another decision that ended then."""
    with system_scope("seeding"):
        Decision.objects.create(
            landlord=like.landlord, commune=like.commune, residence=like.residence, as_of=day, proposed=3, silent=False,
            retained=3, ended_on=day, ending="withdrawn",
        )  # fmt: skip


def test_it_is_one_of_the_nightly_rules():
    assert [rule.erase for rule in rules() if rule.name == "decisions"] == [RULE.erase]


def test_one_that_ended_goes_after_five_years_with_an_entry(world, ended):
    today = timezone.localdate()
    last = today + relativedelta(months=60)
    assert (RULE.due(last), RULE.erase(last), _left()) == ({}, {}, 2)
    after = last + dt.timedelta(1)
    assert RULE.due(after) == {world.a.landlord.pk: 1}
    # The database's own day is today: it lets nothing go that ended less than three years ago.
    assert (RULE.erase(after), _left()) == ({}, 2)


def test_the_database_lets_an_old_one_go_and_the_journal_says_so(world, ended):
    today = timezone.localdate()
    _ended_on(ended, today - relativedelta(months=61))
    assert RULE.due(today) == {world.a.landlord.pk: 1}
    assert (RULE.erase(today), _left()) == ({world.a.landlord.pk: 1}, 2)
    assert (RULE.due(today), RULE.erase(today)) == ({}, {})
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(object_type="retention.decisions")
        assert (entry.action, entry.detail["forgotten"]) == ("erase", 1)


def test_a_territory_may_have_it_go_sooner(world, ended):
    today = timezone.localdate()
    _ended_on(ended, today - relativedelta(months=37))
    assert RULE.due(today) == {}
    with system_scope("seeding"):
        RetentionTerms.objects.create(
            territory=world.a.territory, narratives_months=12, facts_months=36, counts_from=today
        )
    assert RULE.due(today) == {world.a.landlord.pk: 1}
    assert (RULE.erase(today), _left()) == ({world.a.landlord.pk: 1}, 2)
