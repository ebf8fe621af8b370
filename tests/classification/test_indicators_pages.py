"""The page of the indicators and its files: what leads where, who reads what, and what is refused."""

import csv
import datetime as dt
import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.enums import Role
from accounts.models import AuditEntry, Organisation
from accounts.scope import acting_as, system_scope
from classification.indicators import periods
from classification.indicators.reading import STAFF_VIOLENCE
from core.opaque import written
from incidents.models import Incident
from tests import factories as f
from tests.classification.test_indicators import QUARTER, YEAR_BEFORE, _plant

PAGE = reverse("classification:indicators")
CHOSEN = {"period": QUARTER.code, "against": YEAR_BEFORE.code}
# An anchor in which a number leads to a list of facts.
FIGURE = re.compile(r'<a[^>]* href="(/faits/\?[^"]*)"[^>]*>(?:<span[^>]*>)?([\d ]+)(?: sur [\d ]+)?<')
COUNT = re.compile(r'<p class="m-0" role="status">([\d ]+) faits?')


@pytest.fixture
def recorded(world):
    with system_scope("seeding"):
        for side, seed in ((world.a, 1), (world.b, 2)):
            _plant(side, 90, seed)
            f.IncidentFactory(address=side.address, day=YEAR_BEFORE.first)
    return world


def shown(client, **query):
    response = client.get(PAGE, CHOSEN | query)
    assert response.status_code == 200
    return _plain(response)


def _plain(response):
    return html.unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("who", ["lead", "coordinator"])
@pytest.mark.parametrize("narrowed", [False, True])
def test_each_figure_leads_to_the_facts_that_it_counts(recorded, sign_in, who, narrowed):
    client = sign_in(getattr(recorded.a, who))
    query = (
        {"residence": written("residence", recorded.a.residence.pk), "family": "people"} if narrowed else {}
    )
    figures = {
        address: int(number.replace(" ", "")) for address, number in FIGURE.findall(shown(client, **query))
    }
    filters = {name for address in figures for name in parse_qs(urlsplit(address).query)}
    said = {"after", "before", "fact_type", "family", "gravity", "place_kind", "weekday", "residence"}
    own = {"source", "hour", "complaint"} if who == "lead" else {"landlord"}
    assert said | own <= filters
    # The hours, of which there are many, are one sort.
    some = [one for one in figures if "hour=" not in one] + [one for one in figures if "hour=" in one][:5]
    listed = {}
    for address in some:
        answered = client.get(address)
        listed[address] = int(COUNT.search(_plain(answered))[1].replace(" ", ""))
    assert listed == {address: figures[address] for address in some}
    assert len(some) > 20


def test_compares_two_quarters_in_two_clicks(recorded, sign_in):
    client = sign_in(recorded.a.lead)
    with system_scope("seeding"):
        today = timezone.localdate()
        one, other = periods.quarters(today)[2], periods.quarters(today)[4]
        f.IncidentFactory.create_batch(3, address=recorded.a.address, day=one.last)
        f.IncidentFactory.create_batch(2, address=recorded.a.address, day=other.first)
    page = _plain(client.get(PAGE))
    for quarter in (one, other):
        addresses = re.findall(rf'<a class="btn btn-sm[^"]*" href="([^"]*)"[^>]*>{quarter.short}</a>', page)
        page = _plain(client.get(PAGE + addresses[0 if quarter is one else -1]))
    assert f"{one.name[0].upper()}{one.name[1:]}" in page
    assert f"comparaison : {other.name}" in page
    assert page.split('id="choice"')[1].count('aria-current="true"') == 2


def test_opens_on_the_last_quarter_that_has_ended_beside_that_of_a_year_before(world, sign_in):
    page = _plain(sign_in(world.a.lead).get(PAGE))
    chosen = periods.default(timezone.localdate())
    assert chosen.last < timezone.localdate()
    assert f"comparaison : {periods.year_before(chosen, timezone.localdate()).name}" in page
    assert "Rien n’est enregistré dans ces deux périodes" in page


def test_a_coordinator_reads_no_complaint_cost_hour_or_source(recorded, sign_in):
    page = shown(sign_in(recorded.a.coordinator))
    for words in (
        "Plaintes déposées",
        "Coût du vandalisme",
        "Par heure",
        "Par origine",
        "suivies d’une plainte",
        "Bailleur B",
    ):
        assert words not in page
    assert "restent chez chaque bailleur" in page
    assert page.count("Bailleur A") > 1
    lead = shown(sign_in(recorded.a.lead))
    for words in (
        "Plaintes déposées",
        "Coût du vandalisme",
        "Par heure",
        "Par origine",
        "suivies d’une plainte",
    ):
        assert words in lead


