"""Test the fictional territory: plausible, complete, created only once, and at no real place."""

import datetime as dt
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.scope import acting_as, system_scope
from classification.campaigns.standing import with_standing
from classification.models import Assessment, Campaign, CampaignSite, Closing, Signal, SiteLevel
from demo.accounts import DELEGATE, DEMO_ACCOUNTS
from demo.seeding import seed
from incidents.models import Incident, Narrative
from incidents.shield import inspect
from partners.models import (
    Charter,
    Mandate,
    NoteCopy,
    Publication,
    PublishedCount,
    PublishedSite,
    SynthesisNote,
)
from portal.guide import tour_of
from portal.guide_steps import STEPS
from sites.models import Address, ImportRun, Residence, SharingAgreement
from tests.conftest import point_django_at
from tests.world import signed_in

# The fiction takes long to draw: one process waits for it.
pytestmark = pytest.mark.xdist_group("planted")


@pytest.fixture(scope="module")
def planted(clone_database, demo_database, django_db_setup):
    """The name of a database with the fiction in it, for all tests here."""
    return clone_database("palier_planted", demo_database)


@pytest.fixture
def seeded(planted, superuser_uri, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        point_django_at(superuser_uri, planted),
        transaction.atomic(),
    ):
        yield
        transaction.set_rollback(True)


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
    assert seen == {"Brumeval Habitat", "Logis de l’Écume", "Foyer des Landes"}


def test_is_refused_outside_the_demonstration(db, settings):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="demonstration settings only"):
        call_command("seed_demo")


def test_a_partner_finds_what_the_circle_was_given_and_the_own_copies(seeded):
    with system_scope("seeding"):
        partner = User.objects.get(email="partenaire@demonstration.invalid")
    with acting_as(partner):
        assert (Publication.objects.count(), NoteCopy.objects.count()) == (3, 2)
        assert set(PublishedSite.objects.values_list("level", flat=True)) == {1, 2, 3, 4}
        assert "La Tourelle Résidences" not in PublishedSite.objects.values_list("landlord", flat=True)


def test_every_member_of_the_circle_accepted_its_charter_when_they_joined(open_scope):
    charter = Charter.objects.get()
    members = set(Mandate.objects.values_list("user_id", flat=True))
    assert set(charter.acceptances.values_list("user_id", flat=True)) == members
    joined = set(Mandate.objects.values_list("starts_on", flat=True))
    assert {
        timezone.localdate(at) for at in charter.acceptances.values_list("accepted_at", flat=True)
    } == joined
    assert timezone.localdate(charter.written_at) < min(joined)


def _published_ranks():
    return [
        {site.name: (site.rank, site.level) for site in publication.sites.all()}
        for publication in Publication.objects.filter(precision="address", closing=None).order_by("as_of")
    ]


def test_the_two_published_states_lie_half_a_year_apart_and_were_given_then(open_scope):
    first, second = Publication.objects.filter(precision="address", closing=None).order_by("as_of")
    assert 170 <= (second.as_of - first.as_of).days <= 195
    for publication in (first, second):
        assert timezone.localdate(publication.published_at) - publication.as_of == dt.timedelta(2)
        note = SynthesisNote.objects.get(as_of=publication.as_of)
        assert note.created_at == note.finished_at == note.issued_at == publication.published_at


def test_between_the_two_states_the_stories_show_in_the_ranking(open_scope):
    before, after = _published_ranks()
    moves = {name: (before[name][1], after[name][1]) for name in before}
    assert moves["La Grande Marée"] == (1, 3)
    assert moves["Les Ajoncs"][0] > moves["Les Ajoncs"][1]
    # Trouble went next door, to another landlord.
    assert moves["Les Embruns"][0] > moves["Les Embruns"][1]
    assert moves["Le Sémaphore"][0] < moves["Le Sémaphore"][1]
    ranks = {name: (before[name][0], after[name][0]) for name in before}
    assert all(ranks[name][1] < ranks[name][0] for name in ("La Grande Marée", "Le Sémaphore"))
    assert all(ranks[name][1] > ranks[name][0] for name in ("Les Ajoncs", "Les Embruns"))


def test_the_site_gone_silent_was_never_quiet(open_scope):
    silent = Incident.objects.filter(residence__name="Le Menhir").order_by("-day")
    assert (timezone.localdate() - silent[0].day).days >= 118
    assert silent.count() > 200


