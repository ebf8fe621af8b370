"""What a circle is given says of each level whether its landlord decided about it, or it is proposed."""

import datetime as dt
import io
from csv import DictReader

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.decisions.reading import DECIDED_WITHIN, decisions_at
from classification.engine.services import evaluate
from classification.models import Decision
from core.dates import long_date
from partners.models import PublishedSite
from partners.notes.rendering import Recipient, render
from partners.publications.evolution import evolution
from partners.snapshot import preview_at
from tests import factories as f
from tests.deciding import decides, raise_to_3, residence_at, site_of, takes_back
from tests.sharing import draft_of, pages_of, publication_of, site_address, today

WHY = "La rue voisine compte davantage que le hall."
YESTERDAY = dt.timedelta(1)


@pytest.fixture
def calm(world):
    return residence_at(world.a.landlord, world.commune, 1, name="Calme")


@pytest.fixture
def troubled(world):
    return residence_at(world.a.landlord, world.commune, 3, name="Troublée")


def _published(publication, name="Troublée") -> PublishedSite:
    with system_scope("seeding"):
        return PublishedSite.objects.get(publication=publication, name=name)


def _told(site) -> tuple:
    return (site.level, site.retained, site.mark, site.decided_on, site.decision_reason)


def plain(response) -> str:
    return response.text.replace("\xa0", " ").replace("\u202f", " ").replace("&#x27;", "'")


def test_a_publication_freezes_what_was_decided(world, calm, troubled):
    decision = decides(world.a.lead, troubled, 4, WHY)
    publication = publication_of(world.a)
    takes_back(world.a.lead, decision)
    assert _told(_published(publication)) == (3, 4, 4, today(), WHY)
    assert _told(_published(publication, "Calme")) == (1, None, 1, None, "")
    with acting_as(world.a.coordinator):
        ranks = list(publication.sites.values_list("name", flat=True))
    assert ranks[0] == "Troublée"


def test_a_partner_reads_of_each_level_whether_it_was_decided(world, sign_in, troubled):
    decides(world.a.lead, troubled, 4, WHY)
    publication = publication_of(world.a)
    partner = sign_in(world.a.partner)
    said = f"décidé par le bailleur le {long_date(today())} : proposé 3, retenu 4"
    page = plain(partner.get(reverse("partners:publication", args=[publication.pk])))
    assert (page.count(said), page.count("proposé, non encore décidé<")) == (1, 2)
    site = plain(partner.get(site_address(publication.pk, 1)))
    assert (said[0].upper() + said[1:] in site, WHY in site) == (True, True)
    assert "Proposé, non encore décidé." in plain(partner.get(site_address(publication.pk, 2)))
    points = partner.get(reverse("partners:publication_points", args=[publication.pk])).json()["points"]
    assert next(point["decision"].replace("\xa0", " ") for point in points) == said
    assert world.a.lead.full_name not in page + site


