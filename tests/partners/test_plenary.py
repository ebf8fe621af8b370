"""Aggregates leave the circles once for a campaign, exactly as its coordinator read them, and are frozen."""

import json

import pytest
from django.db import DatabaseError, ProgrammingError, transaction
from django.urls import reverse

from accounts.models import Membership
from accounts.scope import acting_as, system_scope
from classification.models import Campaign
from core.jobs import JobError, JobState
from partners.closings import MovedOnError
from partners.models import PlenaryRelease
from partners.plenary import freezing, services, tasks
from partners.plenary.content import CHANGED, ELSEWHERE, FEW
from sites.basemap.neighbourhoods import store
from sites.models import Residence, SharingAgreement
from tests import plenary
from tests.campaigning import asked as close_asked
from tests.campaigning import closed, now, opened
from tests.journals import tamper
from tests.sharing import journal, pages_of
from tests.world import plant


def told(found, commune="Partagée") -> dict:
    return next(town for town in found.content["communes"] if town["name"] == commune)


@pytest.fixture
def committed(committed_database):
    """The planted world where what is written stays written, and a task is done at once after the commit."""
    return plant()


@pytest.fixture
def town(world):
    """Territory A, with three landlords who have ten sites each beside those of the world."""
    return plenary.town_of(world.a, world.commune)


def test_a_release_tells_by_area_what_others_reach_without_their_largest(world, town):
    found = plenary.ready(world.a, plenary.closing_of(world.a, town))
    whole = told(found)
    assert [area["name"] for area in whole["areas"]] == ["Ensemble de la commune"]
    assert (whole["why"], whole["sites"]) == ("", {"3": 5})
    # 15 days of violence, five of each landlord; the world's landlord has nine of petty dealing alone.
    assert whole["facts"] == {"people": 10, "cleanliness": 10}
    assert whole["homes"] == 40 * 32


def test_what_leaves_holds_no_name_but_those_of_places_and_landlords(world, town):
    found = plenary.ready(world.a, plenary.closing_of(world.a, town))
    said = json.dumps(found.content, ensure_ascii=False)
    with system_scope("seeding"):
        names = set(Residence.objects.filter(landlord__in=town).values_list("name", flat=True))
    assert names
    assert not [name for name in names if name in said]
    assert found.content["landlords"] == ["Bailleur A", "Bailleur Est", "Bailleur Ouest"]


def test_a_landlord_that_shares_no_more_is_not_counted(world, town):
    closing = plenary.closing_of(world.a, town)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(landlord=town[2]).update(ends_on=plenary.days_ago(1))
    found = plenary.ready(world.a, closing)
    assert found.content["landlords"] == ["Bailleur A", "Bailleur Est"]
    assert told(found)["areas"][0]["why"] == FEW
    assert not found.tells


def test_areas_are_priority_neighbourhoods_and_the_rest(world, town):
    plenary.sites(town[0], world.commune, 1, in_priority_neighbourhood=True)
    found = told(plenary.ready(world.a, plenary.closing_of(world.a, town)))
    assert [(area["name"], area["why"]) for area in found["areas"]] == [
        ("Quartier prioritaire", FEW), ("Hors quartier prioritaire", ""),
    ]  # fmt: skip
    assert found["sites"] == {"3": 5}


def test_a_commune_is_the_sum_of_what_its_areas_tell(world, town):
    for landlord in town:
        plenary.sites(landlord, world.commune, 5, in_priority_neighbourhood=True)
        plenary.sites(landlord, world.commune, 5, plenary.LITTER, in_priority_neighbourhood=True)
    found = told(plenary.ready(world.a, plenary.closing_of(world.a, town)))
    assert [area["sites"] for area in found["areas"]] == [{"3": 5}, {"3": 5}]
    assert found["sites"] == {"3": 10}
    assert found["facts"] == {"people": 20, "cleanliness": 20}


