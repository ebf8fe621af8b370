"""The pages of the history and their files: what they show and lead to, whom they refuse, and what is journalled."""

import csv
import datetime as dt
import html
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.enums import Role
from accounts.models import AuditEntry, Organisation, User
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.history import closings
from classification.history.nightly import remember_everything
from classification.models import MonthLevel
from core.dates import long_date, month_ends
from core.opaque import written
from tests import factories as f
from tests.campaigning import closed, opened

PAGE = reverse("classification:history")


def ends(months=12):
    return month_ends(timezone.localdate(), months)


def of(territory):
    return reverse("classification:territory_history", args=[territory.pk])


@pytest.fixture
def recorded(world):
    """Landlords A and B with a serious fact fourteen months ago and another one six months ago, and the months worked out."""
    with system_scope("seeding"):
        for side in (world.a, world.b):
            for months in (14, 6):
                f.IncidentFactory(address=side.address, code="WEAPONS", day=ends(months)[0])
    evaluate()
    remember_everything()
    return world


def plain(response):
    return html.unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def table(page):
    """The rows of the table: the day, then the numbers without their shares."""
    body = page.split('class="table table-sm card-table history-table')[1].split("<tbody>")[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body.split("</tbody>")[0], re.DOTALL)
    return [
        [
            re.sub(r"<span.*?</span>|<[^>]*>", "", cell).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row)
        ]
        for row in rows
    ]


def test_the_table_holds_each_month_the_latest_first(recorded, sign_in):
    page = plain(sign_in(recorded.a.lead).get(PAGE))
    rows = table(page)
    assert [row[0] for row in rows] == ["aujourd’hui", *(long_date(day) for day in reversed(ends()))]
    assert rows[1][1:] == ["0", "1", "0", "1", "0", "2"]
    assert "1 résidence sur 2 est aujourd’hui au niveau 3 ou 4 (50 %)" in re.sub(r"</?strong>", "", page)
    assert "Bailleur B" not in page
    assert "Au" in page


def test_the_last_24_months_and_shares_are_one_choice_away(recorded, sign_in):
    client = sign_in(recorded.a.lead)
    page = plain(client.get(PAGE, {"mois": "24", "mesure": "part"}))
    assert len(table(page)) == 25
    assert "data-percent" in page
    assert '"counts": [50.0, 0, 50.0, 0, 0]' in page
    assert f"Bailleur A n’est compté qu’à partir du {long_date(ends(14)[0])}" in page
    assert "data-percent" not in plain(client.get(PAGE))


def test_a_coordinator_reads_one_territory_and_is_journalled_to_its_landlords(recorded, sign_in):
    client = sign_in(recorded.a.coordinator)
    page = plain(client.get(of(recorded.a.territory)))
    assert table(page)[1][1:] == ["0", "1", "0", "1", "0", "2"]
    assert "CLSPD A" in page
    for hidden in ("Bailleur B", "Bailleur C", "Bailleur D", "CLSPD B"):
        assert hidden not in page
    chosen = {"commune": written("commune", recorded.commune.pk)}
    address = reverse("classification:territory_history_export", args=[recorded.a.territory.pk, "csv"])
    client.get(address, chosen).getvalue()
    assert entries(recorded.a.coordinator) == {
        (action, journal, commune)
        for action, commune in (("read", None), ("export", recorded.commune.pk))
        for journal in (recorded.a.town.pk, recorded.a.landlord.pk)
    }


def test_a_lead_leaves_an_entry_for_a_file_alone(recorded, sign_in):
    client = sign_in(recorded.a.lead)
    client.get(PAGE)
    client.get(reverse("classification:history_export", args=["xlsx"])).getvalue()
    assert entries(recorded.a.lead) == {("export", recorded.a.landlord.pk, None)}