def test_its_files_say_it_too(world, sign_in, troubled):
    decides(world.a.lead, troubled, 4, WHY)
    publication = publication_of(world.a)
    coordinator = sign_in(world.a.coordinator)
    url = reverse("partners:publication", args=[publication.pk])
    content = b"".join(coordinator.get(url, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    rows = {row["Résidence"]: row for row in DictReader(io.StringIO(content), delimiter=";")}
    told = [
        rows["Troublée"][name].replace("\xa0", " ")
        for name in ("Niveau", "Niveau proposé", "Validation", "Motif")
    ]
    assert told == ["4", "3", f"décidé par le bailleur le {long_date(today())} : proposé 3, retenu 4", WHY]
    assert rows["Résidence A"]["Validation"] == "proposé, non encore décidé"
    geo = b"".join(coordinator.get(url, {"export": "geojson"}).streaming_content).decode()
    assert ('"niveau_propose": 3' in geo, WHY in geo) == (True, True)


def test_the_preview_says_what_will_be_published(world, sign_in, troubled):
    decides(world.a.lead, troubled, 4, WHY)
    with acting_as(world.a.coordinator):
        first = preview_at(world.a.territory, today())[0]
    assert (first.name, first.level, first.retained, first.mark) == ("Troublée", 3, 4, 4)
    url = reverse("partners:publish", args=[world.a.circle.pk])
    page = plain(sign_in(world.a.coordinator).get(url, {"as_of": today().isoformat()}))
    assert "1 niveau sur 3 a été décidé par son bailleur" in page
    said = f"décidé par le bailleur le {long_date(today())} : proposé 3, retenu 4"
    assert (page.count(said), page.count("proposé, non encore décidé<")) == (1, 2)


def test_a_decision_about_another_level_counts_for_nothing(world, calm):
    """The level that the circle is given leaves out what no lead has seen; the decision was about one with it."""
    with system_scope("seeding"):
        f.DisruptionFactory(address=calm.addresses.get(), extent="partial", seen_at=None, starts_on=today())
    evaluate([calm.pk])
    decides(world.a.lead, calm)
    assert _told(_published(publication_of(world.a), "Calme")) == (1, None, 1, None, "")


def _counts(world, residence, as_of, level=3, silent=False) -> int | None:
    class Place:
        pass

    place = Place()
    place.level, place.silent = level, silent
    with acting_as(world.a.coordinator):
        return {pk: row.retained for pk, row in decisions_at(as_of, {residence.pk: place}).items()}.get(
            residence.pk
        )


def test_a_decision_counts_for_the_day_of_a_diagnosis_that_it_follows(world, troubled):
    decides(world.a.lead, troubled, 4, WHY)
    assert _counts(world, troubled, today()) == 4
    assert _counts(world, troubled, today() - DECIDED_WITHIN) == 4
    assert _counts(world, troubled, today() - DECIDED_WITHIN - YESTERDAY) is None
    assert _counts(world, troubled, today(), level=2) is None
    assert _counts(world, troubled, today(), silent=True) is None
    assert _counts(world, troubled, today() + dt.timedelta(400)) == 4


def test_a_decision_that_ended_counts_until_then(world, calm):
    decides(world.a.lead, calm, 2, WHY)
    raise_to_3(calm)
    assert _counts(world, calm, today() - YESTERDAY, level=1) == 2
    assert _counts(world, calm, today(), level=1) is None


def test_what_was_taken_back_never_counts(world, troubled):
    takes_back(world.a.lead, decides(world.a.lead, troubled, 4, WHY))
    assert _counts(world, troubled, today() - YESTERDAY) is None


def test_what_a_decision_replaced_counts_again_only_for_days_on_which_it_stood(world, troubled):
    first = decides(world.a.lead, troubled, 4, WHY)
    takes_back(world.a.lead, decides(world.a.lead, troubled, 2, WHY))
    assert _counts(world, troubled, today() - YESTERDAY) is None
    with system_scope("seeding"):
        Decision.objects.create(
            landlord=first.landlord, commune=first.commune, residence=troubled, as_of=today() - 3 * YESTERDAY,
            proposed=3, silent=False, retained=4, reason=WHY, decided_at=timezone.now() - 3 * YESTERDAY,
            ended_on=today(), ending="replaced",
        )  # fmt: skip
    assert _counts(world, troubled, today() - YESTERDAY) == 4
    assert _counts(world, troubled, today() - 4 * YESTERDAY) is None


def test_what_was_taken_back_about_another_level_hides_no_decision(world, calm):
    decides(world.a.lead, calm, 2, WHY)
    raise_to_3(calm)
    takes_back(world.a.lead, decides(world.a.lead, calm, 4, WHY))
    assert _counts(world, calm, today() - YESTERDAY, level=1) == 2
    assert _counts(world, calm, today() - YESTERDAY) is None


def test_of_two_decisions_the_later_one_counts(world, troubled):
    decides(world.a.lead, troubled, 4, WHY)
    decides(world.a.lead, troubled, 2, WHY)
    assert _counts(world, troubled, today() - YESTERDAY) == 2


def test_what_moved_is_told_by_the_levels_that_were_shown(world, sign_in, troubled):
    publication_of(world.a, as_of=today() - YESTERDAY)
    decides(world.a.lead, troubled, 4, WHY)
    second = publication_of(world.a)
    # The decision counts for the day before too, but what was given then stays.
    with acting_as(world.a.partner):
        moved = evolution(second)
    assert (moved.risen, moved.fallen, moved.unheard) == (1, 0, 0)
    page = plain(sign_in(world.a.coordinator).get(reverse("partners:dashboard")))
    assert "Aucun niveau n’a changé depuis ce que les cellules ont reçu." in page
    decides(world.a.lead, troubled, 2, WHY)
    found = sign_in(world.a.coordinator).get(reverse("partners:dashboard")).context["found"]
    [move] = found.since_publication.rows
    assert (move.before, move.after, move.rose, found.fallen) == (4, 2, False, 1)
    row = render_to_string("components/moves.html", {"moves": [move]}).replace("\xa0", " ")
    assert f"proposé 3, retenu 2 par le bailleur le {long_date(today())}" in row
    assert ("Niveau 4" in row, "Niveau 2" in row, "Niveau 3" in row) == (True, True, False)


def test_the_dashboard_ranks_and_counts_by_the_levels_that_are_shown(world, sign_in, calm, troubled):
    decides(world.a.lead, calm, 4, WHY)
    found = sign_in(world.a.coordinator).get(reverse("partners:dashboard")).context["found"]
    assert next(site.residence.name for site in found.top) == "Calme"
    assert found.counts[3] == 1


def test_half_a_year_is_compared_by_the_proposed_levels_on_both_days(world, sign_in, calm):
    with system_scope("seeding"):
        f.IncidentFactory(address=calm.addresses.get(), code="LITTERING", day=today() - dt.timedelta(200))
    evaluate([calm.pk])
    decides(world.a.lead, calm, 4, WHY)
    found = sign_in(world.a.coordinator).get(reverse("partners:dashboard")).context["found"]
    assert (found.compares, found.counts[3], found.counts_compared[3]) == (True, 1, 0)


@pytest.fixture
def mute(world):
    """A residence of level 3 whose recording stopped: its level is 1 now."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Muette")
        address = f.AddressFactory(residence=residence)
        for back in range(8):
            f.IncidentFactory(
                address=address, code="PETTY_DEALING", day=today() - dt.timedelta(100 + 3 * back)
            )
            f.IncidentFactory(address=address, code="LITTERING", day=today() - dt.timedelta(100 + 3 * back))
    evaluate([residence.pk])
    return residence


def test_a_silent_site_is_never_praised_by_a_decision(world, mute):
    decides(world.a.lead, mute, 1, WHY)
    site = _published(publication_of(world.a), "Muette")
    assert (site.retained, site.silent, site.mark) == (1, True, 0)
    figures = draft_of(world.a).content["figures"]
    assert (figures["stopped"]["sites"], figures["levels"][-1]["sites"]) == (1, 1)


def test_a_silent_site_that_was_retained_as_quiet_is_compared_by_its_level_before(world, mute):
    decides(world.a.lead, mute, 1, WHY)
    first = publication_of(world.a, as_of=today() - YESTERDAY)
    assert _published(first, "Muette").mark == 0
    raise_to_3(mute)
    with acting_as(world.a.coordinator):
        moved = evolution(publication_of(world.a))
    # It is at level 3 as before the silence.
    assert (moved.risen, moved.fallen, moved.unheard) == (0, 0, 0)


def test_a_silent_site_that_was_retained_at_a_level_is_compared_by_it(world, mute):
    decides(world.a.lead, mute, 4, WHY)
    publication_of(world.a, as_of=today() - YESTERDAY)
    raise_to_3(mute)
    with acting_as(world.a.coordinator):
        moved = evolution(publication_of(world.a))
    assert (moved.risen, moved.fallen) == (0, 1)


def test_a_silent_site_of_which_a_higher_level_was_retained_has_risen(world, mute):
    publication_of(world.a, as_of=today() - YESTERDAY)
    decides(world.a.lead, mute, 4, WHY)
    with acting_as(world.a.coordinator):
        moved = evolution(publication_of(world.a))
    assert (moved.risen, moved.fallen, moved.unheard) == (1, 0, 0)


def test_the_sheet_of_a_silent_site_never_calls_it_quiet(world, mute):
    with system_scope("seeding"):
        f.DisruptionFactory(address=mute.addresses.get(), extent="partial", starts_on=today())
    evaluate([mute.pk])
    assert (site_of(mute).level, site_of(mute).silent) == (3, True)
    decides(world.a.lead, mute, 1, WHY)
    note = draft_of(world.a)
    reader = Recipient(holder="Une lectrice", organisation="Mairie", copy="Projet")
    pdf = render(
        note.content, reader, content_digest=note.digest, at=timezone.localtime(), issued_at=None
    ).pdf
    [sheet] = [page for page in pages_of(pdf) if ". Muette" in page and "Motif" in page]
    assert "Saisie interrompue" in sheet
    assert ("tranquille" in sheet, "Niveau 1" in sheet) == (False, False)


def _pages(note) -> str:
    reader = Recipient(holder="Une lectrice", organisation="Mairie", copy="Projet")
    made = render(note.content, reader, content_digest=note.digest, at=timezone.localtime(), issued_at=None)
    return " ".join(" ".join(pages_of(made.pdf)).split())


def test_a_note_says_of_each_level_whether_it_was_decided(world, troubled):
    decides(world.a.lead, troubled, 4, WHY)
    note = draft_of(world.a)
    sites = {site["name"]: site for site in note.content["sites"]}
    assert (sites["Troublée"]["level"], sites["Troublée"]["proposed"]) == (4, 3)
    assert note.content["figures"]["decided"] == 1
    text = _pages(note)
    assert f"Décidé par le bailleur le {long_date(today())} : proposé 3, retenu 4" in text
    assert f"Motif : {WHY}" in text
    assert "1 niveau a été décidé par les bailleurs ; les autres sont proposés par la méthode" in text
    assert "Proposé, non encore décidé" in text


def test_a_site_retained_lower_keeps_its_sheet(world, troubled):
    decides(world.a.lead, troubled, 1, WHY)
    text = _pages(draft_of(world.a))
    assert f"Décidé par le bailleur le {long_date(today())} : proposé 3, retenu 1" in text


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        (False, "aucun bailleur ne s’est encore prononcé"),
        (True, "Tous ces niveaux ont été décidés par les bailleurs"),
    ],
)
def test_a_note_says_whether_all_or_none_was_decided(world, decided, said):
    if decided:
        for residence in (world.a.residence, world.a.other):
            decides(world.a.lead, residence, reason="Vu sur place.")
    assert said in _pages(draft_of(world.a))


def test_a_note_of_before_says_nothing_of_decisions(world):
    note = draft_of(world.a)
    for site in note.content["sites"]:
        for name in ("decision", "decided", "proposed", "decision_reason"):
            site.pop(name)
    note.content["figures"].pop("decided")
    assert "non encore décidé" not in _pages(note)


def test_the_summary_is_one_page_whatever_was_decided(world):
    made = [residence_at(world.a.landlord, world.commune, 3, name=f"Longue {n}") for n in range(9)]
    for residence in made:
        decides(world.a.lead, residence, 4, WHY)
    note = draft_of(world.a)
    reader = Recipient(holder="Une lectrice", organisation="Mairie", copy="Projet")
    pdf = render(
        note.content, reader, content_digest=note.digest, at=timezone.localtime(), issued_at=None
    ).pdf
    [summary] = [page for page in pages_of(pdf) if "7 premières des" in page and "Sommaire" not in page]
    assert [f"Longue {n}" in summary for n in range(9)] == [True] * 7 + [False] * 2


def test_no_choice_of_columns_hides_from_a_partner_whether_a_level_was_decided(world, sign_in, troubled):
    publication = publication_of(world.a)
    url = reverse("partners:publication", args=[publication.pk])
    page = plain(sign_in(world.a.partner).get(url, {"page": 1, "col": "commune"}))
    assert page.count("proposé, non encore décidé<") == 3


def test_a_site_is_told_how_its_shown_level_moved(world, sign_in, troubled):
    publication_of(world.a, as_of=today() - YESTERDAY)
    decides(world.a.lead, troubled, 1, WHY)
    second = publication_of(world.a)
    site = _published(second)
    page = sign_in(world.a.partner).get(reverse("partners:site", args=[second.pk, site.key]))
    assert (page.context["before"], site.level, site.shown_level) == (2, 3, 1)
    assert ("descendu à" in plain(page), "monté à" in plain(page)) == (True, False)


def test_a_level_that_no_finding_gives_ranks_behind_one_that_some_do(world, sign_in, troubled):
    """Of two sites shown at level 4, the one with findings of that level comes first, on each list."""
    lower = residence_at(world.a.landlord, world.commune, 4, name="Zone")
    decides(world.a.lead, troubled, 4, WHY)
    assert site_of(lower).mark == site_of(troubled).mark == 4
    publication = publication_of(world.a)
    with acting_as(world.a.coordinator):
        ranks = list(publication.sites.values_list("name", flat=True))
    assert ranks[:2] == ["Zone", "Troublée"]
    found = sign_in(world.a.coordinator).get(reverse("partners:dashboard")).context["found"]
    assert [site.residence.name for site in found.top[:2]] == ["Zone", "Troublée"]
