"""A row of a stock names one address: its door, its building and entrance, its national identifiers."""

import pytest

from accounts.scope import system_scope
from sites.models import Address, Commune, Residence
from tests.imports import csv_file, import_as_operator

HEADER = "bailleur;reference;residence;adresse;code postal;commune;logements"
COLUMNS = "bailleur;reference;adresse;code postal;logements;bâtiment;entrée;identifiant RNB;cle_interop"
RNB, OTHER_RNB = "1GA7PBYM1QDY", "2GA7PBYM1QDY"
BAN, OTHER_BAN = "00001_0010_00012", "00001_0010_00014"


@pytest.fixture(autouse=True)
@system_scope("seeding")
def _brumeval(db):
    Commune.objects.create(code="00001", name="Brumeval", department="00", postcodes=["00100"])


def cases(*rows, answers=None):
    lines = [f"A;{row};00100;Brumeval;{dwellings}" for row, dwellings in rows]
    return import_as_operator(csv_file(HEADER, *lines), "generic", answers=answers)


def with_columns(*rows, answers=None):
    lines = [f"A;{row}" for row in rows]
    return import_as_operator(csv_file(COLUMNS, *lines), "generic", answers=answers)


def addresses(*fields):
    with system_scope("seeding"):
        return list(Address.objects.order_by("id").values_list(*fields))


def residences(*fields):
    with system_scope("seeding"):
        return list(Residence.objects.order_by("id").values_list(*fields))


NUMBERS = [
    ("N1;Tour 3;Tour 3 - 26 rue des Essais", 20),
    ("N2;Escalier 2;Escalier 2, 14 rue des Essais", 12),
    ("N3;Appt 45;Appt 45, 28 rue des Essais", 1),
    ("N4;Horizon 2;Résidence Horizon 2 - 30 rue des Essais", 40),
    ("N5;Vraie plage;16-20 rue des Meuniers", 60),
    ("N6;Plage démesurée;3 - 260 rue des Essais", 60),
]


def test_numbers_that_are_no_door_are_none_and_a_boundless_range_is_a_question():
    result = cases(*NUMBERS)
    assert result.verdicts == [("imported", "new_residence")] * 5 + [("asked", "too_many_doors")]
    assert addresses("residence__reference", "match_key", "building", "entrance") == [
        ("N1", "26 RUE ESSAIS # TOUR 3", "Tour 3", ""),
        ("N2", "14 RUE ESSAIS # ESC 2", "", "Escalier 2"),
        ("N3", "28 RUE ESSAIS", "", ""),
        ("N4", "30 RUE ESSAIS", "", ""),
        ("N5", "16-20 RUE MEUNIERS", "", ""),
    ]
    [asked] = result.run.questions
    assert [one["file"] for one in asked["examples"]] == ["3 - 260 rue des Essais"]


@pytest.mark.parametrize(
    ("label", "kind", "choice", "key", "shown"),
    [
        ("3 - 260 rue des Essais", "too_many_doors", "ends", "3,260 RUE ESSAIS", "3, 260 rue des Essais"),
        ("3 - 260 rue des Essais", "too_many_doors", "none", "3?260 RUE ESSAIS", "3 - 260 rue des Essais"),
        ("16-21 rue des Essais", "both_sides", "all", "16:21 RUE ESSAIS", "16 au 21 rue des Essais"),
        ("20-16 rue des Essais", "backwards", "ends", "16,20 RUE ESSAIS", "20, 16 rue des Essais"),
        ("Horizon 2, rue des Essais", "number_or_name", "number", "2 RUE ESSAIS", "Horizon - 2, rue des Essais"),
        ("Horizon 12, rue des Essais", "number_or_name", "name", "HORIZON 12 RUE ESSAIS", "Horizon 12, rue des Essais"),
        ("Horizon 12 - 30 rue des Essais", "number_or_name", "name", "30 RUE ESSAIS", "Horizon 12 : 30 rue des Essais"),
        ("12 ou 14 rue des Essais", "several_doors", "ends", "12-14 RUE ESSAIS", "12, 14 rue des Essais"),
        ("12 ou 14 rue des Essais", "several_doors", "none", "12?14 RUE ESSAIS", "12 ou 14 rue des Essais"),
        ("En face du 12 rue des Essais", "beside_a_door", "number", "12 RUE ESSAIS", "12 rue des Essais"),
        ("12 rue des Essais Bât A à C", "several_units", "none", "12 RUE ESSAIS # BAT A?C", "12 rue des Essais Bât A à C"),
    ],
)  # fmt: skip
def test_an_answer_says_which_doors_and_is_not_asked_for_again(label, kind, choice, key, shown):
    row = (f"N6;Plage;{label}", 60)
    assert cases(row).verdicts == [("asked", kind)]
    assert addresses("id") == residences("id") == []
    assert cases(row, answers={kind: choice}).verdicts == [("imported", "new_residence")]
    assert addresses("match_key", "label") == [(key, shown)]
    assert cases(row).verdicts == [("unchanged", "already_there")]


