"""A site whose recording stopped has a mark of its own everywhere, with the level it had, and is never shown as quiet."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from partners.models import Publication, PublishedSite
from partners.notes.rendering import Recipient, render
from partners.publications.evolution import compared, evolution, frozen_levels
from partners.snapshot import sites_at
from sites.imports.reading import read
from tests import factories as f
from tests.sharing import draft_of, pages_of, publication_of, site_address, today

QUIET = re.compile(r"tranquille|Niveau 1\b|level-1\b")


@pytest.fixture
def stopped(world):
    """A residence with daily major facts that stopped 400 days ago, and nothing since."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Muette")
        address = f.AddressFactory(residence=residence, longitude=2.1, latitude=48.1)
        for n in range(12):
            f.IncidentFactory(address=address, code="DEATH_THREATS", day=today() - dt.timedelta(400 + 2 * n))
        evaluate([residence.pk])
    return residence


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def row_of(page: str, name: str = "Muette") -> str:
    """Return the element of a list or a table that holds the name."""
    rows = re.findall(r"<(?:tr|li)\b.*?</(?:tr|li)>", plain(page), re.DOTALL)
    return next(row for row in rows if name in row)


def test_the_level_before_is_that_of_the_day_of_the_last_fact(world, stopped):
    with system_scope("seeding"):
        found = set(
            SiteLevel.objects.filter(residence=stopped).values_list("level", "silent", "level_before", "mark")
        )
    assert found == {(1, True, 4, 0)}


def test_the_list_and_the_page_of_the_residence_show_its_own_mark(world, sign_in, stopped):
    client = sign_in(world.a.lead)
    row = row_of(client.get(reverse("classification:residences")).text)
    assert "Saisie interrompue" in row
    assert "niveau 4 avant" in row
    assert not QUIET.search(row)
    page = plain(client.get(reverse("classification:residence", args=[stopped.pk])).text)
    level = page[page.index('aria-labelledby="h-level"') : page.index('aria-labelledby="h-history"')]
    assert "Niveau 4 avant l’interruption de la saisie." in level
    assert not QUIET.search(level)
    months = page[page.index('id="h-values"') : page.index('aria-labelledby="h-why"')]
    now = months[months.index("<tbody>") :].partition("</tr>")[0]
    assert "Saisie interrompue" in now
    shown = client.get(reverse("classification:residence", args=[stopped.pk])).context
    assert ([point[2] for point in shown["points"]], shown["history"][-1][1]) == ([0], 0)
    doors = page[page.index('aria-labelledby="h-stairwells"') :].partition("</summary>")[0]
    assert "niveau 4 avant" in doors
    assert not QUIET.search(doors)


def test_the_levels_filter_and_the_counts_tell_it_from_quiet_ones(world, sign_in, stopped):
    client = sign_in(world.a.lead)
    url = reverse("classification:residences")
    assert "Muette" not in client.get(url, {"level": "1"}).text
    assert "Muette" in client.get(url, {"level": "0"}).text
    found = client.get(reverse("classification:home")).context["found"]
    with system_scope("seeding"):
        own = SiteLevel.objects.filter(landlord=world.a.landlord, address=None)
        expected = [own.filter(mark=mark).count() for mark in (1, 2, 3, 4, 0)]
    assert (found.counts, found.counts[4]) == (expected, 1)


def test_the_file_of_residences_has_no_number_of_a_quiet_one(world, sign_in, stopped):
    table = read(sign_in(world.a.lead).get("/residences/export.csv").getvalue())
    rows = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
    [row] = [row for row in rows if row["Résidence"] == "Muette"]
    columns = ("Niveau", "Saisie interrompue", "Niveau avant l’interruption")
    assert [row[name] for name in columns] == ["", "oui", "4"]


def test_the_map_marks_it_and_counts_it_apart(world, sign_in, stopped):
    asked = {"bbox": "2.0,48.0,2.2,48.2", "zoom": "14"}
    view = sign_in(world.a.lead).get(reverse("classification:map_data"), asked).json()
    [point] = [point for point in view["points"] if point[4] == "Muette"]
    assert (point[3], point[9], point[11]) == (0, 1, 4)
    assert (view["levels"][0], sum(view["levels"])) == (1, view["total"])


