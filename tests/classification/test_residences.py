"""The list of residences and the page of one."""

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine import services
from classification.residence.sheet import MONTHS, history, sheet_of
from classification.residence.snapshot import findings_by_residence
from incidents.facts.links import list_of
from incidents.models import FactType, Incident
from sites.match_key import match_key, parse
from sites.models import Residence, ResidenceAssignment
from tests import factories as f


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


@pytest.fixture
def coordinator(world, sign_in):
    return sign_in(world.a.coordinator)


def plain(response) -> str:
    text = response.content.decode()
    return (
        text.replace("\N{NO-BREAK SPACE}", " ")
        .replace("\N{NARROW NO-BREAK SPACE}", " ")
        .replace("&#x27;", "'")
    )


def listed(client, **query) -> list[str]:
    """The names of the list, in its order, from the file of the same query."""
    return [row["Résidence"] for row in csv_rows(client, **query)]


def csv_rows(client, **query) -> list[dict[str, str]]:
    response = client.get("/residences/export.csv", query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_list_shows_ones_own_highest_first(lead, coordinator, world):
    page = plain(lead.get("/residences/"))
    assert "2 résidences" in page
    assert page.index("Résidence A<") < page.index("Résidence A bis<")
    assert "Résidence B" not in page
    # It names the reader's organisation on paper alone.
    assert "Bailleur A" not in re.sub(r"<p data-paper-reader>.*?</p>", "", page)
    assert "Bailleur A" in plain(coordinator.get("/residences/"))
    assert "Bailleur B" not in plain(coordinator.get("/residences/"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Résidence A", "Résidence A bis"]),
        ({"tri": "level"}, ["Résidence A bis", "Résidence A"]),
        ({"tri": "-residence"}, ["Résidence A bis", "Résidence A"]),
        ({"level": "3"}, ["Résidence A"]),
        ({"q": "residence bis"}, ["Résidence A bis"]),
        ({"q": "RUE bis"}, ["Résidence A bis"]),
        ({"q": "introuvable"}, []),
        ({"silent": "on"}, []),
        ({"qpv": "on"}, []),
        ({"level": "9"}, []),
    ],
)
def test_list_filters_and_sorts_and_the_file_is_the_list(lead, query, expected):
    assert listed(lead, **query) == expected
    page = plain(lead.get("/residences/", query))
    assert sorted(expected, key=lambda name: page.index(f"{name}</a>")) == expected


def test_htmx_gets_the_rows_alone(lead):
    page = plain(lead.get("/residences/", headers={"HX-Request": "true", "HX-Target": "rows"}))
    assert page.lstrip().startswith("<div")
    assert "<html" not in page


def test_pages_do_not_overlap_and_queries_do_not_grow(lead, world):
    def queries(path) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lead.get(path).status_code == 200
        return len(captured)

    one = queries("/residences/?level=3")
    with system_scope("seeding"):
        for _ in range(30):
            f.AddressFactory(residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune))
        services.evaluate()
    assert queries("/residences/?level=1") == one
    pages = [plain(lead.get(f"/residences/?page={n}")) for n in (1, 2)]
    with system_scope("seeding"):
        own = set(Residence.objects.filter(landlord=world.a.landlord).values_list("name", flat=True))
    found = [{name for name in own if f">{name}</a>" in page} for page in pages]
    assert found[0] & found[1] == set()
    assert found[0] | found[1] == own