def test_a_release_is_what_was_read_and_the_journals_of_its_landlords_say_so(world, town):
    closing = plenary.closing_of(world.a, town)
    before = len(journal(world.a.coordinator))
    release = plenary.released(world.a, closing)
    assert release.content == plenary.ready(world.a, closing).content
    assert release.landlords == sorted(landlord.pk for landlord in town)
    told_to = {world.a.town.pk, *(landlord.pk for landlord in town)}
    asked, *made = journal(world.a.coordinator)[before:]
    assert asked == ("create", "partners.plenaryrelease", world.a.town.pk)
    assert sorted(made) == [("publish", "partners.plenaryrelease", pk) for pk in sorted(told_to)]


def test_what_was_not_read_is_not_released(world, town):
    closing = plenary.closing_of(world.a, town)
    pk = plenary.asked(world.a, closing, digest="0" * 64).pk
    with pytest.raises(JobError):
        plenary.make(world.a, closing, pk)
    assert plenary.stored(pk).content is None


def test_what_tells_nothing_is_not_released(world):
    closing = closed(world.a)
    pk = plenary.asked(world.a, closing).pk
    with pytest.raises(JobError):
        plenary.make(world.a, closing, pk)


def test_a_campaign_is_released_once_a_corrected_version_too(world, town):
    closing = plenary.closing_of(world.a, town)
    release = plenary.released(world.a, closing)
    with system_scope("evaluation"):
        campaign = Campaign.objects.select_related("territory", "grid_version").get(pk=closing.campaign_id)
    again = closed(world.a, campaign, reason="Saisie tardive.")
    assert plenary.asked(world.a, again).pk == release.pk
    with system_scope("seeding"), transaction.atomic(), pytest.raises(DatabaseError):
        PlenaryRelease.objects.create(
            campaign=campaign, closing=again, territory=world.a.territory, organisation=world.a.town,
            as_of=campaign.as_of, digest="0" * 64,
        )  # fmt: skip
    assert plenary.stored(release.pk).content == release.content


def test_a_version_that_was_superseded_is_not_released(world, town):
    closing = plenary.closing_of(world.a, town)
    found, pk = plenary.ready(world.a, closing), plenary.asked(world.a, closing).pk
    closed(world.a, now(closing.campaign), reason="Saisie tardive.")
    with acting_as(world.a.coordinator) as scope, pytest.raises(JobError, match="autre version"):
        freezing.make(scope, PlenaryRelease.objects.select_related("campaign__territory").get(pk=pk), found)
    assert plenary.stored(pk).content is None


def test_nothing_is_released_while_a_further_version_is_made(world, town):
    closing = plenary.closing_of(world.a, town)
    pk = plenary.asked(world.a, closing).pk
    close_asked(world.a, now(closing.campaign), reason="Saisie tardive.")
    with pytest.raises(JobError, match="en cours d’arrêt"):
        plenary.make(world.a, closing, pk)
    assert plenary.stored(pk).content is None


def test_nothing_is_asked_for_while_a_further_version_is_made(world, town, sign_in):
    closing = plenary.closing_of(world.a, town)
    digest = plenary.ready(world.a, closing).digest
    close_asked(world.a, now(closing.campaign), reason="Saisie tardive.")
    prepare = reverse("partners:plenary_prepare", args=[closing.campaign_id])
    answer = sign_in(world.a.coordinator).post(prepare, {"digest": digest, "public": "on"}, follow=True)
    assert "est en cours d’arrêt" in answer.text
    with system_scope("seeding"):
        assert not PlenaryRelease.objects.exists()


@pytest.mark.parametrize(("days", "stands"), [(79, False), (80, True)])
def test_days_of_releases_lie_far_apart_also_of_a_withdrawn_one(world, town, days, stands):
    first = plenary.planted(world.a)
    tamper("UPDATE partners_plenaryrelease SET as_of = %s", plenary.days_ago(days))
    with acting_as(world.a.coordinator) as scope:
        services.withdraw(scope, plenary.stored(first.pk), reason="Faits mal placés.")
    closing = plenary.closing_of(world.a, town)
    if stands:
        assert plenary.released(world.a, closing).content
    else:
        with pytest.raises(MovedOnError):
            plenary.asked(world.a, closing)


