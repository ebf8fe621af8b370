"""Small files, each of a kind of trouble met in real ones, have their right outcome by the pages."""

import datetime as dt
import gzip
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from accounts.enums import Role
from accounts.scope import system_scope
from incidents.models import Incident
from sites.models import Address, Commune, Residence
from tests import factories as f
from tests.flow import Flow
from tests.imports import csv_file

STOCK = "reference;residence;adresse;code postal;commune;logements"
FACTS = "identifiant;nature;jour;reference"
PLACED = "identifiant;nature;jour;adresse;code postal"
NOISE = "Tapages, dont nocturnes"
BY_REFERENCE, NEW = ("imported", "by_reference"), ("imported", "new_residence")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-27T12:00:00Z", tick=False):
        yield


@pytest.fixture
def flow(db, sign_in):
    with system_scope("seeding"):
        landlord = f.OrganisationFactory(name="Brumeval Habitat")
        f.OrganisationFactory(name="Logis de l’Écume")
        Commune.objects.create(code="00001", name="Brumeval", department="00", postcodes=["00100"])
        Commune.objects.create(code="97499", name="Les Essais", department="974", postcodes=["97499"])
        lead = f.MembershipFactory(organisation=landlord, role=Role.LEAD).user
    return Flow(sign_in(lead), lead, landlord)


@pytest.fixture
def facts(flow):
    """The way of a file of facts: the residence 1001 is there."""
    flow.through(csv_file(STOCK, "1001;Les Vagues;8 rue Fictive;00100;Brumeval;40"))
    return flow


def places(*fields):
    """Return the reference of the residence of each address, and ``fields``."""
    with system_scope("seeding"):
        return sorted(Address.objects.values_list("residence__reference", *fields))


def recorded(*fields):
    """Return the identifier of each fact, and ``fields``."""
    with system_scope("seeding"):
        return sorted(Incident.objects.values_list("external_id", *fields), key=str)


def residences_of(flow, *doors):
    """Import a fact at each door; return the reference of the residence it is recorded in, None for none."""
    rows = [f"{n};Tags;2026-11-{n:02};{door};00100" for n, door in enumerate(doors, 1)]
    flow.through(csv_file(PLACED, *rows))
    found = dict(recorded("residence__reference"))
    return {door: found.get(str(n)) for n, door in enumerate(doors, 1)}


def test_a_number_that_is_no_door_takes_no_fact_of_its_neighbours(flow):
    result = flow.through(
        csv_file(
            STOCK,
            "N1;Tour 3;Tour 3 - 26 rue des Essais;00100;Brumeval;20",
            "N2;Escalier 2;Escalier 2, 14 rue des Essais;00100;Brumeval;12",
            "N3;Appt 45;Appt 45, 28 rue des Essais;00100;Brumeval;1",
            "N4;Horizon 2;Résidence Horizon 2 - 30 rue des Essais;00100;Brumeval;40",
            "N5;Vraie plage;16-20 rue des Meuniers;00100;Brumeval;60",
            "N6;Plage démesurée;3 - 260 rue des Essais;00100;Brumeval;60",
        )
    )
    assert result.verdicts == [NEW] * 5 + [("asked", "too_many_doors")]
    street, mill = "{} rue des Essais", "{} rue des Meuniers"
    expected = {
        "26": "N1",
        "14": "N2",
        "28": "N3",
        "30": "N4",
        "10": None,
        "24": None,
        "20G": None,
        "3": None,
    }
    expected = {street.format(number): residence for number, residence in expected.items()}
    expected |= {mill.format(number): "N5" for number in (16, 18, 20)}
    expected |= {mill.format(number): None for number in (17, 22)}
    assert residences_of(flow, *expected) == expected


def test_a_number_exported_as_a_fraction_and_joined_to_its_street_is_that_number(flow):
    rows = ["F1;32.0;rue des Essais;00100;20", "F1;34.0;rue des Essais;00100;20"]
    flow.through(csv_file("reference;numero;voie;code postal;logements", *rows),
                 columns={"column_1": "address", "column_2": "address"})  # fmt: skip
    assert places("label", "residence__dwellings") == [
        ("F1", "32 rue des Essais", 40),
        ("F1", "34 rue des Essais", 40),
    ]


