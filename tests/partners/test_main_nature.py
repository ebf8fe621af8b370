"""What gives a site its level is named alike on every page and in every file: a fact type, or a disruption."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from classification.engine.services import default_grid, evaluate
from classification.residence.snapshot import main_nature
from partners.models import PublishedSite
from sites.imports.reading import read
from tests import factories as f
from tests.sharing import draft_of, publication_of, site_address, today

HOURS = {"hours_from": dt.time(17), "hours_until": dt.time(22)}
LIFT = "Ascenseur : interruption totale ou durable"
PRESENCE = "Présence du personnel : rendue impossible sur certains horaires (de 17 h à 22 h)"
CASES = [
    (["DAMAGE"], [{"extent": "total"}], LIFT),
    (["DAMAGE"], [{"service": "heating", "extent": "limited"}, {"extent": "total"}], LIFT),
    (["DAMAGE"], [{"service": "staff_presence", "extent": "impossible", **HOURS}], PRESENCE),
    ([], [{"extent": "limited"}], "Ascenseur : gêne de quelques heures au plus"),
    # At the same level by both tables, and where the facts alone decide.
    (["DEATH_THREATS"], [{"extent": "limited"}], "Menaces de mort"),
    (["DEATH_THREATS"], [], "Menaces de mort"),
    ([], [], ""),
]  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def _listed(client, publication) -> dict[str, str]:
    """Return the row of the residence in the file of the ranking."""
    url = reverse("partners:publication", args=[publication.pk])
    table = read(client.get(url, {"export": "csv"}).getvalue())
    rows = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
    [found] = [row for row in rows if row["Résidence"] == "Nommée"]
    return found


@pytest.mark.parametrize(("facts", "disruptions", "main"), CASES)
def test_what_gives_the_level_is_named_alike_everywhere(world, sign_in, facts, disruptions, main):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Nommée")
        place = {"address": f.AddressFactory(residence=residence)}
        for code in facts:
            f.IncidentFactory(**place, code=code, day=today() - dt.timedelta(3))
        for values in disruptions:
            f.DisruptionFactory(**place, starts_on=today() - dt.timedelta(5), **values)
        evaluate([residence.pk])
    publication = publication_of(world.a)
    partner = sign_in(world.a.partner)
    row = _listed(partner, publication)
    assert plain(row["Nature principale"]) == (main or "–")
    page = partner.get(reverse("partners:publication", args=[publication.pk])).text
    assert (plain(main) or "–") in plain(page)
    with system_scope("seeding"):
        site = PublishedSite.objects.get(publication=publication, name="Nommée")
    shown = partner.get(site_address(publication.pk, site.rank))
    assert plain(shown.context["main"]) == main
    assert ("Nature principale" in shown.text) == bool(main)
    note = draft_of(world.a).content
    [frozen] = [site for site in note["sites"] if site["name"] == "Nommée"]
    assert plain(frozen["main"]) == main


def test_what_was_frozen_by_earlier_versions_is_named_too(world):
    former = {"service_code": "staff_presence", "extent": "limited", "starts_on": "2026-03-01", "ends_on": None,
              "recurs_daily": False}  # fmt: skip
    lesser = former | {"service_code": "lift"}
    with acting_as(world.a.coordinator):
        said = main_nature(2, 4, None, [lesser, former], dt.date(2026, 3, 31), default_grid())
    assert plain(said) == "Présence du personnel : impossible à certaines heures"
