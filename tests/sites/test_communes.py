"""A row's commune is found by whatever part names it clearly, and asked about when the parts disagree."""

import json

import pytest

from accounts.scope import system_scope
from sites.imports.communes import Communes, Place
from sites.imports.official_code import load_official_code
from sites.models import Commune

# (code, name, postcodes, former codes, former names)
_COMMUNES = (
    ("01004", "Saint-Essai-sur-Brume", ["01500"], ["01998"], ["Vieil-Essai"]),
    ("01005", "Autre-Essai", ["01501", "01502"], [], []),
    ("01006", "Essai-le-Haut", ["01502"], [], []),
    ("02007", "Vieil-Essai", ["02700"], [], []),
    ("2A008", "L’Essai", ["20167"], [], []),
    ("00100", "Brumeval", ["00100"], [], []),
    ("75112", "Paris 12e Arrondissement", ["75012"], [], []),
    ("75116", "Paris 16e Arrondissement", ["75016", "75116"], [], []),
    ("69383", "Lyon 3e Arrondissement", ["69003"], [], []),
    ("13201", "Marseille 1er Arrondissement", ["13001"], [], []),
    ("13208", "Marseille 8e Arrondissement", ["13008"], [], []),
)


@pytest.fixture
@system_scope("seeding")
def _communes(db):
    Commune.objects.bulk_create(
        Commune(
            code=code,
            name=name,
            department=code[:2],
            postcodes=postcodes,
            former_codes=former_codes,
            former_names=former_names,
        )
        for code, name, postcodes, former_codes, former_names in _COMMUNES
    )


@pytest.mark.usefixtures("_communes")
@pytest.mark.parametrize(
    ("place", "code", "remark"),
    [
        # By the INSEE code, with the zero that a spreadsheet drops.
        (("01004", "", ""), "01004", ""),
        (("1004", "", ""), "01004", ""),
        (("1004.0", "", ""), "01004", ""),
        (("100", "", ""), "00100", ""),
        (("2a008", "", ""), "2A008", ""),
        (("01004", "99999", "n’importe quoi"), "01004", ""),
        # By the code of a commune that merged.
        (("01998", "", ""), "01004", "commune_merged"),
        (("01998", "01500", "Vieil Essai"), "01004", "commune_merged"),
        # By a postcode of one commune.
        (("", "1500", ""), "01004", ""),
        (("", "F-01500", "SAINT ESSAI"), "01004", ""),
        (("", "01500", "Le Bourg"), "01004", "commune_by_postcode"),
        (("99999", "01500", ""), "01004", "commune_code_unknown"),
        # By a postcode and a name, however it is written.
        (("", "01502", "AUTRE ESSAI"), "01005", ""),
        (("", "01502", "essai le haut"), "01006", ""),
        (("", "01500", "ST ESSAI S/ BRUME"), "01004", ""),
        (("", "01500", "St-Essai/Brume"), "01004", ""),
        (("", "20167", "L'ESSAI"), "2A008", ""),
        # By the name, when the postcode is not one of a commune.
        (("", "01509", "SAINT-ESSAI-SUR-BRUME CEDEX"), "01004", "commune_by_name"),
        (("", "", "Vieil-Essai (02)"), None, "no_commune"),
        (("", "02999", "Vieil-Essai"), "02007", "commune_by_name"),
        (("", "01999", "Vieil-Essai"), "01004", "commune_by_name"),
        (("", "", "Brumeval"), "00100", "commune_by_name"),
        # The arrondissements of Paris, Lyon and Marseille.
        (("75056", "75012", "Paris"), "75112", ""),
        (("75056", "", "PARIS 12"), "75112", "commune_by_name"),
        (("", "75116", "Paris"), "75116", ""),
        (("", "75571", "PARIS CEDEX 12"), "75112", "commune_by_name"),
        (("", "", "Paris 12ème arrondissement"), "75112", "commune_by_name"),
        (("", "", "LYON 03"), "69383", "commune_by_name"),
        (("", "69425", "LYON CEDEX 03"), "69383", "commune_by_name"),
        (("", "13001", "Marseille 1er"), "13201", ""),
        (("", "", "MARSEILLE 8"), "13208", "commune_by_name"),
        # What is not clear is not taken.
        (("", "01502", ""), None, "no_commune"),
        (("", "01502", "Essai"), None, "no_commune"),
        (("", "99999", "Nulle-Part"), None, "no_commune"),
        (("", "", ""), None, "no_commune"),
        (("01004", "01502", "Autre-Essai"), None, "communes_disagree"),
        (("01998", "01502", "Autre-Essai"), None, "communes_disagree"),
        (("", "01500", "Autre Essai"), None, "communes_disagree"),
        (("", "75012", "Paris 16"), None, "communes_disagree"),
        # A name of another commune is never left aside, whatever the other parts say.
        (("", "01500", "Brumeval"), None, "communes_disagree"),
        (("", "75012", "Lyon 3"), None, "communes_disagree"),
        (("69383", "", "Paris"), None, "communes_disagree"),
        (("69383", "", "Marseille 4"), None, "communes_disagree"),
        (("01004", "", "Brumeval"), None, "communes_disagree"),
        # As spreadsheets and people write codes.
        (("", "1500.0", ""), "01004", ""),
        (("", "01 500", ""), "01004", ""),
        (("", "75 012", ""), "75112", ""),
        (("01 004", "", ""), "01004", ""),
        (("1004,0", "", ""), "01004", ""),
        # Roman figures.
        (("", "", "Paris XII"), "75112", "commune_by_name"),
        (("", "", "Paris XVIe"), "75116", "commune_by_name"),
        (("", "75012", "PARIS XVI"), None, "communes_disagree"),
    ],
)
def test_commune_of(place, code, remark):
    found = Communes([Place(*place)]).find(Place(*place))
    assert (found.commune and found.commune.code, found.reason or found.remark) == (code, remark)


@pytest.mark.usefixtures("_communes")
def test_a_thousand_rows_are_found_with_two_queries(django_assert_num_queries):
    places = [Place("", f"{n:05d}", "Brumeval" if n % 2 else "Autre-Essai") for n in range(1_000)]
    with django_assert_num_queries(2):
        communes = Communes(places)
        assert {communes.find(place).reason for place in places} >= {""}


@pytest.mark.django_db
def test_official_code_brings_the_codes_and_names_of_merged_communes(tmp_path):
    source = tmp_path / "communes.json"
    current = {"departement": "01", "type": "commune-actuelle", "codesPostaux": ["01500"]}
    source.write_text(
        json.dumps(
            [
                {**current, "code": "01004", "nom": "Essai-Réuni", "anciensCodes": ["01997"]},
                {"code": "01004", "nom": "Essai", "type": "commune-deleguee", "chefLieu": "01004"},
                {"code": "01998", "nom": "Vieil-Essai", "type": "commune-associee", "chefLieu": "01004"},
            ]
        ),
        encoding="utf-8",
    )
    assert load_official_code(source) == 1
    assert list(Commune.objects.values_list("code", "former_codes", "former_names")) == [
        ("01004", ["01997", "01998"], ["Essai", "Vieil-Essai"])
    ]
