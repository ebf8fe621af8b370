"""A stock file writes only to the residences that its rows name; what it cannot tell is asked, with both sides."""

import pytest
from django.db import connection

from accounts.models import Organisation
from accounts.scope import system_scope
from incidents.models import Incident
from sites.models import Address, Commune, Residence, ResidenceAlias
from tests import factories as f
from tests.imports import csv_file, import_as_lead, preview_as_lead
from tests.undoing import contents, undo_as_lead

HEADER = "reference;residence;adresse;code postal;commune;logements"
TWO_ADDRESSES = (
    "S1;Les Essais;50 rue des Essais;00100;Brumeval;10",
    "S1;Les Essais;52 rue des Essais;00100;Brumeval;10",
)
ANOTHER = "S2;Autre;52 rue des Essais;00100;Brumeval;10"
NEIGHBOURS = (
    "XV1;Premier;rue du Voisin;00100;Brumeval;10",
    "XV2;Second;rue du Voisin;00100;Brumeval;12",
)


@pytest.fixture(autouse=True)
@system_scope("seeding")
def _brumeval(db):
    Commune.objects.create(code="99901", name="Brumeval", department="00", postcodes=["00100"])
    Commune.objects.create(code="99902", name="Voisine", department="00", postcodes=["00200"])


@pytest.fixture
def send(world):
    """Return a function that imports rows as the lead of landlord A."""

    def sent(*rows, header=HEADER, answers=None, kind="stock"):
        content = csv_file(header, *rows)
        return import_as_lead(content, world.a.lead, world.a.landlord, answers=answers, kind=kind)

    return sent


def stock():
    """Return the residences planted by imports: reference, name, dwellings, addresses, other references."""
    with system_scope("seeding"):
        found = Residence.objects.filter(commune__code__startswith="999").order_by("reference")
        return [
            (
                r.reference, r.name, r.dwellings,
                sorted(Address.objects.filter(residence=r).values_list("label", "dwellings")),
                sorted(ResidenceAlias.objects.filter(residence=r).values_list("reference", flat=True)),
            )
            for r in found
        ]  # fmt: skip


S1 = ("S1", "Les Essais", 20, [("50 rue des Essais", 10), ("52 rue des Essais", 10)], [])
S1_LEFT = ("S1", "Les Essais", 10, [("50 rue des Essais", 10)], [])
S2 = ("S2", "Autre", 10, [("52 rue des Essais", 10)], [])


def test_an_address_known_under_another_reference_is_a_question_with_both_sides(send):
    send(*TWO_ADDRESSES)
    result = send(ANOTHER)
    assert result.verdicts == [("asked", "address_elsewhere")]
    [question] = result.run.questions
    [example] = question["examples"]
    assert (example["file"], example["known"]) == ("S2 · Autre", "S1 · Les Essais")
    assert stock() == [S1]


@pytest.mark.parametrize(
    ("choice", "verdict", "after"),
    [
        ("keep", ("unchanged", "address_kept"), [S1]),
        ("move", ("imported", "address_moved"), [S1_LEFT, S2]),
        ("both", ("imported", "new_residence"), [S1, S2]),
        ("alias", ("merged", "other_reference"), [(*S1[:4], ["S2"])]),
    ],
)
def test_each_answer_about_an_address_and_the_same_file_again(send, world, choice, verdict, after):
    send(*TWO_ADDRESSES)
    before = contents()
    answers = {"address_elsewhere": choice}
    result = send(ANOTHER, answers=answers)
    assert result.verdicts == [verdict]
    assert stock() == after
    again = send(ANOTHER, answers=answers).verdicts
    assert again == [verdict if choice == "keep" else ("unchanged", "already_there")]
    assert stock() == after
    undo_as_lead(result.run, world.a.lead)
    assert contents() == before


def test_an_address_that_moves_takes_its_facts_with_it(send):
    send(*TWO_ADDRESSES)
    with system_scope("seeding"):
        fact = f.IncidentFactory(address=Address.objects.get(label="52 rue des Essais"))
    result = send(ANOTHER, answers={"address_elsewhere": "move"})
    assert result.verdicts == [("imported", "address_moved")]
    with system_scope("seeding"):
        assert Incident.objects.get(pk=fact.pk).residence.reference == "S2"


