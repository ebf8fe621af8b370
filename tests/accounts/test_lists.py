"""Test the functions of all lists: filter tags, rows per page, columns, saved views."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.lists.services import save_view, state_of
from accounts.models import AuditEntry, SavedView
from accounts.scope import acting_as, system_scope
from core.opaque import written
from core.versions import version_of
from tests import factories as f
from tests.sharing import publication_of

FACTS = reverse("incidents:list")
RESIDENCES = reverse("classification:residences")
LISTS = {
    "facts": (Role.LEAD, "incidents:list"),
    "residences": (Role.COORDINATOR, "classification:residences"),
    "accounts": (Role.ADMIN, "accounts:users"),
    "imports": (Role.LEAD, "sites:imports"),
    "notes": (Role.PARTNER, "partners:notes"),
}


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


def _page(client, url, **query):
    return client.get(url, query).content.decode().replace("\xa0", " ")


def _chips(page):
    found = re.findall(r'class="list-chip" href="([^"]*)"><span>(.*?)</span>', page)
    return {re.sub(r"<.*?>", "", label): url.replace("&amp;", "&") for url, label in found}


def _heads(page):
    # A lead has a column of boxes besides.
    return [
        head for head in dict.fromkeys(re.findall(r'<td [^>]*data-label="(.*?)"', page)) if head != "Choisir"
    ]


def _save(client, name, query, *, next_="/faits/?page=1", default=False, list_name="facts"):
    data = {"list_name": list_name, "name": name, "query": query, "next": next_}
    return client.post(reverse("accounts:save_view"), data | ({"is_default": "on"} if default else {}))


def _views(user):
    with acting_as(user):
        return list(SavedView.objects.order_by("name").values_list("name", "query", "is_default"))


def test_each_filter_in_force_is_a_chip_that_takes_it_away(world, sign_in):
    client = sign_in(world.a.coordinator)
    page = _page(client, RESIDENCES, level=["3", "1"], q="rue", tri="-level", commune="")
    assert _chips(page) == {
        "Niveau : 3": f"{RESIDENCES}?level=1&q=rue&tri=-level",
        "Niveau : 1": f"{RESIDENCES}?level=3&q=rue&tri=-level",
        "Résidence, adresse ou commune : rue": f"{RESIDENCES}?level=3&level=1&tri=-level",
    }
    assert f'href="{RESIDENCES}?page=1">Tout effacer' in page
    assert _chips(_page(client, RESIDENCES)) == {}


def test_a_chip_says_what_people_chose_not_its_code(lead, world):
    page = _page(
        lead,
        FACTS,
        family="trafficking",
        after="2026-03-12",
        residence=written("residence", world.a.residence.pk),
    )
    assert {"Famille : Trafics", "Du : 12 mars 2026", "Résidence : Résidence A"} == set(_chips(page))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_the_bar(world, sign_in, name):
    role, url = LISTS[name]
    page = _page(sign_in(world.people[role]), reverse(url))
    assert f'name="list_name" value="{name}"' in page


def test_published_sites_have_it_too(world, sign_in):
    url = reverse("partners:publication", args=[publication_of(world.a).pk])
    page = _page(sign_in(world.a.partner), url, level="3", tri="-name")
    assert len(_chips(page)) == 1
    assert 'name="list_name" value="published"' in page


def test_people_choose_how_many_rows_a_page_has(lead, world):
    with system_scope("seeding"):
        f.IncidentFactory.create_batch(41, address=world.a.address, code="TAGS")
    count = {
        rows: len(re.findall(r'href="/faits/[\w-]{32}/"', _page(lead, FACTS, par_page=rows)))
        for rows in ("25", "50", "7", "x")
    }
    assert count == {"25": 25, "50": 50, "7": 25, "x": 25}


def test_columns_are_remembered_for_the_person_and_the_list(lead, world, sign_in):
    everything = _heads(_page(lead, FACTS))
    answer = lead.post(
        reverse("accounts:columns"),
        {"list_name": "facts", "col": ["residence", "nothing"], "next": f"{FACTS}?tri=day"},
    )
    assert answer.headers["Location"] == f"{FACTS}?tri=day"
    assert _heads(_page(lead, FACTS)) == ["Jour", "Nature", "Résidence"]
    assert _heads(_page(lead, FACTS, col=["gravity"])) == ["Jour", "Nature", "Gravité"]
    assert _heads(_page(sign_in(world.a.agent), FACTS)) == everything
    lead.post(reverse("accounts:columns"), {"list_name": "facts", "next": FACTS})
    assert _heads(_page(lead, FACTS)) == everything


def test_a_view_is_saved_offered_replaced_renamed_and_deleted(lead, world):
    assert _save(lead, "Trafics", "family=trafficking").headers["Location"] == "/faits/?page=1"
    page = _page(lead, FACTS)
    assert f'href="{FACTS}?family=trafficking"' in page
    _save(lead, "Trafics", "family=trafficking&tri=day")
    assert _views(world.a.lead) == [("Trafics", "family=trafficking&tri=day", False)]
    with acting_as(world.a.lead):
        pk = SavedView.objects.get().pk
    _save(lead, "Autre", "tri=day")
    change = reverse("accounts:change_view")
    lead.post(change, {"view": pk, "name": "Autre", "next": FACTS})
    assert [name for name, *_rest in _views(world.a.lead)] == ["Autre", "Trafics"]
    assert "Vous avez déjà une vue de ce nom." in _page(lead, FACTS).replace("&#x27;", "'")
    version = re.findall(r'name="version" value="([^"]+)"', _page(lead, FACTS))[-1]
    said = {"view": pk, "name": "Deals", "is_default": "on", "next": FACTS}
    with acting_as(world.a.lead):
        SavedView.objects.filter(name="Autre").update(is_default=True)
    lead.post(change, said | {"version": version})
    assert [view for view in _views(world.a.lead) if view[2]] == [
        ("Deals", "family=trafficking&tri=day", True)
    ]
    with acting_as(world.a.lead):
        deals = SavedView.objects.get(pk=pk)
        version = version_of(deals, state_of(deals))
    lead.post(reverse("accounts:delete_view"), {"view": pk, "next": FACTS, "version": version})
    assert [name for name, *_rest in _views(world.a.lead)] == ["Autre"]
    with acting_as(world.a.lead):
        actions = AuditEntry.objects.filter(object_type="accounts.savedview").order_by("id")
        assert [entry.action for entry in actions] == ["create", "update", "create", "update", "cancel"]


def test_a_list_opens_with_the_default_view_and_only_when_asked_plainly(lead, world):
    _save(lead, "Premier", "tri=day", default=True)
    _save(lead, "Trafics", "family=trafficking", default=True)
    assert [default for _name, _query, default in _views(world.a.lead)] == [False, True]
    assert lead.get(FACTS).headers["Location"] == f"{FACTS}?family=trafficking"
    assert lead.get(FACTS, {"page": "1"}).status_code == 200
    assert lead.get(FACTS, headers={"HX-Request": "true", "HX-Target": "rows"}).status_code == 200
    assert lead.get(RESIDENCES).status_code == 200


def test_views_are_ones_own(world, sign_in):
    """Two people of one landlord: neither reads, changes, deletes nor opens with the other's."""
    agent, lead = sign_in(world.a.agent), sign_in(world.a.lead)
    _save(lead, "Secret du référent", "family=trafficking", default=True)
    with acting_as(world.a.lead):
        pk = SavedView.objects.get().pk
    page = _page(agent, FACTS)
    assert "Secret du référent" not in page
    assert "Tout effacer" not in page
    agent.post(reverse("accounts:change_view"), {"view": pk, "name": "Pris", "next": FACTS})
    agent.post(reverse("accounts:delete_view"), {"view": pk, "next": FACTS})
    assert _views(world.a.lead) == [("Secret du référent", "family=trafficking", True)]
    for user in (world.a.agent, world.a.coordinator, world.admin, world.b.lead):
        assert _views(user) == []
    with system_scope("seeding"):
        assert SavedView.objects.count() == 0