def test_a_release_of_an_earlier_day_is_not_added(world, town):
    plenary.planted(world.a, as_of=plenary.days_ago(-200))
    with pytest.raises(MovedOnError):
        plenary.asked(world.a, plenary.closing_of(world.a, town))


def test_a_commune_whose_landlords_changed_is_left_out_once(world, town):
    closing = plenary.closing_of(world.a, town)
    same = plenary.ready(world.a, closing).grounds
    assert set(same) == {str(world.commune.pk)}
    former = plenary.planted(world.a, as_of=plenary.days_ago(100), grounds=same)
    assert told(plenary.ready(world.a, closing))["why"] == ""
    fourth = plenary.landlord_of(world.a, "Bailleur Nord")
    plenary.sites(fourth, world.commune, 1, plenary.LITTER)
    found = plenary.ready(world.a, plenary.closing_of(world.a, [*town, fourth]))
    assert (told(found)["why"], told(found)["sites"], told(found)["facts"]) == (CHANGED, {}, {})
    assert found.grounds != same
    assert former.grounds == same


def test_a_commune_whose_outlines_changed_is_left_out_once(world, town):
    for landlord in town:
        for residence in plenary.sites(landlord, world.commune, 1):
            with system_scope("seeding"):
                residence.addresses.update(longitude=2.35, latitude=48.9)
    _draw(2.36)
    closing = plenary.closing_of(world.a, town)
    before = plenary.ready(world.a, closing)
    assert [area["name"] for area in told(before)["areas"]] == ["Les Tilleuls", "Hors quartier prioritaire"]
    plenary.planted(world.a, as_of=plenary.days_ago(100), grounds=before.grounds)
    assert told(plenary.ready(world.a, closing))["why"] == ""
    _draw(2.37)
    after = told(plenary.ready(world.a, closing))
    assert (after["why"], after["sites"], after["facts"]) == (CHANGED, {}, {})


def _draw(east: float) -> None:
    """Give the one priority neighbourhood an outline up to a longitude."""
    ring = [[2.3, 48.8], [east, 48.8], [east, 49], [2.3, 49], [2.3, 48.8]]
    said = {"code_qp": "QN00001M", "lib_qp": "Les Tilleuls"}
    shape = {"type": "Polygon", "coordinates": [ring]}
    with system_scope("seeding") as scope:
        store(scope, [{"properties": said, "geometry": shape}])


def test_a_commune_that_another_territory_told_of_is_left_out(world, town):
    plenary.planted(world.b, communes=[world.commune.pk])
    found = plenary.ready(world.a, plenary.closing_of(world.a, town))
    assert told(found)["why"] == ELSEWHERE
    assert (found.communes, found.grounds, found.tells) == ([], {}, False)


def test_another_territory_that_tells_meanwhile_stops_it(world, town):
    closing = plenary.closing_of(world.a, town)
    found, pk = plenary.ready(world.a, closing), plenary.asked(world.a, closing).pk
    plenary.planted(world.b, communes=[world.commune.pk])
    with acting_as(world.a.coordinator) as scope, pytest.raises(JobError):
        freezing.make(scope, PlenaryRelease.objects.select_related("campaign__territory").get(pk=pk), found)


def test_what_was_released_resists_but_for_one_withdrawal(world):
    release = plenary.planted(world.a)
    frozen = {
        "content": {}, "landlords": [], "communes": [1], "grounds": {"1": "x"}, "as_of": plenary.days_ago(3),
        "state": "failed", "digest": "1" * 64, "finished_at": None,
    }  # fmt: skip
    for scope in ("seeding", "jobs"):
        for name, value in frozen.items():
            with system_scope(scope), transaction.atomic(), pytest.raises(DatabaseError):
                PlenaryRelease.objects.filter(pk=release.pk).update(**{name: value})
    with system_scope("seeding"), transaction.atomic(), pytest.raises(DatabaseError):
        PlenaryRelease.objects.filter(pk=release.pk).delete()
    with acting_as(world.a.coordinator) as scope:
        assert services.withdraw(scope, release, reason="Faits mal placés.")
        assert not services.withdraw(scope, release, reason="Autre motif.")
    assert plenary.stored(release.pk).withdrawal_reason == "Faits mal placés."
    with system_scope("seeding"), transaction.atomic(), pytest.raises(DatabaseError):
        PlenaryRelease.objects.filter(pk=release.pk).update(withdrawn_at=None, withdrawal_reason="")


