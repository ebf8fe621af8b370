"""The fictional territory: plausible, whole, planted once, and nowhere on earth."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.scope import acting_as, system_scope
from classification.models import SiteLevel
from config.demo_accounts import DEMO_ACCOUNTS
from config.seeding import seed
from incidents.models import Incident
from partners.models import NoteCopy, Publication, PublishedSite
from sites.models import Address, Residence, SharingAgreement


@pytest.fixture
def seeded(db):
    assert seed(timezone.localdate()) is True


@pytest.fixture
def open_scope(seeded):
    with system_scope("seeding"):
        yield


def test_has_the_size_of_a_small_territory(open_scope):
    assert Residence.objects.count() == 40
    assert 270 <= Address.objects.count() <= 330
    assert 10_000 <= Incident.objects.count() <= 20_000
    landlords = Organisation.objects.filter(kind=OrganisationKind.LANDLORD).count()
    assert (landlords, SharingAgreement.objects.count()) == (4, 3)


def test_shows_all_four_levels_and_a_site_gone_silent(open_scope):
    levels = Counter(SiteLevel.objects.filter(address=None).values_list("level", flat=True))
    assert set(levels) == {1, 2, 3, 4}
    assert levels[1] == max(levels.values())
    silent = SiteLevel.objects.filter(address=None, silent=True)
    assert {level.residence.name for level in silent} >= {"Le Menhir"}


def test_lies_in_the_ocean_and_in_the_past(open_scope):
    points = Address.objects.values_list("longitude", "latitude")
    assert all(-30.5 < longitude < -29.5 and 44.5 < latitude < 45.5 for longitude, latitude in points)
    assert not Incident.objects.filter(day__gte=timezone.localdate()).exists()


def test_every_role_has_an_account_that_may_log_in(open_scope):
    assert {account.role for account in DEMO_ACCOUNTS} == set(Role)
    for account in DEMO_ACCOUNTS:
        user = User.objects.get(email=account.email)
        assert user.check_password(account.password)
        assert Membership.objects.live().filter(user=user, role=account.role).exists()


def test_a_second_run_keeps_what_was_entered(seeded):
    with system_scope("seeding"):
        Incident.objects.filter(pk=Incident.objects.first().pk).update(place_kind="roof")
        before = list(Incident.objects.order_by("id").values())
    assert seed(timezone.localdate()) is False
    with system_scope("seeding"):
        assert list(Incident.objects.order_by("id").values()) == before


def test_the_landlord_without_agreement_stays_out_of_the_coordinators_sight(seeded):
    with system_scope("seeding"):
        coordinator = User.objects.get(email="coordination@demonstration.invalid")
    with acting_as(coordinator):
        seen = set(Residence.objects.values_list("landlord__name", flat=True))
    assert seen == {"Brumeval Habitat", "Logis de l'Écume", "Foyer des Landes"}


def test_is_refused_outside_the_demonstration(db, settings):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="demonstration settings only"):
        call_command("seed_demo")


def test_a_partner_finds_what_the_circle_was_given_and_the_own_copies(seeded):
    with system_scope("seeding"):
        partner = User.objects.get(email="partenaire@demonstration.invalid")
    with acting_as(partner):
        assert Publication.objects.count() == NoteCopy.objects.count() == 2
        assert set(PublishedSite.objects.values_list("level", flat=True)) == {1, 2, 3, 4}
        assert "La Tourelle Résidences" not in PublishedSite.objects.values_list("landlord", flat=True)