def test_a_commune_by_a_postcode_that_is_another_ones_is_no_residence(flow):
    result = flow.through(csv_file(STOCK, "Z1;Les Essais;8 rue Fictive;97499;Brumeval;40"))
    assert (result.verdicts, places()) == ([("rejected", "communes_disagree")], [])


def test_buildings_at_one_number_are_addresses_of_their_own(flow):
    flow.through(
        csv_file(
            STOCK,
            "B1;Les Essais;12 rue des Essais Bât A;00100;Brumeval;20",
            "B1;Les Essais;12 rue des Essais Bât B;00100;Brumeval;30",
            "B1;Les Essais;12 rue des Essais Bât C;00100;Brumeval;40",
            "B2;Le Grand Essai;18 rue des Essais Bât. A;00100;Brumeval;20",
            "B3;Le Petit Essai;18 rue des Essais Bât. B;00100;Brumeval;30",
            "B4;Nord;12 rue du Pôle Nord;00100;Brumeval;15",
            "B5;Sud;12 rue du Pôle Sud;00100;Brumeval;25",
        )
    )
    assert places("building", "dwellings", "residence__dwellings") == [
        ("B1", "Bât A", 20, 90), ("B1", "Bât B", 30, 90), ("B1", "Bât C", 40, 90),
        ("B2", "Bât. A", 20, 20), ("B3", "Bât. B", 30, 30), ("B4", "", 15, 15), ("B5", "", 25, 25),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("choice", "after"),
    [
        ("", [("S1", "50"), ("S1", "52")]),
        ("keep", [("S1", "50"), ("S1", "52")]),
        ("move", [("S1", "50"), ("S2", "52")]),
        ("both", [("S1", "50"), ("S1", "52"), ("S2", "52")]),
    ],
)
def test_an_address_under_another_reference_is_a_question_with_both_sides(flow, choice, after):
    row = "{};{};{} rue des Essais;00100;Brumeval;10"
    flow.through(csv_file(STOCK, row.format("S1", "Les Essais", 50), row.format("S1", "Les Essais", 52)))
    flow.send(csv_file(STOCK, row.format("S2", "Autre", 52)))
    flow.columns()
    [question] = flow.get("detail").context["form"].questions.values()
    [asked] = question["examples"]
    assert (question["kind"], asked["file"], asked["known"]) == (
        "address_elsewhere", "S2 · Autre", "S1 · Les Essais",
    )  # fmt: skip
    flow.start(**({"address_elsewhere": choice} if choice else {}))
    assert [(reference, label.split()[0]) for reference, label in places("label")] == after
    with system_scope("seeding"):
        assert Residence.objects.get(reference="S1").name == "Les Essais"


def test_numbers_with_letters_are_found_again_however_they_are_written(flow):
    flow.through(
        csv_file(
            STOCK,
            "L1;Lettre H;20H rue des Essais;00100;Brumeval;4",
            "L2;Bis;42 A bis rue des Essais;00100;Brumeval;4",
            "L3;Numéro après;rue des Essais, 24;00100;Brumeval;4",
            "L4;Cinq chiffres;10500 route des Essais;00100;Brumeval;4",
        )
    )
    expected = {
        "20 h rue des Essais": "L1", "42A BIS RUE DES ESSAIS": "L2", "24, rue des Essais": "L3",
        "10500 ROUTE DES ESSAIS": "L4", "20 rue des Essais": None, "42 rue des Essais": None,
    }  # fmt: skip
    assert residences_of(flow, *expected) == expected


def test_a_stock_with_headings_of_its_own_is_recognised(flow):
    row = "P1;Les Essais;1 rue des Essais;00100;Brumeval;24"
    result = flow.through(csv_file("Code programme;Nom programme;Adresse;CP;Ville;Nb logts", row))
    assert result.verdicts == [NEW]
    assert places("residence__name", "label", "dwellings") == [("P1", "Les Essais", "1 rue des Essais", 24)]


