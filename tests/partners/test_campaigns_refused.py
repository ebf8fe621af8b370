"""What a campaign froze is not given to every circle: not counts of other landlords than those that share, nor what ended."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from core.jobs import JobError
from partners.enums import Precision
from partners.models import Circle, Publication, PublicationRequest
from partners.publications import services
from partners.withdrawals.services import state_of as withdrawal_state
from partners.withdrawals.services import withdraw
from tests import factories as f
from tests.campaigning import closed
from tests.publishing import as_shown, closing_on, current, given, page_of
from tests.sharing import publication_of, today
from tests.versions import planted

_OTHERS = "ne porte pas sur tous les bailleurs"
_ENDED = "Cette cellule est terminée : rien de la campagne ne lui est plus publié."


def _plain(text: str) -> str:
    return re.sub("[\xa0\u202f]", " ", text)


@pytest.fixture
def coarse(world):
    """A circle by neighbourhood of territory A, with which landlords A and B share."""
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
        return f.CircleFactory(territory=world.a.territory, name="Comité", precision=Precision.NEIGHBOURHOOD)


def _is_refused(side, closing, circle, client) -> None:
    page = client.get(page_of(side, closing, circle))
    assert _OTHERS in page.text
    assert '<form method="post" novalidate' not in page.text
    answer = client.post(page_of(side, closing, circle), as_shown(side, closing, circle))
    assert (answer.status_code, _OTHERS in answer.text) == (422, True)
    with acting_as(side.coordinator) as scope, pytest.raises(services.OtherLandlordsError):
        services.request_publication(scope, circle=circle, as_of=today(), closing=current(side, closing))
    with pytest.raises(JobError, match=_OTHERS):
        given(side, closing, circle)
    with system_scope("seeding"):
        assert not PublicationRequest.objects.exists()
        assert not Publication.objects.filter(circle=circle).exists()


def test_counts_of_some_landlords_are_not_given_beside_those_of_all(world, sign_in, coarse):
    """What all have, less what landlord A has, would be what landlord B has."""
    closing = closing_on(world.a)
    client = sign_in(world.a.coordinator)
    _is_refused(world.a, closing, coarse, client)
    # By address each site stands for itself.
    assert _OTHERS not in client.get(page_of(world.a, closing)).text
    assert given(world.a, closing).landlords == [world.a.landlord.pk]


def test_counts_of_all_landlords_are_given(world, sign_in, coarse):
    both = sorted([world.a.landlord.pk, world.b.landlord.pk])
    closing = closing_on(world.a, landlords=both)
    client = sign_in(world.a.coordinator)
    assert _OTHERS not in client.get(page_of(world.a, closing, coarse)).text
    asked = client.post(page_of(world.a, closing, coarse), as_shown(world.a, closing, coarse))
    assert asked.status_code == 302
    assert given(world.a, closing, coarse).landlords == both
    with system_scope("seeding"):
        assert PublicationRequest.objects.get().closing_id == closing.pk


def test_counts_of_a_campaign_before_another_commune_was_shared_are_not_given(world, sign_in):
    with system_scope("seeding"):
        circle = f.CircleFactory(
            territory=world.a.territory, name="Comité", precision=Precision.NEIGHBOURHOOD
        )
    closing = closing_on(world.a)
    with system_scope("seeding"):
        there = f.ResidenceFactory(landlord=world.a.landlord, commune=world.added, name="Ailleurs")
        f.AddressFactory(residence=there)
    evaluate([there.pk])
    _is_refused(world.a, closing, circle, sign_in(world.a.coordinator))
    # A further version of the campaign holds it too.
    assert given(world.a, closed(world.a, closing.campaign, reason="Commune ajoutée."), circle).pk


def test_a_residence_that_closed_before_the_day_of_the_campaign_is_counted_by_neither(world):
    with system_scope("seeding"):
        circle = f.CircleFactory(
            territory=world.a.territory, name="Comité", precision=Precision.NEIGHBOURHOOD
        )
        f.ResidenceFactory(
            landlord=world.a.landlord, commune=world.added, closed_on=today() - dt.timedelta(9)
        )
    assert given(world.a, closing_on(world.a), circle).landlords == [world.a.landlord.pk]


@pytest.fixture
def ended(world):
    """A publication out of the first version of a campaign, to a circle that ended; the campaign has a second version."""
    closing = closing_on(world.a)
    publication = given(world.a, closing)
    closed(world.a, closing.campaign, reason="Saisies tardives.")
    _end(world.a.circle)
    return publication


def _end(circle) -> None:
    with system_scope("seeding"):
        Circle.objects.filter(pk=circle.pk).update(
            starts_on=today() - dt.timedelta(30), ends_on=timezone.localdate()
        )


def test_nobody_is_sent_to_publish_to_a_circle_that_ended(world, sign_in, ended):
    client = sign_in(world.a.coordinator)
    replace, page = (
        reverse(f"partners:{name}", args=[ended.pk]) for name in ("publication_supersede", "publication")
    )
    shown = _plain(client.get(page).text)
    assert _ENDED in shown
    assert replace not in shown
    assert "a été arrêtée depuis" not in shown
    campaign = client.get(reverse("classification:campaign", args=[ended.closing.campaign_id])).text
    assert "publier la version 2" not in _plain(campaign)
    told = client.get(replace, follow=True)
    assert told.redirect_chain == [(page, 302)]
    assert _plain(told.text).count(_ENDED) == 2


def test_counts_given_to_a_circle_that_ended_say_so(world, sign_in):
    with system_scope("seeding"):
        circle = f.CircleFactory(
            territory=world.a.territory, name="Comité", precision=Precision.NEIGHBOURHOOD
        )
    publication = given(world.a, closing_on(world.a), circle)
    client, page = sign_in(world.a.coordinator), reverse("partners:publication", args=[publication.pk])
    assert _ENDED not in _plain(client.get(page).text)
    _end(circle)
    shown = _plain(client.get(page).text)
    assert _ENDED in shown
    assert reverse("partners:publication_supersede", args=[publication.pk]) not in shown


def test_once_withdrawn_it_offers_no_other_out_of_the_campaign(world, sign_in, ended):
    with acting_as(world.a.coordinator) as scope:
        found = Publication.objects.get(pk=ended.pk)
        withdraw(scope, found, reason="Saisie erronée.", version=planted(found, withdrawal_state)["version"])
    page = sign_in(world.a.coordinator).get(reverse("partners:publication", args=[ended.pk])).text
    assert "Corriger le motif" in page
    assert reverse("partners:publication_supersede", args=[ended.pk]) not in page


def test_one_between_campaigns_is_replaced_all_the_same(world, sign_in):
    """Landlords read it still."""
    publication = publication_of(world.a)
    _end(world.a.circle)
    client = sign_in(world.a.coordinator)
    shown = client.get(reverse("partners:publication", args=[publication.pk])).text
    assert "ses membres ne voient plus cette publication" in shown
    replace = reverse("partners:publication_supersede", args=[publication.pk])
    assert replace in shown
    assert client.get(replace).status_code == 200
