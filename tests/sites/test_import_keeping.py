"""What is kept of a file, for how long, and nothing about a person."""

import datetime as dt
import gzip

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.jobs import JobState
from sites.imports import retention
from sites.imports.mapping.saved import without_words_about_people
from sites.imports.rejected import OWN
from sites.models import ImportFile, ImportMapping, ImportRun, Residence
from tests.flow import OWN_FACTS, OWN_STOCK, stored
from tests.imports import csv_file


def test_rejected_rows_come_back_with_a_reason_are_corrected_and_go_in(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    rows = ["F1;Tag;19/11/2025;1001;;;", "F2;Tag;31/02/2025;1001;;;", "F3;Tag;;1001;chez Mme Durand;;"]
    flow.send(csv_file(OWN_FACTS, *rows))
    flow.columns()
    flow.words()
    flow.start()
    sent_back = flow.rejected()
    why = "date absente ou illisible : écrivez 18/11/2026 ou 2026-11-18"
    assert sent_back == [
        [*OWN, *OWN_FACTS.split(";")],
        ["3", why, "F2", "Tag", "31/02/2025", "1001", "", "", ""],
        ["4", f"{why} (cellules non reprises : elles désignent peut-être une personne)"],
    ]
    corrected = csv_file(*(";".join(row).replace("31/02", "28/02") for row in sent_back[:2]))
    first = flow.run.mapping
    flow.send(corrected)
    again = flow.run.mapping
    assert again["columns"] == {str(int(place) + 2): field for place, field in first["columns"].items()}
    assert again["values"] == {"type": {"Tag": "TAGS"}}
    flow.columns()
    flow.words()
    flow.start()
    assert flow.run.counts == {"imported": {"by_reference": 1}}
    assert flow.get("rejected").status_code == 404


def test_a_mapping_keeps_no_word_about_a_person(flow):
    flow.send(csv_file("Qui;Type;Date", "x;Mme Durand;19/11/2025", "x;Tag;19/11/2025"))
    flow.columns("?kind=incidents", save_as="Outil")
    flow.words()
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=flow.pk).update(
            mapping=flow.run.mapping | {"values": {"type": {"Mme Durand": "TAGS"}}}
        )
    flow.start()
    [(content,)] = stored(ImportMapping, "content")
    assert "Durand" not in str(content)
    run = flow.run
    assert ("Durand" in str(run.mapping), run.analysis) == (False, {})


