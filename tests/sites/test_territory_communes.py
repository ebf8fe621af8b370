"""Communes of a territory are found by what people type, one by one or a whole intercommunal body at once."""

import json

import pytest
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from sites.imports.official_code import load_intercommunalities, load_official_code
from sites.models import Commune, Intercommunality
from sites.sharing.communes import MOST_PROBLEMS, find_bodies, find_communes, read_communes
from tests.world import signed_in

_COMMUNES = (
    ("01004", "Saint-Essai-sur-Brume", ["01500"], ["Vieil-Essai"]),
    ("02010", "Saint-Essai-sur-Brume", ["02500"], []),
    ("01005", "L'Haÿ-les-Essais", ["01501", "01502"], []),
    ("01006", "Œuilly-le-Haut", ["01502"], []),
    ("2A008", "Essai", ["20167"], []),
    ("01009", "Bourg-Essai", ["01509"], []),
)


@pytest.fixture
@system_scope("seeding")
def _communes(db):
    Commune.objects.bulk_create(
        Commune(code=code, name=name, department=code[:2], postcodes=postcodes, former_names=former)
        for code, name, postcodes, former in _COMMUNES
    )
    body = Intercommunality.objects.create(code="200000001", name="CC de la Brume", kind="CC")
    body.communes.set(Commune.objects.filter(code__in=["01004", "01005", "01006"]))
    Intercommunality.objects.create(code="200000002", name="CC de la Brume sans communes", kind="CC")


def codes(communes):
    return [commune.code for commune in communes]


@pytest.mark.usefixtures("_communes")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("saint essai", ["01004", "02010"]),
        ("St-Essai s", ["01004", "02010"]),
        ("hay les", ["01005"]),
        ("l’haÿ", ["01005"]),
        ("OEUILLY", ["01006"]),
        # That very name first, then names that hold the word.
        ("essai", ["2A008", "01009", "01005", "01004", "02010"]),
        ("vieil essai", ["01004"]),
        ("01502", ["01005", "01006"]),
        ("0250", ["02010"]),
        ("2a008", ["2A008"]),
        ("e", []),
        ("%", []),
        ("nulle part", []),
    ],
)
def test_a_commune_is_found_by_what_people_type(typed, found):
    assert codes(find_communes(typed)) == found


@pytest.mark.usefixtures("_communes")
def test_a_body_is_found_by_its_name_and_its_number_if_it_has_members():
    for typed in ("brume", "CC DE LA BRU", "200000001"):
        assert [body.code for body in find_bodies(typed)] == ["200000001"]
    assert find_bodies("200000002") == []


@pytest.mark.usefixtures("_communes")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Bourg-Essai", ["01009"]),
        ("01004 02010,2a008;01004", ["01004", "02010", "2A008"]),
        ("St-Essai-sur-Brume (02)", ["02010"]),
        ("02500 saint essai sur brume", ["02010"]),
        ("Saint-Essai-sur-Brume (01004)", ["01004"]),
        ("20167", ["2A008"]),
        ("de la Brume", ["01004", "01005", "01006"]),
        ("CC de la Brume\n01005", ["01004", "01005", "01006"]),
    ],
)
def test_a_line_names_communes_or_a_whole_body(typed, found):
    read = read_communes(typed)
    assert (sorted(codes(read.communes)), read.problems) == (found, [])


@pytest.mark.usefixtures("_communes")
def test_a_line_that_names_several_or_none_says_so():
    several = "« {} » désigne plusieurs communes : écrivez l’une de celles-ci : {}."
    assert read_communes("Saint-Essai-sur-Brume").problems == [
        several.format(
            "Saint-Essai-sur-Brume", "Saint-Essai-sur-Brume (01004), Saint-Essai-sur-Brume (02010)"
        )
    ]
    assert read_communes("01502").problems == [
        several.format("01502", "L'Haÿ-les-Essais (01005), Œuilly-le-Haut (01006)")
    ]
    assert read_communes("Bourg").problems == ["« Bourg » est inconnu. Peut-être : Bourg-Essai (01009)."]
    assert read_communes("Xyz").problems == ["« Xyz » n’est ni une commune ni une intercommunalité connue."]


@pytest.mark.django_db
def test_a_list_of_unknown_lines_is_read_no_further_than_its_first_twenty(django_assert_max_num_queries):
    with django_assert_max_num_queries(10 * MOST_PROBLEMS):
        read = read_communes("\n".join(f"Nulle-part {n}" for n in range(1000)))
    assert len(read.problems) == MOST_PROBLEMS + 1
    assert read.problems[-1] == "Corrigez d’abord ces lignes : les suivantes n’ont pas été lues."


