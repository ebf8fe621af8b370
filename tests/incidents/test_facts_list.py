"""The list of facts and its exports: filters, sorts, pages, and what a coordinator never gets."""

import csv
import datetime as dt
import io
import re
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.lists.listing import PER_PAGE as CHOICES
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.opaque import read, written
from incidents.identifiers import identifier
from incidents.models import FactType, Incident
from sites.models import ResidenceAssignment
from tests import factories as f

PER_PAGE = CHOICES[0]
LIST = reverse("incidents:list")
CSV = reverse("incidents:export", args=["csv"])
XLSX = reverse("incidents:export", args=["xlsx"])
SECRETS = ("Récit secret", "PV-4711", "Motif caché", "1234.56", "1234,56", "Médiateur", "23:59")


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


@pytest.fixture
def coordinator(world, sign_in):
    return sign_in(world.a.coordinator)


@pytest.fixture
def secrets(world):
    """Everything a coordinator may not read, on a fact that is otherwise shared."""
    with system_scope("seeding"):
        Incident.objects.filter(pk=world.a.incidents[0].pk).update(
            complaint_filed=True, complaint_reference="PV-4711", damage_cost="1234.56", source="mediator",
            time=dt.time(23, 59), reported_by=world.a.agent, changed_by=world.a.lead, changed_at=timezone.now(),
        )  # fmt: skip
        Incident.objects.filter(pk=world.a.incidents[1].pk).update(
            cancelled_at=timezone.now(), cancel_reason="Motif caché"
        )
    return (*SECRETS, world.a.agent.full_name, world.a.lead.full_name)


def _listed(client, **query):
    page = client.get(LIST, query).content.decode()
    return [read("fact", pk) for pk in re.findall(r'href="/faits/([\w-]{32})/"', page)]


def _content(client, url, **query) -> bytes:
    return client.get(url, query).getvalue()