def _rows(client, kind="csv", **query):
    response = client.get(reverse("classification:indicators_export", args=[kind]), CHOSEN | query)
    content = response.getvalue()
    if kind == "xlsx":
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_the_file_has_what_the_page_shows(recorded, sign_in, who):
    client = sign_in(getattr(recorded.a, who))
    page = shown(client)
    rows = _rows(client)
    for title in (
        "Par nature",
        "Par famille",
        "Par gravité",
        "Par lieu précis",
        "Par jour de la semaine",
        "Par résidence",
    ):
        assert title in {row["Tableau"] for row in rows}
        assert title in page
    facts = next(row for row in rows if row["Ligne"] == "Faits")
    assert int(facts[QUARTER.short]) == int(
        re.search(r"Faits enregistrés.*?tile-number\">(?:<a[^>]*>)?(\d+)", page, re.DOTALL)[1]
    )
    by_type = [row for row in rows if row["Tableau"] == "Par nature"]
    for name in (QUARTER.short, YEAR_BEFORE.short):
        assert sum(int(row[name]) for row in by_type) == int(facts[name])
    assert float(facts["Taux, borne basse à 95 %"].replace(",", ".")) > 0
    assert [row[0] for row in _rows(client, "xlsx")][1:] == [row["Tableau"] for row in rows]
    labels = {row["Ligne"] for row in rows}
    assert ("Plaintes déposées" in labels) == (who == "lead")
    assert "Résidence B" not in " ".join(labels)


def test_journals_what_a_coordinator_reads_and_takes_away(recorded, sign_in):
    client = sign_in(recorded.a.coordinator)
    shown(client, residence=written("residence", recorded.a.residence.pk))
    _rows(client)
    said = {
        "period": f"{QUARTER.first}/{QUARTER.last}", "against": f"{YEAR_BEFORE.first}/{YEAR_BEFORE.last}",
    }  # fmt: skip
    narrowed = said | {"residence": str(recorded.a.residence.pk)}
    journals = {recorded.a.town.pk, recorded.a.landlord.pk}
    assert _entries(recorded.a.coordinator) == {
        (action, journal, tuple(sorted(filters.items())))
        for action, filters in (("read", narrowed), ("export", said)) for journal in journals
    }  # fmt: skip


def test_a_lead_reading_their_own_leaves_no_entry_and_a_file_does(recorded, sign_in):
    client = sign_in(recorded.a.lead)
    shown(client)
    _rows(client)
    assert {entry[:2] for entry in _entries(recorded.a.lead)} == {("export", recorded.a.landlord.pk)}


def _entries(actor):
    """Return what the journals of all organisations say of the indicators that somebody read."""
    with system_scope("seeding"):
        officer = f.UserFactory()
        for organisation in Organisation.objects.all():
            f.MembershipFactory(user=officer, organisation=organisation, role=Role.DPO)
    with acting_as(officer):
        rows = AuditEntry.objects.filter(actor=actor, object_type="classification.indicators")
        return {
            (one.action, one.organisation_id, tuple(sorted(one.detail["filters"].items()))) for one in rows
        }


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"period": "2025-T5"}, "Cette période n’existe pas."),
        ({"period": "1999"}, "Cette période n’existe pas."),
        ({"period": "3000"}, "Cette période n’a pas commencé."),
        ({"against": "3000"}, "Cette période n’a pas commencé."),
        ({"against": "dates"}, "Cette période n’existe pas."),
        ({"period": "dates"}, "Choisissez le premier et le dernier jour."),
        (
            {"period": "dates", "since": "2025-02-01", "until": "2025-01-31"},
            "La fin de la période précède son début.",
        ),
        (
            {"period": "dates", "since": "2022-01-01", "until": "2025-01-01"},
            "Une période a trois ans au plus.",
        ),
        ({"period": "dates", "since": "1999-12-31", "until": "2000-02-01"}, "Aucun fait n’est plus ancien"),
        ({"landlord": "1"}, "Un filtre est à corriger."),
        ({"residence": "x"}, "Un filtre est à corriger."),
        ({"family": "x"}, "Un filtre est à corriger."),
    ],
)
def test_refuses_what_is_no_period_and_no_place(world, sign_in, query, said):
    response = sign_in(world.a.coordinator).get(PAGE, query)
    assert response.status_code == 400
    assert said in _plain(response)