def test_a_coordinator_releases_nothing_of_another_territory_by_sql(world, town):
    closing, theirs = plenary.closing_of(world.a, town), closed(world.b)
    own = {
        "campaign": closing.campaign, "closing": closing, "territory": world.a.territory, "organisation": world.a.town,
        "as_of": closing.campaign.as_of, "digest": "0" * 64,
    }  # fmt: skip
    others = {"campaign": theirs.campaign, "closing": theirs, "organisation": world.b.town}
    with acting_as(world.a.coordinator):
        for stolen in (*({name: value} for name, value in others.items()), others):
            with pytest.raises(ProgrammingError), transaction.atomic():
                PlenaryRelease.objects.create(**own | stolen)
        made = PlenaryRelease.objects.filter(pk=PlenaryRelease.objects.create(**own).pk)
        for stolen in (*({name: value} for name, value in others.items()), others):
            with pytest.raises(ProgrammingError), transaction.atomic():
                made.update(**stolen)


def test_what_was_released_is_withdrawn_also_once_the_territory_is_of_another_organisation(world):
    release = plenary.planted(world.a)
    tamper("UPDATE partners_plenaryrelease SET organisation_id = %s", world.b.town.pk)
    with acting_as(world.a.coordinator) as scope:
        assert services.withdraw(scope, plenary.stored(release.pk), reason="Faits mal placés.")
    assert plenary.stored(release.pk).withdrawal_reason == "Faits mal placés."


def test_the_database_refuses_a_small_number(world):
    for table in ("sites", "facts"):
        content = plenary.content_of()
        content["communes"][0]["areas"][0][table] = {"people": 4}
        with transaction.atomic(), pytest.raises(DatabaseError):
            plenary.planted(world.a, content=content)


def test_a_lead_whose_agreement_ended_still_reads_it(world, sign_in):
    release = plenary.planted(world.a)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=plenary.days_ago(1))
    client = sign_in(world.a.lead)
    page = client.get(reverse("partners:plenary_release", args=[release.pk]))
    assert page.status_code == 200
    assert "CLSPD A" in client.get(reverse("partners:plenary_releases")).text


def test_a_coordinator_prepares_confirms_and_reads_what_left(world, town, sign_in):
    closing = plenary.closing_of(world.a, town)
    client = sign_in(world.a.coordinator)
    prepare = reverse("partners:plenary_prepare", args=[closing.campaign_id])
    assert prepare in client.get(reverse("classification:campaign", args=[closing.campaign_id])).text
    page = client.get(prepare)
    digest = plenary.ready(world.a, closing).digest
    assert digest in page.text
    assert client.post(prepare, {"digest": digest}).status_code == 422
    stale = client.post(prepare, {"digest": "0" * 64, "public": "on"})
    assert (stale.status_code, digest in stale.text) == (422, True)
    with system_scope("seeding"):
        assert not PlenaryRelease.objects.exists()
    answer = client.post(prepare, {"digest": digest, "public": "on"})
    with system_scope("seeding"):
        release = PlenaryRelease.objects.get()
    assert answer.url == reverse("partners:plenary_release", args=[release.pk])
    assert client.get(prepare).url == answer.url