def _rows(client, **query):
    content = _content(client, CSV, **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def _numbers(rows) -> list[int]:
    """Return the primary keys of the facts of a file, in its order."""
    with system_scope("seeding"):
        known = {identifier(fact): fact.pk for fact in Incident.objects.all()}
    return [known[row["Identifiant"]] for row in rows]


def _sheet(client, **query):
    book = CalamineWorkbook.from_filelike(io.BytesIO(_content(client, XLSX, **query)))
    return book.get_sheet_by_index(0).to_python()


def test_lists_ones_own_latest_first(lead, world):
    own = {i.pk for i in (*world.a.incidents, world.a.other_incident)}
    listed = _listed(lead)
    assert set(listed) == own
    assert listed[0] == world.a.incidents[0].pk


def test_filters_one_by_one(lead, world):
    with system_scope("seeding"):
        day = timezone.localdate() - dt.timedelta(200)
        roof = f.IncidentFactory(
            address=world.a.address, code="TAGS", day=day, span_end=day + dt.timedelta(5), place_kind="roof",
            complaint_filed=True,
        )  # fmt: skip
        whole = f.IncidentFactory(
            address=None, residence=world.a.other, landlord=world.a.landlord, commune=world.commune,
            code="FIRE", day=day - dt.timedelta(100),
        )  # fmt: skip
        gone = f.IncidentFactory(
            address=world.a.address, cancelled_at=timezone.now(), cancel_reason="Doublon"
        )
        type(world.a.other_address).objects.filter(pk=world.a.other_address.pk).update(label="2 rue Autre")
    dealing, noise = [i.pk for i in world.a.incidents], world.a.other_incident.pk
    assert set(_listed(lead)) == {*dealing, noise, roof.pk, whole.pk}
    assert _listed(lead, after=str(day + dt.timedelta(5)), before=str(day + dt.timedelta(9))) == [roof.pk]
    assert _listed(lead, after=str(day + dt.timedelta(6)), before=str(day + dt.timedelta(9))) == []
    assert _listed(lead, before=str(day - dt.timedelta(1))) == [whole.pk]
    assert _listed(lead, fact_type=FactType.objects.get(code="NOISE").pk) == [noise]
    assert set(_listed(lead, family="property")) == {roof.pk, whole.pk}
    assert _listed(lead, place_kind="roof") == [roof.pk]
    assert _listed(lead, complaint="yes") == [roof.pk]
    assert set(_listed(lead, residence=written("residence", world.a.other.pk))) == {noise, whole.pk}
    assert _listed(lead, address=written("address", world.a.other_address.pk)) == [noise]
    assert _listed(lead, dated="span") == [roof.pk]
    assert set(_listed(lead, dated="day")) == {*dealing, noise, whole.pk}
    assert set(_listed(lead, place="residence bis")) == {noise, whole.pk}
    assert _listed(lead, place="autre RUE") == [noise]
    assert _listed(lead, state="cancelled") == [gone.pk]
    assert set(_listed(lead, state="all")) == {*dealing, noise, roof.pk, whole.pk, gone.pk}


def test_a_wrong_filter_is_said_and_lists_nothing(lead):
    response = lead.get(LIST, {"fact_type": "999999"})
    assert "Un filtre est à corriger." in response.content.decode()
    assert _listed(lead, after="soon") == []


def test_filters_by_landlord_for_a_coordinator(coordinator, world):
    assert len(_listed(coordinator, landlord=world.a.landlord.pk)) == 10
    page = coordinator.get(LIST, {"landlord": world.b.landlord.pk}).content.decode()
    assert world.b.landlord.name not in page
    assert _listed(coordinator, landlord=world.b.landlord.pk) == []


def test_sorts(lead, world):
    assert _listed(lead, tri="day")[0] == world.a.incidents[-1].pk
    assert _listed(lead, tri="gravity")[0] == world.a.other_incident.pk
    assert _listed(lead, tri="-fact_type")[0] == world.a.other_incident.pk
    assert _listed(lead, tri="-residence")[0] == world.a.other_incident.pk


def test_pages_hold_every_fact_once(lead, world):
    with system_scope("seeding"):
        day = timezone.localdate()
        f.IncidentFactory.create_batch(2 * PER_PAGE, address=world.a.address, day=day)
    pages = [_listed(lead, page=n, fact_type="", tri="-day") for n in (1, 2, 3)]
    listed = [pk for page in pages for pk in page]
    assert [len(page) for page in pages] == [PER_PAGE, PER_PAGE, 10]
    assert len(set(listed)) == 2 * PER_PAGE + 10


def test_htmx_gets_the_rows_alone(lead):
    page = lead.get(LIST, headers={"HX-Request": "true", "HX-Target": "rows"}).content.decode()
    assert page.count('id="rows"') == 1
    assert "<html" not in page


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_lists_many_facts_with_the_queries_of_one(world, sign_in, who):
    client = sign_in(getattr(world.a, who))
    client.get(LIST)

    def queries(day):
        with CaptureQueriesContext(connection) as captured:
            listed = _listed(client, after=str(day))
        return len(listed), len(captured)

    today = timezone.localdate()
    one, few = queries(today)
    ten, many = queries(today - dt.timedelta(30))
    assert (one, ten) == (1, 10)
    assert few == many


def test_an_agent_lists_what_is_assigned_and_all_of_a_landlord_that_assigns_nothing(world, sign_in):
    """Where all one sees is assigned, the list says so to the database; where it is not, it must not."""
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=world.a.agent_membership, residence=world.a.other)
        f.IncidentFactory(residence=world.a.other, address=None)
        assigned = {fact.pk for fact in Incident.objects.filter(residence=world.a.other)}
        others = {fact.pk for fact in Incident.objects.filter(landlord=world.b.landlord)}
    assert assigned
    assert others
    client = sign_in(world.a.agent)
    assert set(_listed(client)) == assigned
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.agent, organisation=world.b.landlord, role="agent")
    assert set(_listed(client)) == assigned | others


