"""What only a person can decide is asked, once for all alike, and nothing is written until it is answered."""

import io
from contextlib import nullcontext

import pytest
from django.core.management import CommandError, call_command

from accounts.scope import system_scope
from core.jobs import JobState
from incidents.models import Incident
from sites.imports import command
from sites.imports.questions import Questions
from sites.models import Address, ImportFile, ImportRun, Residence
from tests.imports import csv_file, import_as_lead, import_as_operator, plant_communes, preview_as_lead

HEADER = "bailleur;référence;résidence;adresse;code postal;logements"
KNOWN = "Bailleur A;R1;Les Essais;1 rue des Essais;75012;10"
RENAMED = "Bailleur A;R1;Les Épreuves;1 rue des Essais;75012;10"
NEW_DOOR = "Bailleur A;R1;Les Épreuves;3 rue des Essais;75012;5"


@pytest.fixture(autouse=True)
def _communes(db):
    plant_communes()


def stock(*rows, **options):
    return import_as_operator(csv_file(HEADER, *rows), "generic", **options)


def planted():
    with system_scope("seeding"):
        residences = list(Residence.objects.values_list("name", "dwellings"))
        return residences, sorted(Address.objects.values_list("label", "dwellings"))


BEFORE = [("Les Essais", 10)], [("1 rue des Essais", 10)]


def test_a_name_that_would_change_is_asked_about_and_nothing_of_its_rows_is_written():
    stock(KNOWN)
    result = stock(RENAMED, NEW_DOOR, RENAMED)
    assert result.verdicts == [("asked", "residence_renamed")] * 3
    assert planted() == BEFORE
    [asked] = result.run.questions
    assert (asked["kind"], asked["rows"]) == ("residence_renamed", 3)
    assert [(one["lines"], one["file"], one["known"]) for one in asked["examples"]] == [
        ([2, 4], "Les Épreuves", "Les Essais"), ([3], "Les Épreuves", "Les Essais"),
    ]  # fmt: skip


FIRST = {"keep": ("unchanged", "already_there"), "rename": ("imported", "updated")}


@pytest.mark.parametrize(("choice", "name"), [("keep", "Les Essais"), ("rename", "Les Épreuves")])
def test_an_answer_settles_all_alike(choice, name):
    stock(KNOWN)
    result = stock(RENAMED, NEW_DOOR, answers={"residence_renamed": choice})
    assert result.verdicts == [FIRST[choice], ("imported", "new_address")]
    assert planted() == ([(name, 15)], [("1 rue des Essais", 10), ("3 rue des Essais", 5)])
    assert result.run.answers == {"residence_renamed": choice}


def test_examples_and_their_rows_are_bounded_and_the_count_is_true():
    questions = Questions()
    for line in range(1000):
        questions.ask("residence_renamed", line=line, subject=str(line % 300), file="b", known="a")
    for line in range(100):
        questions.ask("residence_renamed", line=line, subject="0", file="b", known="a")
    [asked] = questions.stored()
    assert (asked["rows"], len(asked["examples"]), len(asked["examples"][0]["lines"])) == (1100, 200, 20)


class _Told:
    def update(self, done, total):
        assert 0 <= done <= total


def test_the_command_takes_an_answer(tmp_path, monkeypatch):
    # The progress is written on another connection, which sees nothing of this transaction.
    monkeypatch.setattr(command, "running", lambda job: nullcontext(_Told()))
    stock(KNOWN)
    file = tmp_path / "renamed.csv"
    file.write_bytes(csv_file(HEADER, RENAMED))
    for answers, said in ([], "asked 1"), (["residence_renamed=rename"], "imported 1"):
        out = io.StringIO()
        options = {"profile": "generic", "answer": answers, "stdout": out}
        call_command("import_stock", str(file), **options)
        assert said in out.getvalue()
    assert planted()[0] == [("Les Épreuves", 10)]


def test_the_command_keeps_no_file_that_it_could_not_import(db, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "running", lambda job: nullcontext(_Told()))
    file = tmp_path / "other.csv"
    file.write_bytes(csv_file("titre;autre", "a;b"))
    with pytest.raises(CommandError, match="Colonnes absentes"):
        call_command("import_stock", str(file), profile="generic", stdout=io.StringIO())
    with system_scope("seeding"):
        assert (ImportRun.objects.count(), ImportFile.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "content", "verdict"),
    [
        ("stock", csv_file(HEADER, ";NEUF;Les Essais;1 rue des Essais;75012;10"), ("imported", "new_residence")),
        ("incidents", csv_file("identifiant;nature;jour;adresse;code postal", "F1;Tags;2024-03-14;{};{}"), ("imported", "by_address")),
    ],
)  # fmt: skip
def test_a_preview_says_what_the_import_will_and_writes_nothing(world, kind, content, verdict):
    with system_scope("seeding"):
        address = world.a.address
        postcode = address.commune.postcodes[0]
        Address.objects.filter(pk=address.pk).update(label="1 rue Ici", match_key="1 RUE ICI")
    content = content.replace(b"{}", b"1 rue Ici", 1).replace(b"{}", postcode.encode(), 1)

    def held():
        with system_scope("seeding"):
            return Residence.objects.count(), Address.objects.count(), Incident.objects.count()

    before = held()
    result = preview_as_lead(content, world.a.lead, world.a.landlord, kind=kind)
    assert result.verdicts == [verdict]
    assert held() == before
    with system_scope("seeding"):
        kept = ImportRun.objects.get(pk=result.run.pk)
        assert (kept.state, ImportFile.objects.filter(run=kept).count()) == (JobState.DONE, 1)
    assert import_as_lead(content, world.a.lead, world.a.landlord, kind=kind).verdicts == [verdict]
    assert held() != before