def test_the_official_code_brings_the_bodies_and_arrondissements_stand_for_their_city(db, tmp_path):
    communes = [
        {"code": "75112", "nom": "Paris 12e", "departement": "75", "type": "arrondissement-municipal", "commune": "75056"},
        {"code": "75056", "nom": "Paris", "departement": "75", "type": "commune-actuelle"},
        {"code": "94001", "nom": "Essai", "departement": "94", "type": "commune-actuelle"},
    ]  # fmt: skip
    metropolis = {"code": "200054781", "nom": "Métropole", "type": "METRO"}
    inner = {"code": "200058006", "nom": "Est", "type": "EPT", "membres": [{"code": "94001"}]}

    def publish(*bodies):
        for name, content in (("communes", communes), ("epci", bodies), ("ept", [inner])):
            (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        load_official_code(tmp_path / "communes.json")
        return load_intercommunalities(tmp_path)

    gone = {"code": "200000009", "nom": "Dissoute", "type": "CC", "membres": []}
    assert publish({**metropolis, "membres": [{"code": "75056"}, {"code": "94001"}]}, gone) == 3
    # The next edition: a member has left, a body is dissolved.
    assert publish({**metropolis, "nom": "Grande métropole", "membres": [{"code": "75056"}]}) == 2
    held = {body.name: codes(body.communes.all()) for body in Intercommunality.objects.all()}
    assert held == {"Grande métropole": ["75112"], "Est": ["94001"]}


def _members(territory):
    with system_scope("seeding"):
        return sorted(territory.communes.values_list("code", flat=True))


@pytest.mark.usefixtures("_communes")
def test_what_a_territory_gained_is_listed_and_taken_back_at_once(world):
    admin, territory = signed_in(world.admin), world.a.territory
    address = reverse("sites:edit_territory", args=[territory.pk])
    form, before = admin.get(address).context["form"], _members(territory)
    typed = {name: form[name].value() for name in ("name", "kind", "organisation", "version")}
    sent = {**typed, "communes": f"{form['communes'].value()}\nde la Brume"}
    told = admin.post(address, sent)
    assert (
        "3 bailleurs devront donner leur accord pour L&#x27;Haÿ-les-Essais (01), Œuilly-le-Haut (01), "
        "Saint-Essai-sur-Brume (01) : Bailleur A, Bailleur C, Bailleur D." in told.text
    )
    assert _members(territory) == before
    listed = admin.post(address, {**sent, "bailleurs": told.context["change"].key}, follow=True)
    assert (
        "3 communes ajoutées : L&#x27;Haÿ-les-Essais (01), Œuilly-le-Haut (01), Saint-Essai-sur-Brume (01)."
        in listed.text
    )
    assert _members(territory) == sorted([*before, "01004", "01005", "01006"])
    changed = listed.context["changed"]
    undoing = {"added": changed["added_codes"], "removed": "", "version": changed["version"]}
    undo = reverse("sites:undo_communes", args=[territory.pk])
    back = admin.post(undo, undoing, follow=True)
    assert ("de nouveau celles d’avant" in back.text, _members(territory)) == (True, before)
    # Once more, on a territory that has changed since: nothing is taken back.
    assert "rien n’a été défait" in admin.post(undo, undoing, follow=True).text
    assert _members(territory) == before


@pytest.mark.usefixtures("_communes")
def test_a_refused_line_keeps_what_was_typed_and_changes_nothing(world):
    admin = signed_in(world.admin)
    address = reverse("sites:edit_territory", args=[world.a.territory.pk])
    form = admin.get(address).context["form"]
    typed = {name: form[name].value() for name in ("name", "kind", "organisation", "version")}
    answer = admin.post(address, {**typed, "communes": "01004\nSaint-Essai-sur-Brume"})
    assert (answer.status_code, "désigne plusieurs communes" in answer.text) == (422, True)
    assert answer.context["form"]["communes"].value() == "01004\nSaint-Essai-sur-Brume"
    assert _members(world.a.territory) == sorted([world.commune.code, world.added.code])


@pytest.mark.usefixtures("_communes")
def test_the_search_gives_the_lines_that_the_form_reads(world):
    found = signed_in(world.admin).get(reverse("sites:communes"), {"q": "brume"}).json()
    assert [body["name"] for body in found["bodies"]] == ["CC de la Brume"]
    lines = [commune["line"] for commune in found["communes"]]
    assert lines == ["Saint-Essai-sur-Brume (01004)", "Saint-Essai-sur-Brume (02010)"]
    with acting_as(world.admin):
        assert codes(read_communes("\n".join(lines)).communes) == ["01004", "02010"]


def test_what_a_colleague_changed_meanwhile_is_told_before_whom_a_change_concerns(world):
    admin, territory = signed_in(world.admin), world.a.territory
    address = reverse("sites:edit_territory", args=[territory.pk])
    form = admin.get(address).context["form"]
    typed = {name: form[name].value() for name in ("name", "kind", "organisation", "version")}
    with system_scope("seeding"):
        type(territory).objects.filter(pk=territory.pk).update(name="Renommé entre-temps")
    assert admin.post(address, {**typed, "communes": world.commune.code}).status_code == 409