def test_nobody_saves_a_view_for_somebody_else(world):
    with (
        acting_as(world.a.lead),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        SavedView.objects.create(owner=world.a.agent, list_name="facts", name="Piège")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"name": "Une"}, "saved_view_name_is_unique"),
        ({"name": "Autre", "is_default": True}, "saved_view_has_one_default"),
        ({"name": "", "is_default": True, "list_name": "notes"}, "saved_view_default_has_a_name"),
    ],
)
def test_the_database_keeps_views_in_order(world, values, constraint):
    with acting_as(world.a.lead) as scope:
        save_view(scope, list_name="facts", name="Une", query="", is_default=True)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            SavedView.objects.create(owner=world.a.lead, **({"list_name": "facts"} | values))


def test_a_view_leads_nowhere_else(lead):
    answer = _save(lead, "Piège", "page=1", next_="https://exemple.invalid/")
    assert answer.headers["Location"] == "/"
    _save(lead, "x", "//exemple.invalid/?a=b", default=True)
    assert lead.get(FACTS).headers["Location"].startswith(f"{FACTS}?")


@pytest.mark.parametrize("query", ["&", "&&", "#", "#a=b", "a=b\r\nSet-Cookie: c"])
def test_no_default_view_leads_to_itself(lead, world, query):
    _save(lead, "x", query, default=True)
    for _kept_before in range(2):
        opened = lead.get(FACTS)
        assert opened.status_code == 200 or lead.get(opened.headers["Location"]).status_code == 200
        with acting_as(world.a.lead):
            SavedView.objects.update(query=query)


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("accounts:columns", {"col": ["x" * 3000]}),
        ("accounts:columns", {"col": ["x" * 30] * 100}),
        ("accounts:save_view", {"name": "x", "query": "q=" + "é" * 1000}),
    ],
)
def test_more_than_can_be_kept_is_refused(lead, world, url, data):
    lead.post(reverse(url), data | {"list_name": "facts", "next": FACTS})
    assert _views(world.a.lead) == []
    assert "Cette vue est trop longue pour être gardée." in _page(lead, FACTS)


def test_many_views_take_the_queries_of_one(lead):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            lead.get(FACTS)
        return len(captured)

    _save(lead, "Une", "tri=day")
    lead.get(FACTS)
    few = queries()
    for name in ("Deux", "Trois"):
        _save(lead, name, "tri=-day")
    lead.get(FACTS)
    assert queries() == few


def test_an_export_takes_the_filters_of_the_list(lead):
    page = _page(lead, FACTS, family="trafficking", place="", tri="day", page="1")
    assert "/faits/export.csv?family=trafficking&amp;tri=day" in page
