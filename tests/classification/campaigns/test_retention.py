"""What a campaign froze goes at the end of the term of the facts that it rests on, and nothing before."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.retention import rules
from accounts.scope import acting_as, system_scope
from classification.campaigns.retention import RULE
from classification.models import Assessment, Closing
from tests.campaigning import closed


def _left() -> int:
    with system_scope("evaluation"):
        return Assessment.objects.count()


def _like(row: Assessment, day: dt.date) -> None:
    """Freeze a site alike of another day; a version that is done takes in no more, so in one that is not."""
    with system_scope("seeding"):
        version = Closing.objects.get_or_create(
            campaign=row.closing.campaign, territory=row.closing.territory, number=2, reason="Relu."
        )[0]
    row.pk, row.residence_id, row.as_of, row.closing = None, row.residence_id + 10_000, day, version
    with system_scope("evaluation"):
        row.save(force_insert=True)


def test_it_is_one_of_the_nightly_rules():
    assert [rule.erase for rule in rules() if rule.name == "assessments"] == [RULE.erase]


def test_only_what_is_past_its_term_goes_with_an_entry(world):
    closing, today = closed(world.a), timezone.localdate()
    with system_scope("evaluation"):
        row = (
            Assessment.objects.select_related("closing__campaign__territory").filter(closing=closing).first()
        )
    before = _left()
    _like(row, today - relativedelta(months=60))
    assert (RULE.due(today), RULE.erase(today), _left()) == ({}, {}, before + 1)
    _like(row, today - relativedelta(months=61))
    assert RULE.due(today) == {world.a.landlord.pk: 1}
    assert (RULE.erase(today), _left()) == ({world.a.landlord.pk: 1}, before + 1)
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(object_type="retention.assessments")
        assert (entry.action, entry.detail["forgotten"]) == ("erase", 1)


def test_the_database_lets_nothing_go_that_is_not_three_years_old(world):
    closed(world.a)
    before = _left()
    assert RULE.due(timezone.localdate() + relativedelta(months=61))
    assert RULE.erase(timezone.localdate() + relativedelta(months=61)) == {}
    assert _left() == before