def test_says_what_to_do_when_there_is_nothing(world, sign_in):
    with system_scope("seeding"):
        empty = f.MembershipFactory(role="lead").user
        alone = f.MembershipFactory(role="coordinator", organisation__kind="municipality").user
    assert "Aucun fait n’est encore enregistré" in sign_in(empty).get(LIST).content.decode()
    assert "convention de partage" in sign_in(alone).get(LIST).content.decode()
    assert "Aucun fait ne correspond" in sign_in(empty).get(LIST, {"place": "zzz"}).content.decode()


def test_exports_hold_exactly_what_is_filtered(lead, world):
    rows = _rows(lead, residence=written("residence", world.a.other.pk))
    sheet = _sheet(lead, residence=written("residence", world.a.other.pk))
    assert _numbers(rows) == [world.a.other_incident.pk]
    assert rows[0]["Nature"] == "Tapages, dont nocturnes"
    assert rows[0]["Adresse"] == world.a.other_address.label
    assert len(sheet) == 2
    assert len(_rows(lead)) == len(_sheet(lead)) - 1 == 10


def test_a_file_is_in_the_order_and_with_the_columns_of_the_page(lead, world):
    for order in ("day", "-day", "residence"):
        assert _numbers(_rows(lead, tri=order)) == _listed(lead, tri=order)
    header = _sheet(lead, col=["address", "residence"])[0]
    assert {"Jour", "Nature", "Adresse", "Résidence", "Heure"} <= set(header)
    assert {"Gravité", "Lieu précis"} & set(header) == set()


def test_a_whole_residence_is_said_in_the_file(lead, world):
    with system_scope("seeding"):
        fact = f.IncidentFactory(residence=world.a.residence, address=None)
    said = {row["Identifiant"]: row["Adresse"] for row in _rows(lead)}
    assert said[identifier(fact)] == "toute la résidence"


def test_a_sheet_is_ready_to_read(lead):
    sheet = load_workbook(io.BytesIO(_content(lead, XLSX))).active
    assert sheet.auto_filter.ref == f"A1:X{sheet.max_row}"
    assert sheet["C2"].number_format == "dd/mm/yyyy"
    assert sheet.column_dimensions["E"].width > sheet.column_dimensions["C"].width


def test_what_one_entered_oneself_can_be_kept_apart(world, sign_in, coordinator):
    with system_scope("seeding"):
        place = {"residence": world.a.residence, "address": world.a.address, "reported_by": world.a.agent}
        typed = f.IncidentFactory(**place, external_source="form", external_id="1")
        f.IncidentFactory(**place, external_source="journal.csv", external_id="1")
    agent = sign_in(world.a.agent)
    assert _listed(agent, mine="on") == [typed.pk]
    assert len(_listed(agent)) == 12
    assert len(_listed(coordinator, mine="on")) == len(_listed(coordinator)) > 1


def test_exports_hold_typed_numbers_and_dates(lead, world, secrets):
    header, first, *_rest = _sheet(lead)
    row = dict(zip(header, first, strict=True))
    assert row["Jour"] == world.a.incidents[0].day
    assert row["Coût des dégâts (€)"] == 1234.56
    assert row["Gravité"] == 2
    assert _rows(lead)[0]["Coût des dégâts (€)"] == "1234,56"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_formula_hides_in_a_cell(lead, world, start):
    label = f"{start}HYPERLINK(1)"
    with system_scope("seeding"):
        type(world.a.residence).objects.filter(pk=world.a.residence.pk).update(name=label)
    cells = [row["Résidence"] for row in _rows(lead, residence=written("residence", world.a.residence.pk))]
    assert set(cells) == {f"'{label}"}
    content = _content(lead, XLSX, residence=written("residence", world.a.residence.pk))
    sheet = ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "HYPERLINK" in sheet


