"""Leads are mailed, once and without content, that a decision of theirs has lapsed."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailKind, Role
from accounts.mail.services import choose_mails
from accounts.models import User
from accounts.scope import acting_as, system_scope
from classification.decisions.telling import DAYS, tell_of_lapsed
from classification.engine.services import evaluate
from sites.models import Residence
from tests import factories as f
from tests.accounts.test_mails_told import mailed
from tests.deciding import decides, raise_to_3, residence_at, takes_back

WHY = "Vu sur place."


@pytest.fixture
def calm(world):
    return residence_at(world.a.landlord, world.commune, 1, name="Calme")


def _told() -> tuple[int, list[int]]:
    return tell_of_lapsed(), mailed("awaited")


def test_leads_of_the_landlord_alone_are_told_once(world, calm):
    with system_scope("seeding"):
        second = f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD).user
        f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD, ends_on=timezone.localdate())
    decides(world.a.lead, calm, 2, WHY)
    assert _told() == (0, [])
    raise_to_3(calm)
    assert _told() == (2, sorted([world.a.lead.pk, second.pk]))
    assert tell_of_lapsed() == 0


def test_what_was_decided_anew_or_taken_back_is_not_told(world, calm):
    other = residence_at(world.a.landlord, world.commune, 3)
    takes_back(world.a.lead, decides(world.a.lead, other, 4, WHY))
    decides(world.a.lead, calm, 2, WHY)
    raise_to_3(calm)
    decides(world.a.lead, calm, 3, WHY)
    assert _told() == (0, [])


def test_what_lapsed_long_ago_is_not_told_late(world, calm):
    decides(world.a.lead, calm, 2, WHY)
    raise_to_3(calm)
    assert tell_of_lapsed(timezone.localdate() + DAYS + dt.timedelta(1)) == 0
    assert tell_of_lapsed(timezone.localdate() + DAYS) == 1


def test_nobody_is_told_who_turned_it_off(world, calm):
    with acting_as(world.a.lead) as scope:
        choose_mails(scope, user=User.objects.get(pk=world.a.lead.pk), wanted={MailKind.CHANGE})
    decides(world.a.lead, calm, 2, WHY)
    raise_to_3(calm)
    assert _told() == (0, [])


def test_nobody_is_asked_about_a_residence_that_was_closed(world, calm, sign_in):
    decides(world.a.lead, calm, 2, WHY)
    with system_scope("seeding"):
        Residence.objects.filter(pk=calm.pk).update(closed_on=timezone.localdate())
    evaluate([calm.pk])
    assert _told() == (0, [])
    assert sign_in(world.a.lead).get(reverse("classification:home")).context["found"].lapsed.total == 0