def entries(actor):
    """What the journals of all organisations say of the history that somebody read: the act, whose journal, the commune."""
    with system_scope("seeding"):
        officer = f.UserFactory()
        for organisation in Organisation.objects.all():
            f.MembershipFactory(user=officer, organisation=organisation, role=Role.DPO)
    with acting_as(officer):
        rows = AuditEntry.objects.filter(actor=actor, object_type="classification.history")
        return {(one.action, one.organisation_id, one.detail["filters"].get("commune")) for one in rows}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_has_what_the_page_shows_and_the_campaigns(recorded, sign_in, kind):
    closed(recorded.a, opened(recorded.a, as_of=ends()[-1], name="Automne"))
    client = sign_in(recorded.a.coordinator)
    page = table(plain(client.get(of(recorded.a.territory))))
    address = reverse("classification:territory_history_export", args=[recorded.a.territory.pk, kind])
    content = client.get(address).getvalue()
    if kind == "xlsx":
        head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    else:
        head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert head[:3] == ["Relevé", "Au", "Grille"]
    numbers = [[str(int(float(value))) for value in row[3:9]] for row in rows]
    assert numbers[:-1] == [row[1:] for row in reversed(page)]
    assert [row[0] for row in rows] == ["fin de mois"] * 12 + ["aujourd’hui", "campagne : Automne"]
    assert numbers[-1] == ["0", "1", "0", "1", "0", "2"]
    assert float(str(rows[0][10]).replace(",", ".")) == 50


def test_campaigns_lead_to_themselves_and_to_their_comparison(recorded, sign_in):
    first = closed(recorded.a, opened(recorded.a, as_of=ends()[3], name="Printemps")).campaign
    second = closed(recorded.a, opened(recorded.a, name="Automne")).campaign
    for who, address in (("coordinator", of(recorded.a.territory)), ("lead", PAGE)):
        client = sign_in(getattr(recorded.a, who))
        page = client.get(address).content.decode()
        for campaign in (first, second):
            target = reverse("classification:campaign", args=[campaign.pk])
            assert f'href="{target}"' in page
            assert client.get(target).status_code == 200
        compared = reverse("classification:campaign_comparison", args=[second.pk])
        assert page.count("/comparaison/") == 1
        assert f'href="{compared}"' in page
        assert client.get(compared).status_code == 200
        assert page.index("Automne") < page.index("Printemps")


@pytest.mark.parametrize(
    "query", [{"mois": "36"}, {"mois": "x"}, {"mesure": "x"}, {"commune": "1"}, {"landlord": "x"}]
)
def test_refuses_what_is_no_choice(recorded, sign_in, query):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=recorded.b.landlord, territory=recorded.a.territory)
    client = sign_in(recorded.a.coordinator)
    response = client.get(of(recorded.a.territory), query)
    assert response.status_code == 400
    assert "Un choix est à corriger" in plain(response)
    export = reverse("classification:territory_history_export", args=[recorded.a.territory.pk, "csv"])
    assert client.get(export, query).status_code == 302


def test_a_commune_and_a_landlord_of_others_are_no_choice(recorded, sign_in):
    client = sign_in(recorded.a.coordinator)
    page = client.get(of(recorded.a.territory)).content.decode()
    assert "Ajoutée" not in page
    assert "Voisine" not in page
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=recorded.b.landlord, territory=recorded.a.territory)
    for name, kind, foreign in (
        ("commune", "commune", recorded.c.commune), ("landlord", "organisation", recorded.a.town),
    ):  # fmt: skip
        query = {name: written(kind, foreign.pk)}
        assert client.get(of(recorded.a.territory), query).status_code == 400
    query = {"landlord": written("organisation", recorded.b.landlord.pk)}
    page = plain(client.get(of(recorded.a.territory), query))
    assert table(page)[0][-1] == "2"
    assert table(plain(client.get(of(recorded.a.territory))))[0][-1] == "4"


def test_without_a_fact_the_page_says_what_to_do(world, sign_in):
    with system_scope("seeding"):
        lead = f.MembershipFactory(organisation=f.OrganisationFactory(), role=Role.LEAD).user
    page = plain(sign_in(lead).get(PAGE))
    assert "Aucun niveau à compter" in page
    assert "data-level-bars" not in page


def test_says_that_a_change_waits_for_the_night(recorded, sign_in):
    client = sign_in(recorded.a.lead)
    assert "seront recalculés cette nuit" not in plain(client.get(PAGE))
    with system_scope("evaluation"):
        MonthLevel.objects.filter(residence=recorded.a.residence, day=ends()[5]).update(stale=True)
    assert "seront recalculés cette nuit" in plain(client.get(PAGE))