def test_an_abandoned_file_is_forgotten_and_its_journal_entry_stays(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    pk = flow.pk
    flow.client.post(flow.url("abandon"))
    with system_scope("seeding"):
        assert (ImportRun.objects.count(), ImportFile.objects.count()) == (0, 0)
    with acting_as(flow.person):
        entries = AuditEntry.objects.filter(object_type="sites.importrun", object_id=str(pk))
        assert list(entries.order_by("id").values_list("action", flat=True)) == ["import", "cancel"]


def test_a_file_that_waits_too_long_is_forgotten_and_its_run_says_so(flow, settings):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    assert retention.forget_waiting() == 0
    with system_scope("seeding"):
        long_ago = timezone.now() - dt.timedelta(settings.IMPORT_FILE_DAYS, seconds=5)
        ImportRun.objects.update(queued_at=long_ago)
    assert retention.forget_waiting() == 1
    run = flow.run
    assert (run.state, run.analysis, run.mapping, stored(ImportFile, "pk")) == (JobState.FAILED, {}, {}, [])
    assert run.problem.startswith("Ce fichier attendait depuis trop longtemps")
    assert "attendait depuis trop longtemps" in flow.get("detail").text
    assert flow.get("columns").headers["Location"] == flow.url("detail")


def test_reports_and_rejected_rows_go_after_some_days(flow, settings):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;;75012;Paris;24"))
    flow.columns()
    flow.start()
    assert flow.get("rejected").status_code == 200
    assert retention.forget_reports() == 0
    with system_scope("seeding"):
        ImportRun.objects.update(
            finished_at=timezone.now() - dt.timedelta(settings.IMPORT_REPORT_DAYS, seconds=5)
        )
    assert retention.forget_reports() == 1
    assert (flow.get("report").status_code, flow.get("rejected").status_code) == (404, 404)
    page = flow.get("detail").text.replace("\xa0", " ")
    assert ("1 ligne lue" in page, "Télécharger" in page) == (True, False)


def test_an_undoing_keeps_reports_and_rejected_rows_no_longer(flow, settings):
    flow.send(
        csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24", "P2;Les Essais;;75012;Paris;1")
    )
    flow.columns()
    flow.start()
    days = settings.IMPORT_REPORT_DAYS + settings.IMPORT_FILE_DAYS
    for seconds, gone in ((-60, 0), (60, 1)):
        with system_scope("seeding"):
            ImportRun.objects.update(created_at=timezone.now() - dt.timedelta(days, seconds=seconds))
        if seconds < 0:
            flow.client.post(flow.url("undo"))
        assert (flow.run.stage, retention.forget_reports()) == ("undo", gone)


@pytest.mark.parametrize("field", ["constant_city", "save_as"])
def test_what_is_kept_with_a_mapping_is_about_nobody(flow, field):
    flow.send(csv_file("Code programme;Nom programme;Adresse;CP", "1;A;1 rue X;75012"))
    answer = flow.columns(**{field: "Mme Durand 06 12 34 56 78"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "Durand" not in str(flow.run.mapping)


def test_a_mapping_is_not_renamed_after_a_person(flow):
    flow.send(csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3"))
    flow.columns(save_as="Outil")
    [(pk,)] = stored(ImportMapping, "pk")
    url = reverse("sites:import_mapping", args=[pk])
    assert flow.client.post(url, {"name": "Outil de Mme Durand"}).status_code == 422
    assert stored(ImportMapping, "name") == [("Outil",)]


def test_constants_and_sheets_about_a_person_do_not_stay():
    kept = without_words_about_people(
        {
            "constants": {"city": "Mme Durand", "postcode": "75012"},
            "reading": {"sheet": "Mme Durand", "header_row": 2},
        }
    )
    assert kept["constants"] == {"city": "", "postcode": "75012"}
    assert kept["reading"] == {"sheet": "", "header_row": 2}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Plaintes Mme Durand 0612345678.csv", "fichier.csv"),
        ("patrimoine 2026-11-20.csv", "patrimoine 2026-11-20.csv"),
    ],
)
def test_the_name_of_a_file_is_kept_unless_it_speaks_of_a_person(flow, name, kept):
    flow.send(csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3"), name)
    assert flow.run.filename == kept


def test_a_file_without_titles_has_none_of_its_first_row_in_the_report(flow):
    flow.send(csv_file("Mme Durand 06 12 34 56 78;Quoi;Date", "M. Martin 06 12 34 56 79;Tag;19/11/2025"))
    flow.columns("?kind=incidents", column_0="external_id", column_1="type", column_2="day")
    flow.words()
    flow.start()
    report = b"".join(flow.get("report").streaming_content).decode()
    assert ("Durand" in report, "Martin" in report, "écartée" in report) == (False, False, True)


def test_a_row_of_other_columns_comes_back_without_what_speaks_of_a_person_in_any_of_them(flow):
    flow.through(
        csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3", "2;vu avec Mme Durand;1 rue X;75012;;Paris;3")
    )
    assert flow.rejected()[1:] == [
        [
            "3",
            "nombre de colonnes différent de l’en-tête (cellules non reprises : elles désignent peut-être une personne)",
        ]
    ]
    assert "Durand" not in gzip.decompress(bytes(flow.run.report)).decode()


def test_no_more_of_the_rejected_rows_is_looked_at_than_takes_some_minutes(flow, monkeypatch):
    monkeypatch.setattr("sites.imports.rejected.MOST_LETTERS", 60)
    rows = [f"F{number};Zzz;19/11/2025;1001;;;" for number in range(4)]
    flow.through(csv_file(OWN_FACTS, *rows, f"F9;Zzz;19/11/2025;{'x' * 2_001};;;"))
    assert [len(row) for row in flow.rejected()[1:]] == [9, 9, 9, 2, 2]


def test_a_text_too_long_to_look_at_does_not_come_back(flow):
    rows = [f"F1;Zzz;{'x' * length};1001;;;" for length in (2_000, 2_001)]
    flow.through(csv_file(OWN_FACTS, *rows))
    assert [len(row) for row in flow.rejected()[1:]] == [9, 2]


def test_a_file_bears_what_is_visible_of_its_name(flow):
    flow.send(csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3"), name="parc\u202evsc.exe\u200b.csv")
    assert flow.run.filename == "parcvsc.exe.csv"