def test_a_stock_with_odd_characters_comes_in_clean(flow):
    row = "{};{};{} rue des Essais;00100;Brumeval;10"
    names = ("\uf0b7 Les Puces", "\ufeffLe Bom", "Le Sourire \U0001f600", "Rés\x92idence", "À l’en\u202evers")
    rows = [row.format(f"O{n}", name, 2 * n) for n, name in enumerate((*names, "中文"), 1)]
    assert flow.through(csv_file(STOCK, *rows)).verdicts == [NEW] * 6
    assert [name for _reference, name in places("residence__name")] == [
        "Les Puces", "Le Bom", "Le Sourire \U0001f600", "Rés’idence", "À l’envers", "中文",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("choice", "verdict", "after"),
    [
        ("", ("asked", "fact_differs"), ("NOISE", dt.date(2026, 11, 2), None, Decimal(100))),
        ("keep", ("unchanged", "kept"), ("NOISE", dt.date(2026, 11, 2), None, Decimal(100))),
        (
            "take",
            ("imported", "updated"),
            ("PHYSICAL_ASSAULT", dt.date(2026, 11, 3), dt.time(21), Decimal(250)),
        ),
    ],
)
def test_a_corrected_fact_is_a_difference_shown_then_taken_or_refused(facts, choice, verdict, after):
    header = "identifiant;nature;jour;heure;reference;coût des dégâts"
    facts.through(csv_file(header, f"corr-1;{NOISE};2026-11-02;;1001;100"))
    facts.send(csv_file(header, "corr-1;Agressions physiques;2026-11-03;21:00;1001;250"))
    facts.columns()
    facts.words()
    page = facts.get("detail").text
    assert (NOISE in page, "Agressions physiques" in page) == (True, True)
    facts.start(**({"fact_differs": choice} if choice else {}))
    assert facts.run.counts == {verdict[0]: {verdict[1]: 1}}
    assert recorded("fact_type__code", "day", "time", "damage_cost") == [("corr-1", *after)]


@pytest.mark.parametrize(("reference", "hour"), [("1001", 0), ("974", 2)])
def test_a_moment_with_a_zone_becomes_the_day_at_its_residence(facts, reference, hour):
    facts.through(csv_file(STOCK, "974;Les Lataniers;1 rue Fictive;97499;Les Essais;40"))
    moments = ("2026-07-14T22:30:00Z", "2026-10-24T22:30:00Z")
    facts.through(csv_file(FACTS, *(f"z-{n};{NOISE};{m};{reference}" for n, m in enumerate(moments, 1))))
    assert recorded("day", "time") == [
        ("z-1", dt.date(2026, 7, 15), dt.time(hour, 30)), ("z-2", dt.date(2026, 10, 25), dt.time(hour, 30)),
    ]  # fmt: skip


def test_rows_that_speak_of_people_are_refused_with_their_column_and_leave_no_word(facts):
    result = facts.through(
        csv_file(
            FACTS,
            f"X2;{NOISE};2026-11-01;1001;auteur Kevin Exemple, né le 03/04/2001;VIH",
            "X3;inconnue: agression de Mme Exemple par son fils Kevin;2026-11-01;1001",
        )
    )
    assert [(line["ligne"], line["code"], line["objet"]) for line in result.lines] == [
        ("2", "speaks_of_people", "colonne « 5 »"), ("3", "speaks_of_people", "colonne « nature »"),
    ]  # fmt: skip
    run = facts.run
    kept = [gzip.decompress(bytes(text)).decode("utf-8-sig") for text in (run.report, run.rejected)]
    kept += [facts.get("detail").text, *_all_rows()]
    assert [
        word for word in ("Kevin", "Exemple", "VIH", "03/04/2001") if any(word in text for text in kept)
    ] == []


def _all_rows():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (text for (text,) in cursor.fetchall())


@pytest.mark.parametrize(
    "lines",
    [
        ("identifiant;nature;jour;reference;", f"h-1;{NOISE};2026-11-02;1001"),
        ("sep=;", FACTS, f"h-1;{NOISE};2026-11-02;1001"),
    ],
)
def test_a_header_one_cell_longer_and_a_line_of_the_separator_cost_no_fact(facts, lines):
    assert facts.through(csv_file(*lines)).verdicts == [BY_REFERENCE]
    assert recorded("day") == [("h-1", dt.date(2026, 11, 2))]