def test_a_publication_freezes_it_and_shows_it_so(world, sign_in, stopped):
    publication = publication_of(world.a)
    with system_scope("seeding"):
        site = PublishedSite.objects.get(publication=publication, name="Muette")
    assert (site.level, site.mark, site.silent, site.level_before) == (1, 0, True, 4)
    [address] = site.addresses
    assert (address["mark"], address["silent"], address["level_before"]) == (0, True, 4)
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[publication.pk])
    page = client.get(url)
    row = row_of(page.text)
    assert "niveau 4 avant" in row
    assert not QUIET.search(row)
    assert page.context["levels"][-1] == (0, 1)
    shown = plain(client.get(site_address(publication.pk, site.rank)).text)
    assert "Niveau 4 avant l’interruption de la saisie." in shown
    listed = shown[shown.index('class="list-unstyled site-addresses') :]
    assert not QUIET.search(listed[: listed.index("</ul>")])
    points = client.get(reverse("partners:publication_points", args=[publication.pk])).json()
    assert "1 dont la saisie s’est interrompue" in plain(points["summary"])
    assert [point["level"] for point in points["points"] if point["name"] == "Muette"] == [0]
    table = read(client.get(url, {"export": "csv"}).getvalue())
    rows = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
    [told] = [row for row in rows if row["Résidence"] == "Muette"]
    assert (told["Niveau"], told["Saisie"], told["Niveau avant l’interruption"]) == ("", "interrompue", "4")


def test_the_months_since_are_a_gap_and_no_quiet_level(world, sign_in, stopped):
    publication = publication_of(world.a)
    with system_scope("seeding"):
        site = PublishedSite.objects.get(publication=publication, name="Muette")
        [known] = {mark for _day, mark in PublishedSite.objects.get(
            publication=publication, name="Résidence A bis").trend}  # fmt: skip
    marks = [mark for _day, mark in site.trend]
    assert (known, marks[-1], 1 in marks, len(marks)) == (1, 0, False, 13)
    page = plain(sign_in(world.a.partner).get(site_address(publication.pk, site.rank)).text)
    months = page[page.index('id="h-values"') : page.index("</table>")]
    assert ("Saisie interrompue" in months, bool(QUIET.search(months))) == (True, False)


def test_a_month_in_which_recording_had_stopped_is_a_gap_once_it_goes_on_again(world, stopped):
    with system_scope("seeding"):
        address = stopped.addresses.get()
        f.IncidentFactory(address=address, code="WEAPONS", day=today())
    with acting_as(world.a.coordinator):
        [site] = [site for site in sites_at(world.a.territory, today()) if site.name == "Muette"]
    marks = [mark for _day, mark in site.trend]
    assert (site.silent, marks[-2:], 1 in marks) == (False, [0, 3], False)
    drawn = draft_of(world.a)
    reader = Recipient(holder="A", organisation="B", copy="C")
    made = render(drawn.content, reader, content_digest="-", at=timezone.now(), issued_at=None)
    assert any("la saisie était interrompue" in page for page in pages_of(made.pdf))


def test_the_evolution_of_a_silent_site_says_neither_a_fall_nor_that_it_stayed(world, sign_in, stopped):
    before = publication_of(world.a, as_of=today() - dt.timedelta(400))
    with system_scope("seeding"):
        assert PublishedSite.objects.get(publication=before, name="Muette").level == 4
    client = sign_in(world.a.partner)
    for days in (1, 0):
        now = publication_of(world.a, as_of=today() - dt.timedelta(days))
        row = row_of(client.get(reverse("partners:publication", args=[now.pk])).text)
        told = row[row.index("cell-before") :].partition("</td>")[0]
        assert ("saisie interrompue" in told, "inchangé" in told, "de 4" in told) == (True, False, False)
    site = PublishedSite.objects
    with system_scope("seeding"):
        rank = site.get(publication=now, name="Muette").rank
    assert "descendu à" not in client.get(site_address(now.pk, rank)).text