def test_a_range_of_buildings_may_be_left_out_to_be_written_one_by_one():
    row = ("N6;Plage;12 rue des Essais Bât A à C", 60)
    assert cases(row, answers={"several_units": "leave"}).verdicts == [("rejected", "several_units")]
    assert addresses("id") == residences("id") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 rue des Essais Bât A", "12 rue des Essais Bât A à C"),
        ("12 rue des Essais Escalier B 2", "12 rue des Essais Escalier B 3"),
        ("12 rue des Essais, allée A", "12 rue des Essais, allée B"),
        ("12 rue des Essais Bât A, 2", "12 rue des Essais Bât A, 3"),
        ("12 rue des Essais hall droit", "12 rue des Essais hall gauche"),
        ("32.0 rue des Essais", "34.0 rue des Essais"),
    ],
)
def test_two_rows_that_differ_never_become_one_address_unasked(one, other):
    cases((f"N1;Essais;{one}", 10), (f"N1;Essais;{other}", 10), answers={"several_units": "none"})
    assert [dwellings for (dwellings,) in addresses("dwellings")] == [10, 10]


def test_a_column_and_an_address_that_name_two_buildings_are_a_question():
    rows = ["C1;12 rue des Essais Bât A;00100;10;B;;;", "C1;12 rue des Essais Bât A;00100;10;A;;;"]
    assert with_columns(*rows).verdicts == [("asked", "several_units"), ("imported", "new_residence")]
    assert addresses("label", "dwellings") == [("12 rue des Essais Bât A", 10)]


def test_two_columns_of_units_that_differ_are_two_addresses():
    with_columns("C1;12 rue des Essais;00100;10;B 2;;;", "C1;12 rue des Essais;00100;10;B 3;;;")
    assert addresses("match_key", "dwellings") == [
        ("12 RUE ESSAIS # BAT B2", 10),
        ("12 RUE ESSAIS # BAT B3", 10),
    ]


def test_whole_numbers_that_a_spreadsheet_wrote_as_fractions_are_those_numbers():
    rows = ["1001.0;32.0 rue des Essais;100.0;20.0;1.0;;;", "1001;34,0 rue des Essais;00 100;20;2.0;;;"]
    with_columns(*rows)
    assert addresses("residence__reference", "label", "match_key", "postcode", "dwellings") == [
        ("1001", "32 rue des Essais, Bât. 1", "32 RUE ESSAIS # BAT 1", "00100", 20),
        ("1001", "34 rue des Essais, Bât. 2", "34 RUE ESSAIS # BAT 2", "00100", 20),
    ]


BUILDINGS = [
    ("B1;Les Essais;12 rue des Essais Bât A", 20),
    ("B1;Les Essais;12 rue des Essais Bât B", 30),
    ("B1;Les Essais;12 rue des Essais Bât C", 40),
    ("B2;Le Grand Essai;18 rue des Essais Bât. A", 20),
    ("B3;Le Petit Essai;18 rue des Essais Bât. B", 30),
    ("B4;Nord;12 rue du Pôle Nord", 15),
    ("B5;Sud;12 rue du Pôle Sud", 25),
]


def test_buildings_at_one_number_are_addresses_of_their_own_and_their_dwellings_add_up():
    cases(*BUILDINGS)
    assert residences("reference", "name", "dwellings") == [
        ("B1", "Les Essais", 90),
        ("B2", "Le Grand Essai", 20),
        ("B3", "Le Petit Essai", 30),
        ("B4", "Nord", 15),
        ("B5", "Sud", 25),
    ]
    assert addresses("residence__reference", "building", "dwellings") == [
        ("B1", "Bât A", 20),
        ("B1", "Bât B", 30),
        ("B1", "Bât C", 40),
        ("B2", "Bât. A", 20),
        ("B3", "Bât. B", 30),
        ("B4", "", 15),
        ("B5", "", 25),
    ]
    assert {verdict for verdict, _code in cases(*BUILDINGS).verdicts} == {"unchanged"}


