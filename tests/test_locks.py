"""Of two who change one thing at the same moment, the second waits, and is then told what the first one did."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.campaigns import services as campaigns
from classification.decisions.services import decide
from classification.engine.services import evaluate
from classification.grids import adopting
from classification.models import Campaign, CampaignState, GridAdoption
from core.versions import StaleError
from incidents.models import LegalHold
from incidents.retention import services as retention
from partners.models import NoteCopy, SynthesisNote
from partners.notes import terms
from sites.models import AgreementTerms, Commune, SharingAgreement, Territory
from sites.sharing.answering import name_communes
from sites.sharing.services import end_agreement, save_territory, state_of_territory
from sites.sharing.terms import state_of_terms
from tests import factories as f
from tests.campaigning import drafted, opened
from tests.deciding import residence_at, site_of, version_for
from tests.governing import WHY, grid
from tests.sharing import issued_of
from tests.together import at_once, by
from tests.versions import planted
from tests.world import plant


@pytest.fixture
def two(committed_database):
    return plant()


def _refused(results):
    return [type(one) if isinstance(one, Exception) else None for one in results]


def _name(two, agreement, version, codes):
    return by(
        two.a.lead,
        lambda scope: name_communes(
            scope, agreement=agreement, communes=Commune.objects.filter(code__in=codes), version=version
        ),
    )


def test_the_terms_of_an_agreement_are_named_once_by_whoever_saw_them(two):
    with acting_as(two.a.lead):
        agreement = SharingAgreement.objects.get(pk=two.a.agreement.pk)
    version = planted(agreement, state_of_terms)["version"]
    with system_scope("seeding"):
        before = AgreementTerms.objects.filter(agreement=agreement).count()
    both = [_name(two, agreement, version, codes) for codes in ([], [two.commune.code])]
    assert _refused(at_once(both)) == [None, StaleError]
    with system_scope("seeding"):
        made = AgreementTerms.objects.filter(agreement=agreement).order_by("pk")
        assert (made.count(), made.last().communes) == (before + 1, [])


def test_an_agreement_ends_once(two):
    with acting_as(two.a.lead):
        agreement = SharingAgreement.objects.get(pk=two.a.agreement.pk)
    end = by(two.a.lead, lambda scope: end_agreement(scope, agreement=agreement))
    assert _refused(at_once([end, end])) == [None, ValidationError]


def test_a_territory_is_saved_once_by_whoever_saw_it(two):
    territory = two.a.territory
    version = planted(territory, state_of_territory)["version"]

    def save(name):
        return by(
            two.admin,
            lambda scope: save_territory(
                scope, territory=territory, name=name, kind=territory.kind, organisation=territory.organisation,
                communes=[two.commune], version=version,
            ),
        )  # fmt: skip

    assert _refused(at_once([save("Premier nom"), save("Second nom")])) == [None, StaleError]
    with system_scope("seeding"):
        assert Territory.objects.get(pk=territory.pk).name == "Premier nom"


def test_a_record_is_held_once_and_lifted_once(two):
    record = two.a.observation

    def hold(reason):
        return by(two.a.lead, lambda scope: retention.hold(scope, record=record, reason=reason, ends_on=None))

    assert _refused(at_once([hold("Premier motif"), hold("Second motif")])) == [
        None,
        retention.AlreadyHeldError,
    ]
    with system_scope("seeding"):
        held = LegalHold.objects.get(observation=record)
    assert held.reason == "Premier motif"
    version = planted(held, retention.state_of_hold)["version"]
    lift = by(two.a.lead, lambda scope: retention.lift(scope, record=record, version=version))
    assert at_once([lift, lift]) == [True, False]


def test_the_end_of_copies_is_changed_once_and_a_new_copy_gets_the_one_that_counts(two):
    from partners.circles.copies import number_copies_of

    note = issued_of(two.a)
    version = planted(note, terms.state_of)["version"]

    def end(days):
        until = timezone.localdate() + dt.timedelta(days)
        return by(two.a.coordinator, lambda scope: terms.set_end(scope, note, until=until, version=version))

    assert _refused(at_once([end(5), end(200)])) == [None, StaleError]
    with system_scope("seeding"):
        mandate = f.MandateFactory(circle=two.a.circle)
    version = planted(SynthesisNote(pk=note.pk), terms.state_of)["version"]
    join = by(two.a.coordinator, lambda _scope: number_copies_of(mandate))
    assert _refused(at_once([end(9), join])) == [None, None]
    with system_scope("seeding"):
        assert set(NoteCopy.objects.filter(note=note).values_list("until", flat=True)) == {
            timezone.localdate() + dt.timedelta(9)
        }


def test_a_level_is_decided_once_by_whoever_saw_it(two):
    residence = residence_at(two.a.landlord, two.commune, 3)
    version = version_for(residence)

    def retain(level):
        return by(
            two.a.lead,
            lambda scope: decide(scope, residence.pk, retained=level, reason="Un motif.", version=version),
        )

    assert _refused(at_once([retain(1), retain(2)])) == [None, StaleError]
    assert site_of(residence).retained == 1


def test_a_decision_and_an_evaluation_that_moves_the_level_do_not_cross(two):
    """The decision waits for the evaluation, and is then told that the level moved."""
    residence = residence_at(two.a.landlord, two.commune, 1)
    version = version_for(residence)
    with system_scope("seeding"):
        f.IncidentFactory(address=residence.addresses.get(), code="URBAN_VIOLENCE", day=timezone.localdate())

    def moves(then) -> None:
        with transaction.atomic():
            evaluate([residence.pk])
            then()

    def confirms(scope):
        return decide(scope, residence.pk, retained=1, reason="", version=version)

    assert _refused(at_once([moves, by(two.a.lead, confirms)])) == [None, StaleError]
    assert (site_of(residence).level, site_of(residence).retained) == (3, None)


def _proposes(two, in_days):
    version = grid(name="Autre grille")
    starts_on = timezone.localdate() + dt.timedelta(in_days)
    return by(
        two.a.coordinator,
        lambda scope: adopting.propose(
            scope, territory=two.a.territory, version=version, starts_on=starts_on, reason=WHY
        ),
    )


def _begun(two) -> tuple[str, int]:
    """The state of the campaign of territory A, and how many grids are proposed there."""
    with system_scope("seeding"):
        return Campaign.objects.get().state, GridAdoption.objects.count()


@pytest.mark.parametrize("opens_first", [True, False])
def test_no_grid_is_proposed_while_a_campaign_is_opened_under_it(two, opens_first):
    """Whichever is first: the other one waits, and is then refused."""
    draft = drafted(two.a)
    opens = by(two.a.coordinator, lambda scope: campaigns.open_campaign(scope, draft))
    acts = [opens, _proposes(two, 5)]
    results = _refused(at_once(acts if opens_first else acts[::-1]))
    assert results == [None, ValidationError]
    assert _begun(two) == ((CampaignState.OPEN, 0) if opens_first else (CampaignState.DRAFT, 1))


@pytest.mark.parametrize("puts_off_first", [True, False])
def test_no_grid_is_proposed_while_a_campaign_is_put_off_beyond_its_day(two, puts_off_first):
    campaign = opened(two.a)
    later = campaign.deadline + dt.timedelta(5)
    version = planted(campaign, campaigns.deadline_of)["version"]
    puts_off = by(
        two.a.coordinator,
        lambda scope: campaigns.put_off(scope, campaign, deadline=later, version=version),
    )
    acts = [puts_off, _proposes(two, 23)]
    results = _refused(at_once(acts if puts_off_first else acts[::-1]))
    assert results == [None, ValidationError]
    assert _begun(two) == (CampaignState.OPEN, 0 if puts_off_first else 1)