def test_accepts_the_longest_period(world, sign_in):
    query = {"period": "dates", "since": "2022-01-01", "until": "2024-12-31"}
    response = sign_in(world.a.lead).get(PAGE, query)
    assert response.status_code == 200


def test_a_residence_of_others_does_not_exist(recorded, sign_in):
    query = {"residence": written("residence", recorded.b.residence.pk)}
    for who in (recorded.a.lead, recorded.a.coordinator):
        response = sign_in(who).get(PAGE, CHOSEN | query)
        assert response.status_code == 400
        assert recorded.b.residence.name not in _plain(response)


def test_says_what_the_figures_are_not(recorded, sign_in):
    page = shown(sign_in(recorded.a.lead))
    assert "Plus de faits enregistrés ne veut pas dire plus de difficultés" in page
    assert "retour à la moyenne" in page
    assert "contentieux pour trouble de jouissance ne sont pas enregistrés" in page
    with system_scope("seeding"):
        Incident.objects.filter(landlord=recorded.a.landlord, day__lte=YEAR_BEFORE.first).delete()
    page = shown(sign_in(recorded.a.lead))
    assert "Bailleur A ne saisissait pas encore le 1er juillet 2024 : aucune évolution n’est dite" in page
    assert "en hausse" not in page.split("Comment lire ces chiffres")[0]
    assert "sans comparaison" in page


def test_a_page_of_many_facts_takes_the_queries_of_few(world, sign_in):
    client = sign_in(world.a.lead)

    def queries():
        with CaptureQueriesContext(connection) as taken:
            shown(client)
        return len(taken)

    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, code=STAFF_VIOLENCE, day=QUARTER.first)
    queries()
    few = queries()
    with system_scope("seeding"):
        _plant(world.a, 60, 5)
        f.DisruptionFactory(address=world.a.address, starts_on=QUARTER.first, ends_on=QUARTER.last)
    assert queries() == few


def test_the_menu_leads_there(world, sign_in):
    for who in ("lead", "coordinator"):
        assert PAGE in sign_in(getattr(world.a, who)).get(reverse("incidents:list")).content.decode()
    assert PAGE not in sign_in(world.a.agent).get(reverse("incidents:list")).content.decode()
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.agent, organisation=world.a.landlord, role=Role.LEAD)
    assert PAGE in sign_in(world.a.agent).get(reverse("incidents:list")).content.decode()


def test_narrows_to_a_landlord_and_leads_to_its_facts(recorded, sign_in):
    client = sign_in(recorded.a.coordinator)
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=recorded.b.landlord, territory=recorded.a.territory)
    both = shown(client)
    page = shown(client, landlord=written("organisation", recorded.b.landlord.pk))
    assert "Bailleur : <strong>Bailleur B</strong>" in page
    assert "Résidence A" not in page
    figures = FIGURE.findall(page)
    assert all(
        f"landlord={written('organisation', recorded.b.landlord.pk)}" in address for address, _ in figures
    )
    listed = _plain(client.get(figures[0][0]))
    assert COUNT.search(listed)[1] == figures[0][1]
    assert "Bailleur : <strong>Bailleur B</strong>" in listed
    assert int(FIGURE.findall(both)[0][1]) > int(figures[0][1])


@pytest.mark.parametrize("name", ["hour", "source"])
def test_no_coordinator_filters_facts_by_what_they_may_not_read(world, sign_in, name):
    today = timezone.localdate()
    with system_scope("seeding"):
        fact = f.IncidentFactory(
            address=world.a.address, day=today - dt.timedelta(400), time=dt.time(3), source="police"
        )
    query = {"before": str(today - dt.timedelta(399)), "hour": "4", "source": "resident"}
    listed = sign_in(world.a.coordinator).get(
        reverse("incidents:list"), {"before": query["before"], name: query[name]}
    )
    assert reverse("incidents:detail", args=[fact.pk]) in listed.content.decode()
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.landlord, role=Role.LEAD)
    right = {"hour": "3", "source": "police"}[name]
    listed = sign_in(world.a.coordinator).get(
        reverse("incidents:list"), {"before": query["before"], name: right}
    )
    assert reverse("incidents:detail", args=[fact.pk]) not in listed.content.decode()