def test_nights_weekends_and_summers_have_more_of_some_facts(open_scope):
    noise = list(Incident.objects.filter(fact_type__code="NOISE").values_list("day", "time"))
    weekend = sum(day.weekday() >= 4 for day, _time in noise) / len(noise)
    at_night = [time.hour >= 18 or time.hour < 3 for _day, time in noise if time]
    assert weekend > 3 / 7 + 0.05
    assert all(at_night)


def test_texts_speak_of_places_and_would_pass_the_shield(open_scope):
    texts = set(Narrative.objects.values_list("text", flat=True))
    assert len(texts) > 20
    assert {text: inspect(text) for text in texts if inspect(text)} == {}


def test_some_facts_lie_between_two_days(open_scope):
    assert Incident.objects.filter(span_end__isnull=False, time=None).count() > 100


def test_the_delegate_reads_publications_by_neighbourhood_and_no_site(seeded):
    with system_scope("seeding"):
        delegate = User.objects.get(email=DELEGATE.email)
    assert delegate.check_password(DELEGATE.password)
    with acting_as(delegate):
        assert Publication.objects.count() == 2
        assert not PublishedSite.objects.exists()
        # No neighbourhood of the fictional town has five sites of one level and four others.
        assert not PublishedCount.objects.exists()


def test_the_leads_import_pages_show_files_with_rejected_rows(seeded):
    with system_scope("seeding"):
        lead = User.objects.get(email="referent@demonstration.invalid")
    with acting_as(lead):
        runs = ImportRun.objects.order_by("id")
        assert [(run.kind, run.state) for run in runs] == [("stock", "done"), ("incidents", "done")]
        assert [sum(run.counts["rejected"].values()) for run in runs] == [3, 3]
        assert runs[1].incidents.count() == 24


def test_the_first_visit_of_nobody_is_done_already(seeded):
    for account in DEMO_ACCOUNTS:
        with system_scope("seeding"):
            user = User.objects.get(email=account.email)
        with acting_as(user):
            assert tour_of(user, account.role).done == 0, account.role


@pytest.mark.parametrize(
    ("role", "key"),
    [(role, step.key) for role in (Role.LEAD, Role.COORDINATOR) for step in STEPS[role] if step.at],
)
def test_the_steps_of_a_visit_lead_to_pages_that_the_demonstration_has(role, key, seeded):
    account = next(one for one in DEMO_ACCOUNTS if one.role == role)
    with system_scope("seeding"):
        client = signed_in(User.objects.get(email=account.email))
    page = client.get(reverse("guide_step", args=[key]), follow=True)
    at = next(step.at for step in STEPS[role] if step.key == key)
    assert (page.status_code, page.resolver_match.view_name) == (200, at)


def test_two_campaigns_are_closed_and_one_is_open(open_scope):
    states = Counter(Campaign.objects.values_list("state", flat=True))
    assert states == {"closed": 2, "open": 1}
    for closing in Closing.objects.select_related("campaign"):
        frozen = Assessment.objects.filter(closing=closing)
        assert frozen.count() == closing.sites > 30
        assert set(frozen.values_list("level", flat=True)) == {1, 2, 3, 4}
        assert frozen.exclude(retained=None).exists()
        assert frozen.filter(retained=None).exists()
        assert closing.campaign.opened_at < closing.read_at
    running = Campaign.objects.get(state="open")
    assert running.deadline > timezone.localdate()
    assert CampaignSite.objects.filter(campaign=running).count() > 30


def test_one_publication_comes_out_of_a_closed_campaign_and_says_what_it_froze(open_scope):
    publication = Publication.objects.exclude(closing=None).get()
    closing = publication.closing
    assert dict(publication.sites.values_list("name", "mark")) == dict(
        Assessment.objects.filter(closing=closing).values_list("name", "mark")
    )
    assert publication.published_at > closing.read_at
    undecided = publication.sites.filter(decided_on=None)
    assert set(undecided.values_list("closed_on", flat=True)) == {timezone.localdate(closing.read_at)}
    assert publication.sites.exclude(decided_on=None).exists()
    standings = with_standing(Campaign.objects.order_by("as_of")).values_list("standing", flat=True)
    assert list(standings) == ["superseded", "published", "open"]


def test_a_closed_campaign_is_replayed_without_a_difference(open_scope):
    for campaign in Campaign.objects.filter(state="closed"):
        out = StringIO()
        call_command("replay", campaign.name, stdout=out)
        assert "the same bit for bit" in out.getvalue()


def test_some_sites_are_to_be_watched(open_scope):
    told = Signal.objects.values_list("landlord__name", "as_of")
    assert {day for _landlord, day in told} == {timezone.localdate()}