def test_files_say_the_same_in_three_formats_and_are_journalled(coordinator, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(name="=HYPERLINK(1)")
    first = csv_rows(coordinator)[0]
    assert (first["Niveau"], first["Résidence"], first["Bailleur"]) == ("3", "'=HYPERLINK(1)", "Bailleur A")
    sheet = load_workbook(
        io.BytesIO(b"".join(coordinator.get("/residences/export.xlsx").streaming_content))
    ).active
    assert sheet["F2"].data_type == "s"
    assert [cell.value for cell in sheet[2]][:6] == [3, 3, "proposé, non validé", 3, 3, "'=HYPERLINK(1)"]
    geo = json.loads(b"".join(coordinator.get("/residences/export.geojson").streaming_content))
    assert [feature["geometry"]["coordinates"] for feature in geo["features"]] == [
        [world.a.address.longitude, 48.0], [world.a.other_address.longitude, 48.0],
    ]  # fmt: skip
    assert geo["features"][0]["properties"]["Niveau"] == 3
    assert coordinator.get("/residences/export.exe").status_code == 404
    assert [
        (e.object_type, e.detail["format"], e.detail["rows"]) for e in journal(world.a.town, "export")
    ] == [("classification.residences", kind, 2) for kind in ("csv", "xlsx", "geojson")]


def journal(organisation, action):
    with system_scope("seeding"):
        dpo = f.MembershipFactory(organisation=organisation, role=Role.DPO).user
    with acting_as(dpo):
        return list(AuditEntry.objects.filter(action=action).order_by("id"))


def page_of(client, residence) -> str:
    response = client.get(reverse("classification:residence", args=[residence.pk]))
    assert response.status_code == 200
    return plain(response)


def test_page_says_the_level_and_why(lead, world):
    page = page_of(lead, world.a.residence)
    assert "Petits trafics : quotidiens, 9 jours sur les 28 derniers → niveau 3" in page
    assert "Un constat permanent dit la même fréquence." in page
    assert "Ascenseur : indisponibilité partielle ou temporaire depuis le" in page
    assert "Niveau 3 d’après les faits (tableau n° 2) : Petits trafics, comme d’après l’impact" in page
    assert page.count("grid-cell ") == 12
    assert "Récit secret" not in page
    assert " B<" not in page


def test_page_lists_each_day_that_made_the_level(lead, world):
    page = page_of(lead, world.a.residence)
    inside = page.split("Les 9 jours comptés")[1].split("</details>")[0]
    assert inside.count("<li>") == 9


def test_reasons_stand_in_the_order_a_circle_reads_them_in(world):
    with system_scope("seeding"):
        kinds = list(FactType.objects.order_by("-gravity", "pk")) + list(
            FactType.objects.order_by("gravity", "-pk")
        )
        for kind in kinds[:3] + kinds[-3:] + list(FactType.objects.filter(gravity=3)):
            for n in range(9):
                day = timezone.localdate() - dt.timedelta(n)
                f.IncidentFactory(address=world.a.address, code=kind.code, day=day)
        services.evaluate([world.a.residence.pk])
    with acting_as(world.a.lead):
        sheet = sheet_of(world.a.residence)
        frozen = findings_by_residence(
            sheet.place.site.grid_version, timezone.localdate(), [world.a.residence.pk]
        )
    shown = [finding["code"] for finding in sheet.place.findings]
    assert shown == [finding["code"] for finding in frozen[world.a.residence.pk]]
    assert len(shown) > 8


def test_page_leads_to_its_last_facts(lead, coordinator, world):
    for person in (lead, coordinator):
        last = page_of(person, world.a.residence).split("Derniers faits")[1].split("</table>")[0]
        paths = re.findall(r'href="(/faits/[\w-]{32}/)"', last)
        assert len(paths) == last.count("<tr>") - 1 > 1
        assert {person.get(path).status_code for path in paths} == {200}


def test_stairwells_have_levels_and_sentences_of_their_own(lead, world):
    today = timezone.localdate()
    with system_scope("seeding"):
        door = f.AddressFactory(residence=world.a.residence, label="3 rue A")
        f.IncidentFactory(address=door, code="TAGS", day=today)
        services.evaluate()
    stairwell = page_of(lead, world.a.residence).split("3 rue A</span>")[1].split("<details class=")[0]
    assert "Tags : ponctuels, 1 jour sur les 365 derniers → niveau 1" in stairwell
    assert "Petits trafics" not in stairwell.split("</section>")[0]


@pytest.fixture
def estate(world):
    """Two buildings at one number and a street number, in a residence of landlord A; some have identifiers."""
    labels = ("12 rue des Essais, Bât A", "12 rue des Essais, Bât B esc 2", "14 rue des Essais")
    with system_scope("seeding"):
        for label in labels:
            f.AddressFactory(
                residence=world.a.residence,
                label=label,
                match_key=match_key(label),
                building=parse(label).building,
                entrance=parse(label).entrance,
                rnb_id="1GA7PBYM1QDY",
                ban_key="75112_1234_00012",
            )
    services.evaluate([world.a.residence.pk])
    return world.a.residence


def test_buildings_stand_below_their_number_each_with_its_level(lead, estate):
    page = plain(lead.get(reverse("classification:residence", args=[estate.pk])))
    assert re.findall(r'<h3 class="door">(.*?)</h3>', page) == ["12 rue des Essais"]
    within = re.findall(r'stairwell-within"[^>]*><summary><span>(.*?)</span> <span><span class="level', page)
    assert within == ["Bât A", "Bât B · esc 2"]
    assert "<summary><span>14 rue des Essais</span>" in page


def test_national_identifiers_are_shown_to_the_lead_alone(lead, coordinator, world, sign_in, estate):
    url = reverse("classification:residence", args=[estate.pk])
    told = "RNB 1GA7PBYM1QDY · clé BAN 75112_1234_00012"
    assert told in plain(lead.get(url))
    for reader in (coordinator, sign_in(world.a.agent)):
        page = plain(reader.get(url))
        assert "14 rue des Essais" in page
        assert "1GA7PBYM1QDY" not in page


def test_two_addresses_that_read_as_one_place_are_told_to_the_lead(lead, world, sign_in, estate):
    url = reverse("classification:residence", args=[estate.pk])
    told = "14 rue des Essais = Appt 3, 14 rue des Essais"
    assert "lisent comme un même lieu" not in plain(lead.get(url))
    with system_scope("seeding"):
        f.AddressFactory(residence=estate, label="Appt 3, 14 rue des Essais", match_key="3,14 RUE ESSAIS")
    assert told in plain(lead.get(url))
    assert told not in plain(sign_in(world.a.agent).get(url))


def test_the_frequency_of_an_observation_agrees_with_its_type(lead, world):
    today = timezone.localdate()
    with system_scope("seeding"):
        observation = f.StandingObservationFactory(
            address=world.a.address, code="CONTROL_OF_MOVEMENT", since=today, frequency=3
        )
        f.ConfirmationFactory(observation=observation, day=today)
        services.evaluate()
    listed = lead.get(reverse("incidents:observations")).content.decode()
    for page in (page_of(lead, world.a.residence), listed):
        assert re.search(r"Contrôle des allées et venues.{1,200}\bquotidien\b", page, re.DOTALL)


def test_number_of_queries_does_not_depend_on_the_content(lead, world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(lead, world.a.residence)
        return len(captured)

    page_of(lead, world.a.residence)
    one = queries()
    today = timezone.localdate()
    with system_scope("seeding"):
        for n in range(3):
            door = f.AddressFactory(residence=world.a.residence)
            f.IncidentFactory(address=door, code="TAGS", day=today)
            observation = f.StandingObservationFactory(address=door, code="SQUAT", since=today)
            f.ConfirmationFactory(observation=observation, day=today)
            f.DisruptionFactory(address=door, starts_on=today - dt.timedelta(n))
        services.evaluate()
    assert queries() == one


def test_history_is_the_level_at_each_month_end_and_today(world):
    today = timezone.localdate()
    with acting_as(world.a.lead):
        rows = history(world.a.residence, world.a.residence.sitelevels.get(address=None))
    assert len(rows) == MONTHS + 1
    assert (rows[-1].day, rows[-1].level) == (today, 3)
    assert rows[0].level == 1
    assert all((month.day + dt.timedelta(1)).day == 1 for month in rows[:-1])
    assert sorted(month.day for month in rows) == [month.day for month in rows]


def test_history_counts_the_days_with_a_fact_once_each(world):
    busy = timezone.localdate().replace(day=1) - dt.timedelta(40)
    with system_scope("seeding"):
        for day in (busy, busy, busy - dt.timedelta(1)):
            f.IncidentFactory(address=world.a.address, code="TAGS", day=day)
        cancelled = f.IncidentFactory(address=world.a.address, code="TAGS", day=busy.replace(day=1))
        Incident.objects.filter(pk=cancelled.pk).update(cancelled_at=timezone.now(), cancel_reason="essai")
    with acting_as(world.a.lead):
        rows = history(world.a.residence, world.a.residence.sitelevels.get(address=None))
    days = {(month.day.year, month.day.month): month.days_with_facts for month in rows}
    expected = {
        (busy.year, busy.month): 0,
        ((busy - dt.timedelta(1)).year, (busy - dt.timedelta(1)).month): 0,
    }
    for day in (busy, busy - dt.timedelta(1)):
        expected[day.year, day.month] += 1
    assert {month: days[month] for month in expected} == expected


def test_site_whose_recording_stopped_is_flagged_not_praised(lead, world):
    with system_scope("seeding"):
        silent = f.AddressFactory(
            residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Muette")
        )
        for n in range(8):
            f.IncidentFactory(address=silent, day=timezone.localdate() - dt.timedelta(120 + n))
        services.evaluate()
    assert "La saisie s’est interrompue" in page_of(lead, silent.residence)
    assert "La saisie s’est interrompue" not in page_of(lead, world.a.residence)
    assert listed(lead, silent="on") == ["Muette"]


def test_residence_without_level_or_address_has_a_page(lead, world):
    with system_scope("seeding"):
        bare = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
    assert "Niveau pas encore calculé" in page_of(lead, bare)
    services.evaluate([bare.pk])
    page = page_of(lead, bare)
    assert "aucun fait et aucune perturbation ne comptent" in page
    assert "places-data" not in page


def test_only_those_who_record_are_offered_to(lead, coordinator, world, sign_in):
    link = list_of(residence=world.a.residence.pk)
    assert link in page_of(lead, world.a.residence)
    assert "Enregistrer un fait ici" in page_of(sign_in(world.a.agent), world.a.residence)
    assert "Enregistrer un fait ici" not in page_of(coordinator, world.a.residence)


def test_reading_anothers_level_is_journalled_and_ones_own_is_not(lead, coordinator, world):
    page_of(lead, world.a.residence)
    assert journal(world.a.landlord, "read") == []
    page_of(coordinator, world.a.residence)
    [entry] = journal(world.a.town, "read")
    assert (entry.object_type, entry.object_id, entry.actor_id) == (
        "sites.residence", str(world.a.residence.pk), world.a.coordinator.pk,
    )  # fmt: skip


def test_agent_with_assignments_finds_those_residences_only(world, sign_in):
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=world.a.agent_membership, residence=world.a.other)
    client = sign_in(world.a.agent)
    assert listed(client) == ["Résidence A bis"]
    assert client.get(reverse("classification:residence", args=[world.a.residence.pk])).status_code == 404


def test_empty_list_says_what_comes_next(world, sign_in):
    with system_scope("seeding"):
        nobody = f.MembershipFactory(role=Role.LEAD).user
    assert "dès que le patrimoine est importé" in plain(sign_in(nobody).get("/residences/"))