def test_windows_1252_in_capitals_keeps_its_letters(flow):
    rows = [f"C{n};RÉSIDENCE ÉOLE {n};{n} RUE DE L’ÉCOLE;00100;BRUMEVAL;10" for n in range(1, 6)]
    flow.through(csv_file(STOCK.upper(), *rows, encoding="cp1252", end="\r\n"))
    assert places("residence__name", "label") == [
        (f"C{n}", f"RÉSIDENCE ÉOLE {n}", f"{n} RUE DE L’ÉCOLE") for n in range(1, 6)
    ]


def test_one_row_per_dwelling_makes_one_address_with_all_of_them(flow):
    rows = ["D1;14 rue Inventée;00100;Brumeval;1"] * 20
    flow.through(csv_file("référence;adresse;code postal;commune;logements", *rows))
    assert places("label", "dwellings") == [("D1", "14 rue Inventée", 20)]


@pytest.mark.parametrize(("choice", "residence"), [("both", "XV2"), ("alias", "XV1")])
def test_two_references_at_one_address_are_asked_about_and_the_second_is_found(flow, choice, residence):
    rows = "XV1;Premier;rue du Voisin;00100;Brumeval;10", "XV2;Second;rue du Voisin;00100;Brumeval;12"
    flow.send(csv_file(STOCK, *rows))
    flow.columns()
    flow.start(references_at_one_address=choice, again="1")
    flow.start(references_at_one_address=choice, dwellings_of_rows="highest")
    assert flow.run.counts.keys() & {"rejected", "asked"} == set()
    result = flow.through(csv_file("nature;jour;référence résidence", "Tags;10/11/2026;XV2"))
    assert (result.verdicts, recorded("residence__reference")) == ([BY_REFERENCE], [("", residence)])


def test_a_row_without_landlord_is_nobodys_in_a_file_that_names_them(flow):
    rows = [f"{name};M{n};{n} rue du Manque;00100;Brumeval;5" for n, name in
            enumerate(("Brumeval Habitat", "", "Logis de l’Écume"), 1)]  # fmt: skip
    result = flow.through(csv_file("bailleur;référence;adresse;code postal;commune;logements", *rows))
    assert result.verdicts == [NEW, ("rejected", "no_landlord"), ("rejected", "other_landlord")]
    assert places("label") == [("M1", "1 rue du Manque")]


def test_a_row_is_known_by_what_it_means_not_by_how_it_is_written(facts):
    facts.through(csv_file("nature;jour;heure;référence résidence", "Tags;05/11/2026;21h30;1001"))
    again = csv_file("nature;jour;heure;référence résidence;lieu précis", "TAGS;2026-11-05;21:30;1001;")
    assert facts.through(again).verdicts == [("unchanged", "already_recorded")]
    assert recorded("day", "time") == [("", dt.date(2026, 11, 5), dt.time(21, 30))]


def test_the_facts_of_an_own_tool_are_no_stock_and_its_words_are_proposed(facts):
    header = "N° fait;Type d'incident;Date du fait;Code résidence;Adresse;Code postal;Ville"
    facts.send(csv_file(header, "F2;Tag;19/11/2026;1001;8 rue Fictive;00100;Brumeval"))
    assert facts.run.kind == "incidents"
    facts.columns()
    [word] = facts.get("words").context["form"].words()
    assert (word.text, word.field.value()) == ("Tag", "TAGS")
    facts.words()
    facts.start()
    assert recorded("fact_type__code", "day", "residence__reference") == [
        ("F2", "TAGS", dt.date(2026, 11, 19), "1001")
    ]


def test_moments_keep_their_hour_and_spans_are_spans(facts):
    rows = (
        "mo-1;Tags;18/11/2026 21h30;1001", "mo-2;Tags;17/11/2026 - 18/11/2026;1001",
        "mo-3;Tags;du 17 au 18 novembre 2026;1001", "mo-4;Tags;14-juil.-26;1001",
        "mo-5;Tags;18/11/2026 21 h 30;1001",
    )  # fmt: skip
    facts.through(csv_file("identifiant;nature;jour;référence résidence", *rows))
    first, second = dt.date(2026, 11, 17), dt.date(2026, 11, 18)
    assert recorded("day", "span_end", "time") == [
        ("mo-1", second, None, dt.time(21, 30)), ("mo-2", first, second, None), ("mo-3", first, second, None),
        ("mo-4", dt.date(2026, 7, 14), None, None), ("mo-5", second, None, dt.time(21, 30)),
    ]  # fmt: skip
