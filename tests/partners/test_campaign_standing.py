"""Where a campaign stands is derived from what stands published: one rule, in each list and page, by one query."""

import datetime as dt
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from classification.campaigns.services import cancel
from classification.campaigns.standing import with_standing
from classification.models import Campaign
from partners.models import Publication
from partners.withdrawals.services import restore, withdraw
from partners.withdrawals.services import state_of as withdrawal_state
from tests import factories as f
from tests.campaigning import closed, drafted, opened
from tests.publishing import closing_on, given, standings
from tests.sharing import publication_of, today
from tests.versions import planted


def _withdraws(side, publication) -> None:
    with acting_as(side.coordinator) as scope:
        found = Publication.objects.get(pk=publication.pk)
        withdraw(scope, found, reason="Saisie erronée.", version=planted(found, withdrawal_state)["version"])


def test_each_way_a_campaign_can_stand(world):
    first, second = closing_on(world.a, 90, name="Été"), closing_on(world.a, 5, name="Automne")
    with acting_as(world.a.coordinator) as scope:
        cancel(scope, opened(world.a, name="Nulle"), reason="Reportée.")
    opened(world.a, name="Hiver")
    drafted(world.a, name="Printemps")
    others = {"Nulle": "cancelled", "Hiver": "open", "Printemps": "draft"}
    seen = lambda: standings(world.a.coordinator)  # noqa: E731 - read anew each time
    assert seen() == {"Été": "closed", "Automne": "closed"} | others
    given(world.a, first)
    assert seen() == {"Été": "published", "Automne": "closed"} | others
    publication = given(world.a, second)
    assert seen() == {"Été": "superseded", "Automne": "published"} | others
    _withdraws(world.a, publication)
    assert seen() == {"Été": "published", "Automne": "closed"} | others
    with acting_as(world.a.coordinator) as scope:
        restore(scope, Publication.objects.get(pk=publication.pk))
    assert seen() == {"Été": "superseded", "Automne": "published"} | others


def test_a_further_version_is_published_only_once_it_is(world):
    closing = closing_on(world.a, 5, name="Automne")
    former = given(world.a, closing)
    second = closed(world.a, closing.campaign, reason="Saisies tardives.")
    assert standings(world.a.coordinator) == {"Automne": "closed"}
    _withdraws(world.a, former)
    given(world.a, second)
    assert standings(world.a.coordinator) == {"Automne": "published"}


def test_what_is_published_between_two_campaigns_publishes_none(world):
    closing_on(world.a, name="Automne")
    publication_of(world.a)
    assert standings(world.a.coordinator) == {"Automne": "closed"}


def test_one_that_was_never_published_is_superseded_by_a_later_one_that_is(world):
    closing_on(world.a, 90, name="Été")
    given(world.a, closing_on(world.a, 5, name="Automne"))
    assert standings(world.a.coordinator) == {"Été": "superseded", "Automne": "published"}


def test_of_two_campaigns_of_one_day_the_later_one_supersedes(world):
    first = closing_on(world.a, 5, name="Matin")
    second = closing_on(world.a, 5, name="Soir")
    given(world.a, first)
    assert standings(world.a.coordinator) == {"Matin": "published", "Soir": "closed"}
    with system_scope("seeding"):
        circle = f.CircleFactory(territory=world.a.territory, name="Autre")
    given(world.a, second, circle)
    assert standings(world.a.coordinator) == {"Matin": "superseded", "Soir": "published"}


def test_another_territory_supersedes_nothing(world):
    given(world.a, closing_on(world.a, 90, name="Été A"))
    given(world.b, closing_on(world.b, 5, name="Automne B"))
    assert standings(world.a.coordinator) == {"Été A": "published"}
    with system_scope("seeding"):
        every = dict(with_standing(Campaign.objects.all()).values_list("name", "standing"))
    assert every == {"Été A": "published", "Automne B": "published"}


def test_leads_see_it_too_and_as_far_as_they_see_publications(world):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    both = [world.a.landlord.pk, world.b.landlord.pk]
    given(world.a, closing_on(world.a, 90, name="Été", landlords=both))
    given(world.a, closing_on(world.a, 5, name="Automne"))
    assert standings(world.a.lead) == {"Été": "superseded", "Automne": "published"}
    # Landlord B was not asked by the second, and is not told that there was one.
    assert standings(world.b.lead) == {"Été": "published"}


def test_the_list_and_the_page_say_it_in_words(world, sign_in):
    first, second = closing_on(world.a, 90, name="Été"), closing_on(world.a, 5, name="Automne")
    given(world.a, first)
    given(world.a, second)
    for person in (world.a.coordinator, world.a.lead):
        client = sign_in(person)
        page = client.get(reverse("classification:campaigns")).text
        badges = re.findall(r'<span class="badge[^"]*">([^<]*)</span>', page)
        assert [word for word in badges if word in {"publiée", "remplacée"}] == ["publiée", "remplacée"]
        for closing, word in ((first, "remplacée"), (second, "publiée")):
            shown = client.get(reverse("classification:campaign", args=[closing.campaign_id])).text
            assert f">{word}</span>" in shown


def test_the_list_asks_as_much_for_many_as_for_one(world, sign_in):
    client, page = sign_in(world.a.coordinator), reverse("classification:campaigns")
    given(world.a, closing_on(world.a, 90))
    counts = []
    for days in (60, 30, 10):
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(page)
        counts.append(len(asked))
        given(world.a, closing_on(world.a, days))
    assert len(set(counts)) == 1


def test_the_choice_of_circles_asks_as_much_for_many_as_for_one(world, sign_in):
    closing = closing_on(world.a)
    given(world.a, closing)
    client, page = (
        sign_in(world.a.coordinator),
        reverse("partners:campaign_circles", args=[closing.campaign_id]),
    )
    counts = []
    for n in range(3):
        client.get(page)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        counts.append(len(asked))
        with system_scope("seeding"):
            circle = f.CircleFactory(
                territory=world.a.territory, name=f"Autre {n}", starts_on=today() - dt.timedelta(9)
            )
        given(world.a, closing, circle)
    assert len(set(counts)) == 1