def test_the_undoing_of_a_move_brings_the_facts_back_and_their_history_keeps_both_ways(send, world):
    send(*TWO_ADDRESSES)
    row = "Tags;10/11/2026;S1;52 rue des Essais;00100"
    send(row, header="nature;jour;reference residence;adresse;code postal", kind="incidents")
    with system_scope("seeding"):
        fact = Incident.objects.get(address__label="52 rue des Essais")
        at_first = fact.residence_id
    before = contents()
    moved = send(ANOTHER, answers={"address_elsewhere": "move"})
    with system_scope("seeding"):
        for_a_while = Incident.objects.get(pk=fact.pk).residence_id
    undo_as_lead(moved.run, world.a.lead)
    after = contents()
    assert [table for table in before if before[table] != after[table]] == ["incidents_incident_history"]
    with system_scope("seeding"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT residence_id FROM incidents_incident_history WHERE pgh_obj_id = %s ORDER BY pgh_id",
            [fact.pk],
        )
        assert [pk for (pk,) in cursor.fetchall()] == [at_first, for_a_while]


def test_a_row_under_another_reference_tells_the_name_that_the_residence_does_not_take(send):
    answers = {"references_at_one_address": "alias", "dwellings_of_rows": "sum"}
    result = send(*NEIGHBOURS, answers=answers)
    assert result.remarks["other_name"] == 1
    told = [line["ligne"] for line in result.lines if "Second" in line["objet"]]
    assert told == ["3"]
    same = send("XV3;Premier;rue du Voisin;00100;Brumeval;22", answers={"address_elsewhere": "alias"})
    assert "other_name" not in same.remarks


@pytest.mark.parametrize("shared", [True, False])
def test_a_reference_of_two_residences_names_neither(send, shared):
    both = {"references_at_one_address": "both", "address_elsewhere": "alias"}
    send(*NEIGHBOURS, answers=both)
    with system_scope("seeding"):
        first, second = Residence.objects.filter(reference__in=["XV1", "XV2"]).order_by("reference")
        for residence in [first, second] if shared else [first]:
            ResidenceAlias.objects.create(
                residence=residence,
                landlord_id=residence.landlord_id,
                commune_id=residence.commune_id,
                reference="XV",
            )
    before = stock()
    verdicts = send("XV;;9 rue Neuve;00100;Brumeval;3").verdicts
    assert verdicts == [("rejected", "several_residences") if shared else ("imported", "new_address")]
    assert (stock() == before) is shared


def test_two_references_at_one_address_of_a_file_are_a_question_and_the_first_is_in(send):
    result = send(*NEIGHBOURS)
    assert result.verdicts == [("imported", "new_residence"), ("asked", "references_at_one_address")]
    [question] = result.run.questions
    [example] = question["examples"]
    assert (example["lines"], example["file"], example["known"]) == ([3], "XV2 · Second", "XV1 · Premier")


@pytest.mark.parametrize(
    ("answers", "after"),
    [
        (
            {"references_at_one_address": "both"},
            [
                ("XV1", "Premier", 10, [("rue du Voisin", 10)], []),
                ("XV2", "Second", 12, [("rue du Voisin", 12)], []),
            ],
        ),
        (
            {"references_at_one_address": "alias", "dwellings_of_rows": "sum"},
            [("XV1", "Premier", 22, [("rue du Voisin", 22)], ["XV2"])],
        ),
        (
            {"references_at_one_address": "alias", "dwellings_of_rows": "highest"},
            [("XV1", "Premier", 12, [("rue du Voisin", 12)], ["XV2"])],
        ),
    ],
)
def test_a_fact_at_the_second_reference_is_placed_whatever_the_answer(send, answers, after):
    send(*NEIGHBOURS, answers=answers)
    assert stock() == after
    assert send(*NEIGHBOURS, answers=answers).verdicts == [("unchanged", "already_there")] * 2
    assert stock() == after
    fact = send("Tags;10/11/2026;XV2", header="nature;jour;reference residence", kind="incidents")
    assert fact.verdicts == [("imported", "by_reference")]
    with system_scope("seeding"):
        placed = Incident.objects.select_related("residence").get(import_run=fact.run)
    assert placed.residence.reference == ("XV1" if len(after) == 1 else "XV2")


def test_equal_rows_of_one_dwelling_in_a_file_of_nothing_else_are_a_dwelling_each(send):
    row = "D1;14 rue Inventee;00100;Brumeval;1"
    header = "reference;adresse;code postal;commune;logements"
    result = send(*[row] * 20, header=header)
    assert stock() == [("D1", "14 rue Inventee", 20, [("14 rue Inventee", 20)], [])]
    assert result.counts == {"imported": {"new_residence": 1}, "merged": {"duplicate_row": 19}}
    assert result.remarks["dwellings_added"] == 1
    assert send(*[row] * 20, header=header).counts == {"unchanged": {"already_there": 20}}