def exported(client, territory):
    address = reverse("classification:territory_history_export", args=[territory.pk, "csv"])
    content = client.get(address).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_before_the_first_night_page_and_file_say_that_months_are_not_worked_out(recorded, sign_in):
    with system_scope("evaluation"):
        MonthLevel.objects.all().delete()
    client = sign_in(recorded.a.coordinator)
    page = plain(client.get(of(recorded.a.territory)))
    last = long_date(ends()[-1])
    assert (
        f"12 mois, dont le dernier est arrêté au {last}, ne sont pas encore calculés pour Bailleur A" in page
    )
    assert "n’est compté qu’à partir" not in page
    assert ", contre " not in page
    assert table(page)[1:] == [[long_date(day), "pas encore calculé"] for day in reversed(ends())]
    rows = exported(client, recorded.a.territory)
    assert {row["Remarque"] for row in rows[:12]} == {"incomplet, pas encore calculé : Bailleur A"}
    assert {row["Résidences"] + row["Niveau 3"] + row["Niveau 3, part (%)"] for row in rows[:12]} == {""}
    assert (rows[12]["Résidences"], rows[12]["Remarque"]) == ("2", "")


def test_a_month_without_one_landlord_shows_no_total(recorded, sign_in):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=recorded.b.landlord, territory=recorded.a.territory)
    with system_scope("evaluation"):
        MonthLevel.objects.filter(landlord=recorded.b.landlord, day=ends()[-1]).delete()
    client = sign_in(recorded.a.coordinator)
    page = plain(client.get(of(recorded.a.territory)))
    assert f"Un mois, arrêté au {long_date(ends()[-1])}, n’est pas encore calculé pour Bailleur B." in page
    assert [row[-1] for row in table(page)[:3]] == ["4", "incomplet", "4"]
    rows = exported(client, recorded.a.territory)
    assert [row["Résidences"] for row in rows[-3:]] == ["4", "", "4"]
    assert (rows[-2]["Niveau 3"], rows[-2]["Niveau 3, part (%)"]) == ("1", "")
    assert rows[-2]["Remarque"] == "incomplet, pas encore calculé : Bailleur B"


def test_page_and_file_say_that_earlier_campaigns_are_left_out(recorded, sign_in, monkeypatch):
    for back in (3, 2, 1):
        closed(recorded.a, opened(recorded.a, as_of=ends()[-back]))
    client, said = sign_in(recorded.a.coordinator), "1 campagne plus ancienne n’est pas montrée."
    assert said not in plain(client.get(of(recorded.a.territory)))
    assert not any(row["Remarque"] for row in exported(client, recorded.a.territory))
    monkeypatch.setattr(closings, "MOST_CAMPAIGNS", 2)
    assert said in plain(client.get(of(recorded.a.territory)))
    assert [row["Remarque"] for row in exported(client, recorded.a.territory)[-2:]] == [said, ""]


def test_it_is_one_click_from_the_first_pages(recorded, sign_in):
    assert f'href="{PAGE}"' in sign_in(recorded.a.lead).get("/accueil/").content.decode()
    assert (
        f'href="{PAGE}"'
        in sign_in(recorded.a.lead).get(reverse("classification:residences")).content.decode()
    )
    dashboard = sign_in(recorded.a.coordinator).get(reverse("partners:dashboard")).content.decode()
    assert f'href="{of(recorded.a.territory)}"' in dashboard
    agent = sign_in(recorded.a.agent).get(reverse("classification:residences")).content.decode()
    assert PAGE not in agent


def test_speaks_english(recorded, sign_in):
    closed(recorded.a)
    with system_scope("seeding"):
        User.objects.filter(pk=recorded.a.coordinator.pk).update(language="en")
    page = plain(sign_in(recorded.a.coordinator).get(of(recorded.a.territory)))
    assert "Levels over time" in page
    for french in ("Évolution", "Résidences", "Afficher", "aujourd’hui"):
        assert french not in page


def test_a_page_of_many_takes_the_queries_of_few(recorded, sign_in):
    client = sign_in(recorded.a.coordinator)

    def queries(**query):
        with CaptureQueriesContext(connection) as taken:
            assert client.get(of(recorded.a.territory), query).status_code == 200
        return len(taken)

    queries()
    few = queries()
    with system_scope("seeding"):
        homes = f.ResidenceFactory.create_batch(8, landlord=recorded.a.landlord, commune=recorded.commune)
        for home in homes:
            f.IncidentFactory(
                address=f.AddressFactory(residence=home), day=timezone.localdate() - dt.timedelta(90)
            )
    evaluate()
    remember_everything()
    assert queries(mois="24") == few