def test_page_files_and_document_say_the_same_and_what_is_suppressed(world, sign_in):
    release = plenary.planted(world.a)
    client = sign_in(world.a.partner)
    path = reverse("partners:plenary_release", args=[release.pk])
    page = client.get(path).text.replace("&nbsp;", " ")
    assert "5 ou plus" in page
    assert "4,1 pour 1 000 log." in page
    assert "peuvent être diffusées" in page
    assert "confidentiel" not in page.casefold()
    file = b"".join(client.get(path, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    header, row = [line.split(";") for line in file.splitlines()[:2]]
    assert dict(zip(header, row, strict=True))["Niveau 3, au moins"] == "5"
    assert dict(zip(header, row, strict=True))["Niveau 4, au moins"] == "n. c."
    answer = client.get(reverse("partners:plenary_document", args=[release.pk]))
    text = " ".join(pages_of(answer.content))
    for said in (
        "Statistiques agrégées – peuvent être diffusées",
        "5 ou plus",
        "4,1 pour 1 000",
        "n. c.",
        "non communiqué",
    ):
        assert said in text, said
    assert "CONFIDENTIEL" not in text
    with acting_as(world.a.coordinator) as scope:
        services.withdraw(scope, release, reason="Faits mal placés.")
    assert "Faits mal placés." in client.get(path).text
    assert (
        "RETIRÉES" in pages_of(client.get(reverse("partners:plenary_document", args=[release.pk])).content)[0]
    )


def test_hostile_names_of_places_are_text(world, sign_in):
    name = '<script>x</script> #panic("a") $x$ \\\\ = *_'
    content = plenary.content_of(territory=name, campaign=name, organisation=name, landlords=[name])
    content["communes"][0] |= {"name": name}
    content["communes"][0]["areas"] = [content["communes"][0]["areas"][0] | {"name": "=HYPERLINK(1)"}] * 2
    release = plenary.planted(world.a, content=content)
    client = sign_in(world.a.partner)
    assert "<script>x" not in client.get(reverse("partners:plenary_release", args=[release.pk])).text
    document = client.get(reverse("partners:plenary_document", args=[release.pk]))
    assert "#panic" in " ".join(pages_of(document.content))
    export = client.get(reverse("partners:plenary_release", args=[release.pk]), {"export": "csv"})
    assert ";=HYPERLINK" not in b"".join(export.streaming_content).decode()


def test_the_worker_makes_it_of_one_moment_and_does_it_once(committed):
    town = plenary.town_of(committed.a, committed.commune)
    campaign = opened(committed.a, [landlord.pk for landlord in town])
    closing = close_asked(committed.a, campaign)
    pk = plenary.asked(committed.a, closing).pk
    release = plenary.stored(pk)
    assert (release.state, release.error) == (JobState.DONE, "")
    assert release.content["communes"][0]["sites"] == {"3": 5}
    tasks.make_release(pk, committed.a.coordinator.pk)
    assert plenary.stored(pk).finished_at == release.finished_at


def test_a_worker_releases_for_nobody_who_coordinates_no_more(committed):
    pk = plenary.planted(committed.a, JobState.QUEUED).pk
    with system_scope("seeding"):
        Membership.objects.filter(user=committed.a.coordinator).update(ends_on=plenary.days_ago(1))
    with pytest.raises(JobError):
        tasks.make_release(pk, committed.a.coordinator.pk)
    assert plenary.stored(pk).state == JobState.FAILED


def test_a_release_that_is_not_made_is_its_coordinators_alone(world, sign_in):
    release = plenary.planted(world.a, JobState.FAILED, landlords=[world.a.landlord.pk])
    path = reverse("partners:plenary_release", args=[release.pk])
    asked = {
        who: sign_in(getattr(world.a, who)).get(path).status_code
        for who in ("coordinator", "lead", "partner")
    }
    assert asked == {"coordinator": 200, "lead": 404, "partner": 404}


def test_nothing_is_asked_for_where_nothing_would_be_told(world, sign_in):
    closing = plenary.closing_of(world.a, [world.a.landlord])
    found = plenary.ready(world.a, closing)
    assert not found.tells
    page = reverse("partners:plenary_prepare", args=[closing.campaign_id])
    sent = sign_in(world.a.coordinator).post(page, {"digest": found.digest, "public": "on"})
    assert sent.status_code == 422
    with acting_as(world.a.coordinator):
        assert not PlenaryRelease.objects.exists()