@pytest.mark.parametrize(("choice", "dwellings"), [("count", 2), ("once", 1), ("", None)])
def test_equal_rows_of_one_dwelling_among_others_are_a_question(send, choice, dwellings):
    rows = ["D1;;1 rue X;00100;Brumeval;1"] * 2 + ["D2;;2 rue X;00100;Brumeval;30"] * 2
    result = send(*rows, answers={"dwellings_repeated": choice} if choice else None)
    assert [said[3] for said in stock() if said[0] == "D2"] == [[("2 rue X", 30)]]
    assert [said[2] for said in stock() if said[0] == "D1"] == ([dwellings] if dwellings else [])
    assert result.counts.get("asked", {}) == ({} if choice else {"dwellings_repeated": 2})


def test_unlike_numbers_of_dwellings_at_one_address_are_a_question(send):
    rows = ["D1;;1 rue X;00100;Brumeval;10", "D1;;1 rue X;00100;Brumeval;12"]
    result = send(*rows)
    assert result.counts == {"asked": {"dwellings_of_rows": 2}}
    assert stock() == []
    result = send(*rows, answers={"dwellings_of_rows": "sum"})
    assert stock()[0][2] == 22
    assert result.remarks["dwellings_added"] == 1


def test_a_file_that_names_landlords_leaves_none_to_the_importer(send, world):
    with system_scope("seeding"):
        Organisation.objects.create(name="Logis de l’Écume", kind="landlord")
    result = send(
        f"{world.a.landlord.name};M1;1 rue du Manque;00100;Brumeval;5",
        ";M2;2 rue du Manque;00100;Brumeval;5",
        "Logis de l’Écume;M3;3 rue du Manque;00100;Brumeval;5",
        header="bailleur;reference;adresse;code postal;commune;logements",
    )
    assert result.verdicts == [
        ("imported", "new_residence"), ("rejected", "no_landlord"), ("rejected", "other_landlord"),
    ]  # fmt: skip
    assert [said[0] for said in stock()] == ["M1"]
    assert result.lines[2]["motif"] == "d’un autre bailleur que le vôtre"


@pytest.mark.parametrize(
    ("named", "reason"),
    [("Logis de l’Écume;M1;;;00100;Brumeval", "no_address"), ("Logis de l’Écume;M1;;rue A;00100;Brumeval;;;x", "wrong_columns")],
)  # fmt: skip
def test_a_rejected_row_that_names_a_landlord_leaves_the_others_to_nobody(send, world, named, reason):
    header = "bailleur;reference;residence;adresse;code postal;commune"
    result = send(named, ";M2;Autre;2 rue des Essais;00100;Brumeval", header=header)
    assert result.verdicts == [("rejected", reason), ("rejected", "no_landlord")]


def test_a_rejected_row_without_a_landlord_leaves_the_others_to_the_importer(send, world):
    header = "bailleur;reference;residence;adresse;code postal;commune"
    result = send(";M1;;;00100;Brumeval", ";M2;Autre;2 rue des Essais;00100;Brumeval", header=header)
    assert result.verdicts == [("rejected", "no_address"), ("imported", "new_residence")]


def test_a_residence_with_two_names_in_one_file_is_a_question(send):
    rows = ["Q1;Un;1 rue X;00100;Brumeval;1", "Q1;Autre nom;3 rue X;00100;Brumeval;2"]
    assert send(*rows).verdicts == [("imported", "new_residence"), ("asked", "residence_renamed")]
    assert stock() == [("Q1", "Un", 1, [("1 rue X", 1)], [])]


def test_a_row_without_reference_at_an_address_of_two_residences_is_told_by_the_name_or_rejected(send):
    send(*NEIGHBOURS, answers={"references_at_one_address": "both"})
    rows = [";Second;rue du Voisin;00100;Brumeval;12", ";;rue du Voisin;00100;Brumeval;12"]
    assert send(*rows).verdicts == [("unchanged", "already_there"), ("rejected", "several_residences")]


def test_a_reference_first_seen_in_another_commune_of_the_file_is_asked_about_in_a_preview_too(world, send):
    rows = ["Q1;;1 rue X;00200;Voisine;2", "Q1;;1 rue Y;00100;Brumeval;3"]
    shown = preview_as_lead(csv_file(HEADER, *rows), world.a.lead, world.a.landlord)
    assert shown.verdicts == [("imported", "new_residence"), ("asked", "other_commune")]
    assert send(*rows).verdicts == shown.verdicts


def test_rows_of_many_communes_are_settled_in_parts_with_the_same_outcome(send, monkeypatch):
    rows = [f"Q{n};;{n} rue X;00{1 + n % 2}00;{('Brumeval', 'Voisine')[n % 2]};2" for n in range(6)]
    monkeypatch.setattr("sites.imports.stock_staging._ROWS", 1)
    result = send(*rows)
    assert result.verdicts == [("imported", "new_residence")] * 6
    assert [line["ligne"] for line in result.lines] == [str(n) for n in range(2, 8)]
    assert send(*rows).counts == {"unchanged": {"already_there": 6}}