def test_a_site_that_was_quiet_rose_and_fell_silent_between_two_publications_did_not_stay(
    world, sign_in, stopped
):
    before = publication_of(world.a, as_of=today() - dt.timedelta(500))
    now = publication_of(world.a)
    with system_scope("seeding"):
        sites = PublishedSite.objects.filter(name="Muette")
        assert (sites.get(publication=before).level, sites.get(publication=now).level) == (1, 1)
    row = row_of(sign_in(world.a.partner).get(reverse("partners:publication", args=[now.pk])).text)
    told = row[row.index("cell-before") :].partition("</td>")[0]
    assert ("saisie interrompue" in told, "inchangé" in told) == (True, False)


def test_the_former_level_of_a_site_that_resumed_is_that_before_the_silence(world, sign_in, stopped):
    silent = publication_of(world.a, as_of=today() - dt.timedelta(1))
    with system_scope("seeding"):
        address = stopped.addresses.get()
        f.IncidentFactory(address=address, code="WEAPONS", day=today())
        evaluate([stopped.pk])
    preview = sign_in(world.a.coordinator).get(
        reverse("partners:publish", args=[world.a.circle.pk]), {"as_of": today().isoformat()}
    )
    assert [before for site, before in preview.context["sites"] if site.name == "Muette"] == [4]
    now = publication_of(world.a)
    with system_scope("seeding"):
        site = compared(now.sites.all(), silent).get(name="Muette")
        assert (site.level, site.before, site.change) == (3, 4, -1)
        told = evolution(now)
        assert (told.risen, told.fallen) == (0, 1)
        # The level of the day itself is what a drift is measured against.
        assert {*frozen_levels([silent.pk])[silent.pk].values()} >= {1}


def test_the_preview_of_a_publication_shows_it_so(world, sign_in, stopped):
    url = reverse("partners:publish", args=[world.a.circle.pk])
    row = row_of(sign_in(world.a.coordinator).get(url, {"as_of": today().isoformat()}).text)
    assert "niveau 4 avant" in row
    assert not QUIET.search(row)


def test_what_was_frozen_before_marks_existed_has_one_too(world, sign_in, stopped):
    """The database computes the mark of a row from its columns; the former level was not kept then."""
    publication = publication_of(world.a)
    with system_scope("seeding"):
        model = PublishedSite.objects.filter(publication=publication, name="Muette").values().get()
        kept = {
            k: v for k, v in model.items() if k not in {"id", "mark", "level_before", "key", "publication_id"}
        }
        kept["addresses"] = [
            {"label": "1 rue", "dwellings": 1, "level": 1, "longitude": None, "latitude": None}
        ]
        older = Publication.objects.create(
            circle=world.a.circle, territory=world.a.territory, as_of=today() - dt.timedelta(1),
            grid_version_id=publication.grid_version_id,
        )  # fmt: skip
        site = PublishedSite.objects.create(**kept, publication=older)
        site.refresh_from_db()
    assert (site.mark, site.level_before) == (0, None)
    shown = sign_in(world.a.coordinator).get(site_address(older.pk, site.rank))
    assert shown.status_code == 200
    assert "avant l’interruption" not in shown.text


def test_a_note_counts_and_ranks_it_apart(world, stopped):
    note = draft_of(world.a).content
    [site] = [site for site in note["sites"] if site["name"] == "Muette"]
    assert (site["level"], site["silent"], site["level_before"]) == (1, True, 4)
    stopped_now = note["figures"]["stopped"]
    assert (stopped_now["sites"], stopped_now["addresses"]) == (1, 1)
    with acting_as(world.a.coordinator):
        quiet = SiteLevel.objects.filter(address=None, mark=1, landlord=world.a.landlord).count()
    assert note["figures"]["levels"][-1]["sites"] == quiet