def test_letters_and_numbers_are_four_addresses_found_again_as_others_write_them():
    rows = ["L1;H;{}", "L2;Bis;{}", "L3;Numéro après;{}", "L4;Cinq chiffres;{}"]
    first = ["20H rue des Essais", "42 A bis rue des Essais", "rue des Essais, 24", "10500 route des Essais"]
    again = ["20 h rue des essais", "42A BIS RUE DES ESSAIS", "24, rue des Essais", "10500 RTE DES ESSAIS"]
    cases(*((row.format(label), 4) for row, label in zip(rows, first, strict=True)))
    assert [key for (key,) in addresses("match_key")] == [
        "20H RUE ESSAIS",
        "42ABIS RUE ESSAIS",
        "24 RUE ESSAIS",
        "10500 ROUTE ESSAIS",
    ]
    result = cases(*((row.format(label), 4) for row, label in zip(rows, again, strict=True)))
    assert result.verdicts == [("unchanged", "already_there")] * 4


def test_columns_name_the_building_the_entrance_and_the_identifiers():
    rows = [
        f"C1;12 rue des Essais;00100;20;A;;1GA7-PBYM-1QDY;{BAN}",
        "C1;12 rue des Essais;00100;30;Tour Horizon;2;;",
        "C1;12 rue des Essais Bât C;00100;40;C;Hall 1;nul;12",
    ]
    result = with_columns(*rows)
    assert addresses("label", "building", "entrance", "rnb_id", "ban_key", "dwellings") == [
        ("12 rue des Essais, Bât. A", "Bât. A", "", RNB, BAN, 20),
        ("12 rue des Essais, Tour Horizon, Entrée 2", "Tour Horizon", "Entrée 2", "", "", 30),
        ("12 rue des Essais Bât C, Hall 1", "Bât C", "Hall 1", "", "", 40),
    ]
    assert result.remarks["bad_identifier"] == 1
    assert {verdict for verdict, _code in with_columns(*rows).verdicts} == {"unchanged"}


@pytest.mark.parametrize(
    ("known", "row"),
    [
        (f"C1;12 rue des Essais;00100;20;;;;{BAN}", f"C1;12 rue de l’Ancien-Nom;00100;25;;;;{BAN}"),
        (f"C1;12 rue des Essais;00100;20;A;;;{BAN}", f"C1;12 rue de l’Ancien-Nom bât a;00100;25;;;;{BAN}"),
        (f"C1;12 rue des Essais;00100;20;;;{RNB};", f"C1;12 rue de l’Ancien-Nom;00100;25;;;{RNB};"),
    ],
)
def test_a_known_identifier_decides_which_address_a_row_names(known, row):
    with_columns(known)
    before = addresses("id", "label")
    assert with_columns(row, answers={"dwellings_differ": "take"}).verdicts == [("imported", "updated")]
    assert addresses("id", "label") == before
    assert addresses("dwellings") == [(25,)]


def test_one_key_of_the_national_base_has_several_buildings_and_one_building_several_doors():
    with_columns(
        f"C1;12 rue des Essais;00100;20;A;;{RNB};{BAN}",
        f"C1;12 rue des Essais;00100;30;B;;{OTHER_RNB};{BAN}",
        f"C1;14 rue des Essais;00100;5;A;;{RNB};{OTHER_BAN}",
    )
    assert addresses("match_key", "dwellings") == [
        ("12 RUE ESSAIS # BAT A", 20),
        ("12 RUE ESSAIS # BAT B", 30),
        ("14 RUE ESSAIS # BAT A", 5),
    ]


@pytest.mark.parametrize(
    ("answer", "verdict", "stored"),
    [
        ("", ("asked", "other_identifier"), (RNB, 20)),
        ("keep", ("imported", "updated"), (RNB, 30)),
        ("replace", ("imported", "updated"), (OTHER_RNB, 30)),
    ],
)
def test_another_identifier_at_a_known_address_is_a_question(answer, verdict, stored):
    with_columns(f"C1;12 rue des Essais;00100;20;;;{RNB};")
    answers = {"dwellings_differ": "take"} | ({"other_identifier": answer} if answer else {})
    row = f"C1;12 rue des Essais;00100;30;;;{OTHER_RNB};"
    assert with_columns(row, answers=answers).verdicts == [verdict]
    assert addresses("rnb_id", "dwellings") == [stored]


def test_two_buildings_of_one_file_that_only_their_identifiers_tell_apart_are_a_question():
    result = with_columns(
        f"C1;12 rue des Essais;00100;20;;;{RNB};", f"C2;12 rue des Essais;00100;30;;;{OTHER_RNB};"
    )
    assert result.verdicts == [("imported", "new_residence"), ("asked", "other_identifier")]
    assert addresses("rnb_id", "dwellings") == [(RNB, 20)]
