"""What a workshop contested and settled goes at the end of the term of the facts of its day, the conclusions first."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.retention import rules
from accounts.scope import acting_as, system_scope
from classification.models import Contest, Settlement
from classification.workshop.retention import CONTESTS, SETTLEMENTS
from tests.workshops import settled


def _aged(settlement: Settlement, day: dt.date) -> None:
    """Plant the same contest and conclusion of another day, about another site."""
    with system_scope("seeding"):
        contest = settlement.contest
        other = contest.residence.landlord.residences.exclude(pk=contest.residence_id).first()
        contest.pk, contest.residence, contest.as_of = None, other, day
        contest.save(force_insert=True)
        settlement.pk, settlement.contest, settlement.residence, settlement.as_of = None, contest, other, day
        settlement.save(force_insert=True)


def _left() -> tuple[int, int]:
    with system_scope("evaluation"):
        return Contest.objects.count(), Settlement.objects.count()


def test_both_are_nightly_rules_and_conclusions_go_first():
    names = [rule.name for rule in rules()]
    assert names.index("settlements") < names.index("contests")


def test_only_what_is_past_its_term_goes_with_an_entry(world):
    today = timezone.localdate()
    settlement = settled(world.a)
    assert (CONTESTS.due(today), SETTLEMENTS.due(today)) == ({}, {})
    _aged(settlement, today - relativedelta(months=61))
    assert _left() == (2, 2)
    gone = {world.a.landlord.pk: 1}
    assert (SETTLEMENTS.due(today), CONTESTS.due(today)) == (gone, gone)
    assert (SETTLEMENTS.erase(today), CONTESTS.erase(today), _left()) == (gone, gone, (1, 1))
    with acting_as(world.a.lead):
        erased = AuditEntry.objects.filter(action="erase").values_list("object_type", flat=True)
        assert set(erased) == {"retention.contests", "retention.settlements"}
