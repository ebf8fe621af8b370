"""The nomenclature says what each fact type is, and is searched with the words of the trade."""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.enums import Role
from incidents.models import FactType
from incidents.nomenclature.words import explained, explanations, matching
from tests.world import signed_in

_LONGEST = 110


@pytest.mark.django_db
def test_every_type_of_the_nomenclature_has_its_help_and_words():
    types = list(FactType.objects.all())
    assert {kind.code for kind in types} == set(explanations())
    helps = [said.fr for said in explanations().values()]
    assert len(set(helps)) == len(types) == 31
    for kind in types:
        said = explained(kind)
        assert all(said.words), kind.code
        for line in (said.fr, said.en):
            assert (line[0].isupper(), line[-1], len(line) <= _LONGEST) == (True, ".", True), line
        assert len(set(said.words)) == len(said.words) >= 5, kind.code


@pytest.mark.django_db
def test_the_help_is_in_the_language_of_the_page():
    rodeo = FactType.objects.get(code="RODEO")
    assert explained(rodeo).help.startswith("Conduite dangereuse")
    with override("en"):
        assert explained(rodeo).help.startswith("Repeated dangerous riding")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("squat de hall", ["UNLAWFUL_OCCUPATION"]),
        ("Rodéo", ["RODEO"]),
        ("RODEOS", ["RODEO"]),
        ("deal", ["PETTY_DEALING", "ESTABLISHED_DEALING", "ORGANISED_DEALING"]),
        ("point de deal", ["ESTABLISHED_DEALING"]),
        ("coup-de-feu", ["WEAPONS"]),
        ("feux d'artifice", ["NOISE"]),
        ("épave", ["ABANDONED_CAR"]),
        ("licorne", []),
    ],
)
def test_a_type_is_found_by_the_words_people_type(typed, found):
    assert [kind.code for kind in matching(FactType.objects.all(), typed)] == found


@pytest.mark.django_db
def test_the_type_called_by_the_whole_text_comes_first():
    codes = [kind.code for kind in matching(FactType.objects.all(), "couteau")]
    assert set(codes) == {"WEAPONS", "PHYSICAL_ASSAULT"}
    codes = [kind.code for kind in matching(FactType.objects.all(), "squat")]
    assert codes[0] == "SQUAT"


def _types_on(page):
    return re.findall(r'nomenclature-type" id="([A-Z_]+)"', page)


@pytest.mark.parametrize("role", Role)
def test_everybody_signed_in_reaches_it_from_the_method_page(world, role):
    client = signed_in(world.people[role])
    address = reverse("incidents:nomenclature")
    method = client.get(reverse("classification:grid"))
    assert f'href="{address}"' in method.text
    # What other readings of the grid would change at residences is for those who read levels there.
    assert ("variants" in method.context) == (role in {Role.LEAD, Role.COORDINATOR})
    page = client.get(address).text
    assert len(_types_on(page)) == 31
    assert f'href="{reverse("classification:grid")}"' in page


def test_the_page_is_searched_without_a_script(world):
    client = signed_in(world.a.agent)
    page = client.get(reverse("incidents:nomenclature"), {"q": "rodéo"}).text
    assert _types_on(page) == ["RODEO"]
    assert "Gravité\xa02" in page.replace("&nbsp;", "\xa0")
    none = client.get(reverse("incidents:nomenclature"), {"q": "<licorne>"}).text
    assert (_types_on(none), "«&nbsp;&lt;licorne&gt;&nbsp;»" in none) == ([], True)


def test_the_form_carries_the_help_and_the_words_of_each_type(world):
    page = signed_in(world.a.agent).get(reverse("incidents:create")).text
    [label] = re.findall(r'data-type-label="Rodéos" data-type-words="([^"]*)" data-type-help="([^"]*)"', page)
    assert "roue arrière" in label[0].split(", ")
    assert label[1] == "Conduite dangereuse et répétée d’engins motorisés\xa0: deux-roues, quads, voitures."
    assert page.count("data-type-help=") == 31


def test_of_a_word_in_the_singular_and_the_plural_one_is_read_and_both_are_found(world):
    page = signed_in(world.a.agent).get(reverse("incidents:nomenclature"), {"q": "tapages"}).text
    [words] = [
        line.split(", ")
        for line in re.findall(r"On dit aussi(?:&nbsp;| |\xa0):\s*([^<]*)</p>", page)
        if "tapage" in line
    ]
    assert (words.count("tapage"), words.count("tapages")) == (1, 0)
    assert _types_on(page) == ["NOISE"]


def test_help_and_words_are_read_in_french_typography_and_found_as_typed():
    read = [text for one in explanations().values() for text in (one.help, *one.shown)]
    assert [text for text in read if re.search(r" [:;?!»]|« |'", text)] == []
    assert any("’" in word for one in explanations().values() for word in one.shown)