def test_an_export_is_in_the_journal_without_the_words_typed(lead, world):
    _content(lead, CSV, family="trafficking", place="Résidence")
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(action="export")
    assert entry.detail == {"format": "csv", "rows": 9, "filters": {"family": "trafficking"}}


def test_too_many_rows_for_a_sheet_are_refused_with_what_to_do(lead, monkeypatch):
    monkeypatch.setattr("incidents.facts.list_views.XLSX_MAX_ROWS", 5)
    response = lead.get(XLSX, {"family": "trafficking"}, follow=True)
    assert response.redirect_chain[-1][0] == f"{LIST}?family=trafficking"
    assert "prenez le CSV" in response.content.decode()


def test_coordinator_reads_structure_and_never_the_rest(coordinator, world, secrets):
    detail = reverse("incidents:detail", args=[world.a.incidents[0].pk])
    pages = [
        coordinator.get(url, query).content.decode()
        for url in (LIST, detail)
        for query in (
            {},
            {"complaint": "yes"},
            {"state": "all"},
            {"state": "cancelled"},
            {"place": "PV-4711"},
        )
    ]
    rows = _content(coordinator, CSV).decode("utf-8-sig")
    sheet = str(_sheet(coordinator))
    archive = ZipFile(io.BytesIO(_content(coordinator, XLSX)))
    raw = "".join(archive.read(name).decode() for name in archive.namelist())
    with system_scope("seeding"):
        facts = [*Incident.objects.filter(landlord=world.a.landlord).select_related("residence")]
    kept = {text for fact in facts for text in (identifier(fact), fact.residence.reference)}
    assert not {cell for line in _sheet(coordinator) for cell in line if cell in kept}
    for page in (*pages, rows, sheet, raw):
        without_the_search = page
        for echo in ('value="PV-4711"', "place=PV-4711", "<strong>PV-4711</strong>"):
            without_the_search = without_the_search.replace(echo, "")
        for secret in secrets:
            assert secret not in without_the_search
    assert "Petits trafics" in pages[0]
    assert "Petits trafics" in rows


def test_coordinators_complaint_filter_changes_nothing(coordinator, secrets):
    assert _listed(coordinator, complaint="yes") == _listed(coordinator) != []


def test_a_cancelled_fact_does_not_exist_for_a_coordinator(coordinator, world, secrets):
    cancelled = world.a.incidents[1]
    assert cancelled.pk not in _listed(coordinator, state="all")
    assert coordinator.get(reverse("incidents:detail", args=[cancelled.pk])).status_code == 404


def test_reading_anothers_fact_is_in_the_journal_of_its_landlord(coordinator, world):
    coordinator.get(reverse("incidents:detail", args=[world.a.incidents[0].pk]))
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(action="read")
    assert (entry.actor_id, entry.object_id) == (world.a.coordinator.pk, str(world.a.incidents[0].pk))


def test_two_roles_do_not_mix(world, sign_in, secrets):
    """An agent of B who coordinates A's territory reads B's complaints, and A's structure only."""
    with system_scope("seeding"):
        f.MembershipFactory(user=world.b.agent, organisation=world.a.town, role="coordinator")
        Incident.objects.filter(pk=world.b.incidents[0].pk).update(
            complaint_filed=True, complaint_reference="B-1"
        )
    client = sign_in(world.b.agent)
    rows = _rows(client)
    mine = {row["Identifiant"]: row for row in rows if row["Bailleur"] == "Bailleur B"}
    assert mine[identifier(world.b.incidents[0])]["Numéro de plainte"] == "B-1"
    others = {
        (row[title]) for row in rows if row["Bailleur"] == "Bailleur A"
        for title in ("Identifiant", "Référence résidence", "Numéro de plainte", "Signalé par", "Rôle de l’auteur")
    }  # fmt: skip
    assert others == {""}
    assert _listed(client, complaint="yes") == [world.b.incidents[0].pk]
    page = client.get(reverse("incidents:detail", args=[world.a.incidents[0].pk])).content.decode()
    for secret in secrets:
        assert secret not in page
