"""Whatever a partner is given says of each level: decided by its landlord on a day, or proposed and by when expected."""

import datetime as dt
import io
import json
import re
from csv import DictReader
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.scope import acting_as, system_scope
from classification.campaigns.reading import expected_of
from classification.campaigns.services import cancel, deadline_of, put_off
from classification.models import Campaign
from core.dates import long_date
from core.versions import version_of
from partners.models import PublishedSite
from partners.notes.rendering import Recipient, render
from tests import factories as f
from tests.campaigning import closed, now, opened
from tests.deciding import decides, residence_at
from tests.sharing import draft_of, pages_of, publication_of, site_address, today

UNTIL = dt.timedelta(20)


@pytest.fixture
def asked(world):
    """An open campaign that asks landlord A, and a second landlord that shares and is not asked."""
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    troubled = residence_at(world.a.landlord, world.commune, 3, name="Troublée")
    decides(world.a.lead, troubled, 4, "Vu sur place.")
    decides(world.a.lead, world.a.other)
    return opened(world.a)


@pytest.fixture
def said():
    """What stands beside each level: all four ways of saying it."""
    day, due = long_date(today()), long_date(today() + UNTIL)
    return {
        "Troublée": f"décidé par le bailleur le {day} : proposé 3, retenu 4",
        "Résidence A bis": f"décidé par le bailleur le {day}",
        "Résidence A": f"proposé, non encore décidé, décision attendue pour le {due}",
        "Résidence B": "proposé, non encore décidé",
        "Résidence B bis": "proposé, non encore décidé",
    }


def _plain(text: str) -> str:
    return re.sub("[\xa0\u202f]", " ", text)


def _listed(page: str) -> dict[str, str]:
    """The words beside each residence in the rows of the ranking."""
    cells = r"<td[^>]*cell-{}[^>]*>\s*(.*?)\s*</td>"
    names = [re.sub("<[^>]*>", "", cell) for cell in re.findall(cells.format("name"), page, re.DOTALL)]
    return dict(zip(names, re.findall(cells.format("decided_on"), page, re.DOTALL), strict=True))


def _rows(client, publication, kind: str):
    answer = client.get(reverse("partners:publication", args=[publication.pk]), {"export": kind})
    return b"".join(answer.streaming_content)


def test_every_output_of_a_partner_says_it_of_every_level(world, sign_in, asked, said):
    publication, partner = publication_of(world.a), sign_in(world.a.partner)
    page = partner.get(reverse("partners:publication", args=[publication.pk]))
    shown = _plain(page.text)
    assert _listed(shown) == said
    assert "2 niveaux sur 5 ont été décidés par leur bailleur" in shown
    points = partner.get(reverse("partners:publication_points", args=[publication.pk])).json()["points"]
    with system_scope("seeding"):
        placed = PublishedSite.objects.filter(publication=publication, longitude__isnull=False)
        names = set(placed.values_list("name", flat=True))
    assert {point["name"]: _plain(point["decision"]) for point in points} == {
        name: words for name, words in said.items() if name in names
    }
    for rank in range(1, 6):
        site = partner.get(site_address(publication.pk, rank))
        words = said[site.context["site"].name]
        assert f"<strong>{words[0].upper()}{words[1:]}.</strong>" in _plain(site.text)


def test_every_file_says_it_of_every_level(world, sign_in, asked, said):
    publication, partner = publication_of(world.a), sign_in(world.a.partner)
    text = _rows(partner, publication, "csv").decode("utf-8-sig")
    rows = {row["Résidence"]: row for row in DictReader(io.StringIO(text), delimiter=";")}
    assert {name: _plain(row["Validation"]) for name, row in rows.items()} == said
    sheet = load_workbook(io.BytesIO(_rows(partner, publication, "xlsx"))).active
    titles, *lines = sheet.iter_rows(values_only=True)
    rows = [dict(zip(titles, line, strict=True)) for line in lines]
    assert {row["Résidence"]: _plain(row["Validation"]) for row in rows} == said
    found = json.loads(_rows(partner, publication, "geojson"))["features"]
    told = {one["properties"]["residence"]: _plain(one["properties"]["validation"]) for one in found}
    assert told == {name: words for name, words in said.items() if name in told}
    assert told


def test_the_preview_says_what_the_partner_will_read(world, sign_in, asked, said):
    url = reverse("partners:publish", args=[world.a.circle.pk])
    page = _plain(sign_in(world.a.coordinator).get(url, {"as_of": today().isoformat()}).text)
    for words in set(said.values()):
        assert page.count(f">{words}<") == list(said.values()).count(words)


def test_a_note_says_it_of_every_level(world, asked, said):
    note = draft_of(world.a)
    assert {site["name"]: _plain(site["decision"]) for site in note.content["sites"]} == said
    day, due = (f"{one:%d/%m/%Y}" for one in (today(), today() + UNTIL))
    assert {site["name"]: _plain(site["decided"]) for site in note.content["sites"]} == {
        "Troublée": f"décidé le {day}, proposé 3", "Résidence A bis": f"décidé le {day}",
        "Résidence A": f"proposé, décision attendue le {due}",
        "Résidence B": "proposé, non décidé", "Résidence B bis": "proposé, non décidé",
    }  # fmt: skip
    reader = Recipient(holder="Une lectrice", organisation="Mairie", copy="Projet")
    made = render(note.content, reader, content_digest=note.digest, at=timezone.localtime(), issued_at=None)
    text = _plain(" ".join(" ".join(pages_of(made.pdf)).split()))
    assert said["Troublée"].replace("décidé", "Décidé") in text
    assert f"décision attendue le {due}" in text


def test_what_was_expected_is_frozen_with_the_publication(world, asked):
    publication = publication_of(world.a)
    version = version_of(now(asked), deadline_of(now(asked)))
    with acting_as(world.a.coordinator) as scope:
        put_off(scope, now(asked), deadline=today() + dt.timedelta(40), version=version)
    assert _expected(publication) == today() + UNTIL
    with acting_as(world.a.coordinator) as scope:
        cancel(scope, now(asked), reason="Reportée.")
    assert _expected(publication) == today() + UNTIL
    # Nothing is expected any more of what is given from then on.
    assert _expected(publication_of(world.a, as_of=today() - dt.timedelta(1))) is None


def _expected(publication) -> dt.date | None:
    with system_scope("seeding"):
        return PublishedSite.objects.get(publication=publication, name="Résidence A").expected_on


def test_nothing_is_expected_once_the_campaign_is_closed_or_its_deadline_passed(world, asked):
    closed(world.a, asked)
    assert _expected(publication_of(world.a)) is None


def test_a_deadline_that_passed_is_not_promised(world, asked):
    with system_scope("seeding"):
        Campaign.objects.filter(pk=asked.pk).update(deadline=today())
    assert _expected(publication_of(world.a)) == today()
    tomorrow = today() + dt.timedelta(1)
    with acting_as(world.a.coordinator), patch("django.utils.timezone.localdate", return_value=tomorrow):
        assert expected_of(world.a.territory.pk) == {}


def test_a_partner_never_reads_the_campaign(world, asked):
    publication_of(world.a)
    with acting_as(world.a.partner):
        assert not Campaign.objects.exists()
