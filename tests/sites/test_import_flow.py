"""An own file goes in by its pages: read, its columns and words said, previewed, imported, and what is wrong comes back."""

import datetime as dt
import gzip
import json
from contextlib import nullcontext

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, Membership, User
from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, JobState
from incidents.imports.types import propose, synonyms
from incidents.models import Incident
from sites.imports import retention, steps, summary, tasks
from sites.imports.mapping.fields import bare, titles
from sites.imports.mapping.saved import without_words_about_people
from sites.imports.mapping.services import note_columns
from sites.imports.rejected import OWN
from sites.imports.run import importers
from sites.models import Address, Commune, ImportChange, ImportFile, ImportMapping, ImportRun, Residence
from tests import factories as f
from tests.flow import Flow, Told
from tests.imports import csv_file, plant_communes
from tests.sites.imports.files import book, ods, zipped
from tests.versions import opened

ODS_ROW = (
    '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell></table:table-row>'
)
FEATURE = {"type": "Feature", "geometry": None, "properties": {"Repère": "P1", "Voie": "1 rue X"}}
OWN_FACTS = "N° fait;Type d'incident;Date du fait;Code résidence;Adresse;Code postal;Ville"
OWN_STOCK = "Code programme;Nom programme;Adresse;CP;Ville;Nb logts"


@pytest.fixture
def flow(world, sign_in):
    plant_communes()
    return Flow(sign_in(world.a.lead), world.a.lead, world.a.landlord)


def stored(model, *fields):
    with system_scope("seeding"):
        return list(model.objects.order_by("id").values_list(*fields))


def test_a_file_of_an_own_tool_is_recognised_as_facts_and_goes_in(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    flow.send(csv_file(OWN_FACTS, "F2;Tag;19/11/2025;1001;8 rue Fictive;00100;Brumeval"))
    assert (flow.run.kind, flow.run.mapping["columns"]) == (
        "incidents",
        {
            "0": "external_id",
            "1": "type",
            "2": "day",
            "3": "reference",
            "4": "address",
            "5": "postcode",
            "6": "city",
        },
    )
    assert flow.columns().headers["Location"] == flow.url("words")
    [word] = flow.get("words").context["form"].words()
    assert (word.text, word.rows, word.field.value()) == ("Tag", 1, "TAGS")
    flow.words()
    page = flow.get("detail").text.replace("\xa0", " ")
    assert "rien n’est encore enregistré" in page
    assert "ligne 2 : F2 · Tag" in page
    with system_scope("seeding"):
        before = Incident.objects.count()
    flow.start()
    assert flow.run.counts["imported"] == {"by_reference": 1}
    [*_others, fact] = stored(Incident, "fact_type__code", "day", "external_id", "residence_id")
    assert fact == ("TAGS", dt.date(2025, 11, 19), "F2", world.a.residence.pk)
    assert len(stored(Incident, "pk")) == before + 1


def test_own_headings_of_a_stock_are_one_residence_with_its_dwellings(flow):
    with system_scope("seeding"):
        Commune.objects.create(code="00100", name="Brumeval", department="00", postcodes=["00100"])
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;00100;Brumeval;24"))
    assert flow.columns().headers["Location"] == flow.url("detail")
    flow.start()
    [*_others, residence] = stored(Residence, "reference", "name", "commune__name", "dwellings")
    assert residence == ("P1", "Les Essais", "Brumeval", 24)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (OWN_FACTS, "incidents"),
        (OWN_STOCK, "stock"),
        ("jour;adresse", ""),
        ("référence;adresse;code postal;ville", ""),
        ("date;type", "incidents"),
        ("a;b", ""),
        ("id_dmr;type;soustype;datedecl;adresse;code_postal;geo_point_2d", "incidents"),
        ("bs;id_livraison;adresse_programme;code_postal;ville;nb_logmt_total;geo_point_2d;coord_x_l93;coord_y_l93", "stock"),
    ],
)  # fmt: skip
def test_a_kind_is_proposed_only_when_its_own_columns_are_there(flow, header, kind):
    flow.send(csv_file(header, ";".join("1" for _title in header.split(";"))))
    assert flow.run.kind == kind
    page = flow.get("columns").text
    assert ("Que contient ce fichier ?" in page) is (kind == "")


def test_columns_that_are_missing_are_named_and_what_was_chosen_stays(flow):
    flow.send(csv_file("jour;adresse;note", "2025-11-19;1 rue X;vu"))
    answer = flow.post("columns", "?kind=incidents", column_0="", column_2="cost")
    assert answer.status_code == 422
    assert "Dites quelle colonne contient : « Nature du fait » et « Jour, ou premier jour »." in answer.text
    assert answer.context["form"]["column_2"].value() == "cost"
    assert flow.run.state == JobState.DONE


def test_a_street_and_a_day_are_put_together_from_their_parts_and_a_type_holds_for_every_row(flow, world):
    with system_scope("seeding"):
        Address.objects.filter(pk=world.a.address.pk).update(
            label="12 bis rue des Essais", match_key="12BIS RUE ESSAIS", postcode="75012"
        )
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="R-1")
    header = "N° voie;Indice;Type de voie;Nom de voie;J;M;A;Code résidence"
    flow.send(
        csv_file(header, "12;bis;rue;des Essais;9;11;2025;R-1", "12;bis;rue;des Essais;31;novembre;2025;R-1")
    )
    answer = flow.columns(
        "?kind=incidents",
        column_4="day_number",
        column_5="month_number",
        column_6="year_number",
        constant_type="TAGS",
    )
    assert answer.headers["Location"] == flow.url("detail")
    assert flow.run.counts == {"imported": {"by_reference": 1}, "rejected": {"bad_date": 1}}
    flow.start()
    [*_others, fact] = stored(Incident, "fact_type__code", "day", "address_id")
    assert fact == ("TAGS", dt.date(2025, 11, 9), world.a.address.pk)


@pytest.mark.parametrize(
    ("projection", "x", "y"),
    [
        ("EPSG:4326", "2,39810", "48,83400"),
        ("EPSG:2154", "655817,6", "6859495,7"),
        ("EPSG:3949", "1655815,8", "8181716,2"),
        ("EPSG:27572", "604524,3", "2426182,9"),
    ],
)
def test_a_point_in_any_usual_projection_is_put_in_degrees(flow, projection, x, y):
    flow.send(csv_file("Code programme;Nom programme;Adresse;CP;X;Y", f"P1;Les Essais;1 rue X;75012;{x};{y}"))
    flow.columns(projection=projection)
    flow.start()
    [*_others, (longitude, latitude)] = stored(Address, "longitude", "latitude")
    assert (longitude, latitude) == (pytest.approx(2.3981, abs=2e-4), pytest.approx(48.834, abs=2e-4))


def test_words_are_given_a_meaning_left_out_or_left_to_decide(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    words = (
        "Dépôt sauvage",
        "Trafic de stupéfiants",
        "Nuisances sonores",
        "Fuite d'eau",
        "Zzz",
        "Mme Durand",
    )
    rows = [f"F{n};{word};19/11/2025;1001;;;" for n, word in enumerate(words)]
    flow.send(csv_file(OWN_FACTS, *rows))
    flow.columns()
    shown = {
        word.text: (word.field.html_name, word.field.value())
        for word in flow.get("words").context["form"].words()
    }
    assert {text: value for text, (_name, value) in shown.items()} == {
        "Dépôt sauvage": "LITTERING", "Trafic de stupéfiants": "PETTY_DEALING", "Nuisances sonores": "NOISE",
        "Fuite d'eau": "", "Zzz": "",
    }  # fmt: skip
    flow.words(**{shown["Fuite d'eau"][0]: "-"})
    assert flow.run.counts == {
        "imported": {"by_reference": 3}, "rejected": {"type_left_out": 1, "unknown_type": 1, "speaks_of_people": 1},
    }  # fmt: skip
    flow.start()
    assert [len(row) for row in flow.rejected()[1:]] == [9, 2]
    assert "Durand" not in str(flow.rejected())
    # What was left out on purpose needs no correction.
    with system_scope("seeding"):
        reasons = [line.reason for line in summary.rejected(flow.run)]
    assert (len(reasons), reasons[0]) == (2, "nature inconnue")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("patrimoine.zip", zipped(parc__csv=csv_file("Repère;Voie", "P1;1 rue X"))),
        ("patrimoine.XLSX", book(("Parc", [["Repère", "Voie"], ["P1", "1 rue X"]]))),
        ("patrimoine.ods", ods(ODS_ROW.format("Repère", "Voie"), ODS_ROW.format("P1", "1 rue X"))),
        (
            "patrimoine.geojson",
            json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode(),
        ),
    ],
    ids=["zip", "xlsx", "ods", "geojson"],
)
def test_every_format_that_is_read_may_be_sent_by_the_page(flow, name, content):
    flow.send(content, name=name)
    columns = {column["title"]: column["first"] for column in flow.run.analysis["columns"]}
    assert (columns["Repère"], columns["Voie"]) == (["P1"], ["1 rue X"])


def test_a_saved_mapping_is_found_again_by_its_titles_wherever_the_columns_stand(flow):
    flow.send(csv_file("Repère;Voie publique;Lots", "P1;1 rue des Essais;24"))
    flow.columns(
        "?kind=stock", column_0="reference", column_1="address", column_2="dwellings",
        constant_postcode="75012", save_as="Notre outil",
    )  # fmt: skip
    [(name, organisation)] = stored(ImportMapping, "name", "organisation_id")
    assert (name, organisation) == ("Notre outil", flow.landlord.pk)
    flow.client.post(flow.url("abandon"))
    flow.send(csv_file("Lots;Repère;Voie publique", "24;P1;1 rue des Essais"))
    run = flow.run
    assert (run.kind, run.mapping["columns"], run.mapping["constants"]) == (
        "stock", {"0": "dwellings", "1": "reference", "2": "address"}, {"postcode": "75012"},
    )  # fmt: skip
    assert "correspondance « Notre outil »" in flow.get("columns").text
    flow.send(csv_file("Lots;Repère;Voie", "24;P1;1 rue des Essais"))
    assert "saved" not in flow.run.mapping


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


def test_a_question_is_answered_once_for_all_before_anything_is_written(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    flow.start()
    flow.send(csv_file(OWN_STOCK, "P1;Les Épreuves;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    page = flow.get("detail").text.replace("\xa0", " ")
    assert "Résidence connue sous un autre nom" in page
    assert ("Les Essais" in page, "Les Épreuves" in page) == (True, True)
    flow.start(residence_renamed="rename", again="1")
    assert (flow.run.stage, flow.run.counts) == (
        "preview",
        {"imported": {"updated": 1}, "remarks": {"to_place": 1}},
    )
    assert "Les Essais" in dict(stored(Residence, "name", "pk"))
    flow.start(residence_renamed="rename")
    assert "Les Épreuves" in dict(stored(Residence, "name", "pk"))


DATED = "identifiant;nature;jour;référence"


@pytest.fixture
def month_first(flow):
    """Preview a file of facts whose months come first; one of them is known, with another day."""
    flow.through(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    flow.through(csv_file(DATED, "m-1;Tags;02/01/2026;P1", "m-2;Tags;18/01/2026;P1"))
    flow.send(csv_file(DATED, "m-1;Tags;01/03/2026;P1", "m-2;Tags;01/18/2026;P1", "m-3;Tags;01/19/2026;P1"))
    flow.columns(save_as="Nos faits")
    return flow


def test_an_answer_that_raises_another_question_leads_back_to_the_preview(month_first):
    flow = month_first
    assert [question["kind"] for question in flow.run.questions] == ["day_order"]
    before = stored(Incident, "external_id", "day"), stored(ImportChange, "pk")
    flow.start(day_order="month")
    assert (flow.run.stage, flow.run.state) == ("preview", JobState.DONE)
    assert flow.run.counts == {
        "asked": {"fact_differs": 1}, "unchanged": {"already_recorded": 1}, "imported": {"by_reference": 1},
    }  # fmt: skip
    assert (stored(Incident, "external_id", "day"), stored(ImportChange, "pk")) == before
    page = flow.get("detail")
    assert "Vos réponses posent une autre question" in page.text
    assert list(page.context["form"].questions) == ["day_order", "fact_differs"]
    flow.start(day_order="month", fact_differs="take")
    assert (flow.run.stage, flow.run.counts["imported"]) == ("import", {"by_reference": 1, "updated": 1})
    days = {name: day for name, day in stored(Incident, "external_id", "day") if name}
    assert days == {"m-1": dt.date(2026, 1, 3), "m-2": dt.date(2026, 1, 18), "m-3": dt.date(2026, 1, 19)}


def test_a_question_that_was_shown_and_left_open_leads_nowhere_back(month_first):
    flow = month_first
    flow.start()
    assert (flow.run.stage, flow.run.counts) == ("import", {"asked": {"day_order": 3}})


def test_an_answer_may_be_taken_back_on_the_next_preview(month_first):
    flow = month_first
    flow.start(day_order="month")
    flow.start(day_order="", fact_differs="", again="1")
    assert flow.run.counts == {"asked": {"day_order": 3}}
    flow.start()
    assert (flow.run.stage, flow.run.counts) == ("import", {"asked": {"day_order": 3}})
    [(content,)] = stored(ImportMapping, "content")
    assert "day_order" not in content["options"]


def test_the_order_of_figures_that_was_answered_is_kept_for_the_next_file(month_first):
    flow = month_first
    [(content,)] = stored(ImportMapping, "content")
    assert "day_order" not in content["options"]
    flow.start(day_order="month", again="1")
    assert flow.get("detail").context["form"]["day_order"].value() == "month"
    flow.start(day_order="month", fact_differs="keep")
    assert flow.run.stage == "import"
    [(content,)] = stored(ImportMapping, "content")
    assert content["options"]["day_order"] == "month"
    flow.send(csv_file(DATED, "m-4;Tags;01/20/2026;P1"))
    assert flow.get("columns").context["form"]["day_order"].value() == "month"
    flow.columns()
    assert (flow.run.questions, flow.run.counts) == ([], {"imported": {"by_reference": 1}})


def test_a_kept_order_of_figures_does_not_hold_against_what_the_column_shows(month_first):
    flow = month_first
    flow.start(day_order="month", fact_differs="keep", again="1")
    flow.start(day_order="month", fact_differs="keep")
    flow.send(csv_file(DATED, "m-5;Tags;02/03/2026;P1", "m-6;Tags;20/03/2026;P1"))
    assert flow.get("columns").context["form"]["day_order"].value() == "month"
    flow.columns()
    assert flow.run.counts == {"asked": {"day_order": 2}}
    flow.start(day_order="day")
    assert set(stored(Incident, "external_id", "day")) >= {
        ("m-5", dt.date(2026, 3, 2)), ("m-6", dt.date(2026, 3, 20))
    }  # fmt: skip


def test_an_answer_that_is_no_choice_is_refused_with_the_page_kept(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    flow.start()
    flow.send(csv_file(OWN_STOCK, "P1;Les Épreuves;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    answer = flow.client.post(flow.url("start"), {"residence_renamed": "drop"})
    assert (answer.status_code, flow.run.state, flow.run.stage) == (422, JobState.DONE, "preview")
    assert "Les Épreuves" in answer.text


def test_two_clicks_start_one_import(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    with acting_as(flow.person) as scope:
        run = ImportRun.objects.get(pk=flow.pk)
        assert steps.start_import(scope, run, answers={}, then=tasks.run_import) is True
        assert steps.start_import(scope, run, answers={}, then=tasks.run_import) is False
        assert steps.abandon(scope, run) is False


def test_an_abandoned_file_is_forgotten_and_its_journal_entry_stays(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    pk = flow.pk
    flow.client.post(flow.url("abandon"))
    with system_scope("seeding"):
        assert (ImportRun.objects.count(), ImportFile.objects.count()) == (0, 0)
    with acting_as(flow.person):
        entries = AuditEntry.objects.filter(object_type="sites.importrun", object_id=str(pk))
        assert list(entries.order_by("id").values_list("action", flat=True)) == ["import", "cancel"]


def test_a_file_is_read_again_as_the_person_says(flow):
    flow.send(csv_file("Patrimoine 2026", "Code programme,Adresse", "P1,1 rue X"))
    flow.client.post(flow.url("reading"), {"delimiter": ",", "header_row": "2", "header_rows": "1"})
    flow.work()
    assert [column["title"] for column in flow.run.analysis["columns"]] == ["Code programme", "Adresse"]
    assert flow.client.post(flow.url("reading"), {"delimiter": "?"}).status_code == 422


@pytest.mark.parametrize(("reading", "kept"), [({"header_row": 9}, True), ({}, False)])
def test_a_file_refused_for_a_choice_of_reading_is_kept_and_read_anew(flow, monkeypatch, reading, kept):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue X;75012;Paris;24"))
    with system_scope("seeding"):
        ImportRun.objects.update(state=JobState.RUNNING, mapping={"reading": reading})
        if not reading:
            ImportFile.objects.update(content=b"")
    monkeypatch.setattr(tasks, "running", lambda job: nullcontext(Told()))
    monkeypatch.setattr(tasks, "give_up_if_lost_again", lambda run, told: None)
    tasks.run_import(flow.pk)
    assert bool(stored(ImportFile, "pk")) is kept
    with system_scope("seeding"):
        ImportRun.objects.update(state=JobState.FAILED)
    assert (flow.url("restart") in flow.get("detail").text) is kept
    if kept:
        flow.client.post(flow.url("restart"))
        flow.work()
        assert (flow.run.state, len(flow.run.analysis["columns"])) == (JobState.DONE, 6)


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


def test_a_mapping_is_renamed_and_deleted(flow):
    for header, name in (("Repère;Voie", "Un"), ("Repère;Voies", "Deux")):
        flow.send(csv_file(header, "P1;1 rue X"))
        flow.columns("?kind=stock", column_1="address", save_as=name)
    (one, _), (two, _) = stored(ImportMapping, "pk", "name")
    rename = reverse("sites:import_mapping", args=[one])
    version = opened(flow.client, rename)
    assert flow.client.post(rename, {"name": "Deux"} | version).status_code == 422
    flow.client.post(rename, {"name": "Trois"} | version)
    page = flow.client.get(reverse("sites:import_mappings")).text
    assert ("Trois" in page, "Deux" in page) == (True, True)
    flow.client.post(reverse("sites:import_mapping_delete", args=[two]))
    assert stored(ImportMapping, "name") == [("Trois",)]


def test_every_column_of_a_shipped_format_can_be_chosen_by_hand():
    for importer in importers().values():
        for profile in importer.profiles.values():
            assert set(profile.columns) - set(importer.fields) == set(), profile.name
        assert importer.titles is not None
        called = titles(importer.titles)
        assert (called.whole.keys() | called.parts.keys()) - set(importer.fields) == set()


def test_every_synonym_of_a_type_means_one_type(db):
    meant = {bare(word): code for code, words in synonyms().items() for word in words}
    words = [word for words in synonyms().values() for word in words]
    assert {bare(word): code for word, code in propose(words).items()} == meant
    assert len(meant) == len(words), "a word is there twice"


def test_a_column_whose_month_comes_first_is_asked_about_on_the_preview_and_then_read_right(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    known = stored(Incident, "pk")
    rows = [f"F{n};Tag;{day};1001;;;" for n, day in enumerate(("11/18/2025", "02/03/2025"), 1)]
    for choice, days in (("", []), ("month", ["2025-02-03", "2025-11-18"])):
        flow.send(csv_file(OWN_FACTS, *rows))
        flow.columns()
        flow.words()
        form = flow.get("detail").context["form"]
        assert (flow.run.counts, form["day_order"].value()) == ({"asked": {"day_order": 2}}, "")
        assert "Le mois vient d’abord" in flow.get("detail").text
        flow.start(**({"day_order": choice} if choice else {}))
        found = [str(day) for pk, day in stored(Incident, "pk", "day") if (pk,) not in known]
        assert sorted(found) == days
        with system_scope("seeding"):
            Incident.objects.exclude(pk__in=[pk for (pk,) in known]).delete()


def test_the_order_of_days_may_be_said_with_the_columns(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    flow.send(csv_file(OWN_FACTS, "F1;Tag;02/03/2025;1001;;;"))
    flow.columns(day_order="month")
    flow.words()
    flow.start()
    assert stored(Incident, "external_id", "day")[-1] == ("F1", dt.date(2025, 2, 3))


def test_words_for_a_kind_of_place_and_a_reporter_are_told_like_types(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    header = "N° fait;Type d'incident;Date du fait;Code résidence;Lieu précis;Origine"
    flow.send(
        csv_file(
            header,
            "F1;Tags;18/11/2025;1001;Sous-sol voitures;Vigile",
            "F2;Tags;18/11/2025;1001;Hall;Gardien",
            "F3;Tags;18/11/2025;1001;Ascenseur B;Gardien",
        )
    )
    assert flow.columns().headers["Location"] == flow.url("words")
    form = flow.get("words").context["form"]
    told = {group.label: {word.text: word.field.html_name for word in group.words} for group in form.groups()}
    places, reporters = told["Lieu précis"], told["Origine"]
    kinds = [code for code, _label in importers()["incidents"].constants("place_kind")]
    sources = [code for code, _label in importers()["incidents"].constants("reporter")]
    flow.words(**{
        places["Sous-sol voitures"]: kinds[-1], places["Ascenseur B"]: "-", reporters["Vigile"]: sources[0],
        reporters["Gardien"]: sources[1],
    })  # fmt: skip
    flow.start()
    assert "remarks" not in flow.run.counts
    found = {one[0]: one[1:] for one in stored(Incident, "external_id", "place_kind", "source")}
    assert [found["F1"], found["F3"]] == [(kinds[-1], sources[0]), ("", sources[1])]


def test_every_example_of_a_question_is_on_the_page(flow):
    row = "P{};{};{} rue des Essais;75012;Paris;24"
    flow.send(csv_file(OWN_STOCK, *(row.format(n, f"Nom {n}", n) for n in range(1, 13))))
    flow.columns()
    flow.start()
    flow.send(csv_file(OWN_STOCK, *(row.format(n, f"Autre nom {n}", n) for n in range(1, 13))))
    flow.columns()
    page = flow.get("detail").text.replace("\xa0", " ")
    assert [n for n in range(1, 13) if f">Autre nom {n}<" not in page] == []
    assert "2 autres exemples" in page


def test_rows_that_are_left_out_tell_the_order_of_the_column_as_well(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    flow.send(csv_file(OWN_FACTS, "F1;Tag;02/03/2025;1001;;;", "F2;Fuite d’eau;11/18/2025;1001;;;"))
    flow.columns()
    flow.words()
    assert flow.run.counts == {"asked": {"day_order": 1}, "rejected": {"unknown_type": 1}}


def test_a_preview_is_of_the_columns_as_they_are_said_last(flow):
    flow.send(csv_file(OWN_FACTS, "F2;Tag;19/11/2025;1001;;;"))
    flow.columns()
    flow.words()
    assert flow.run.stage == "preview"
    # The columns are said anew, and the words not yet: nothing is imported by what nobody previewed.
    flow.columns(column_0="")
    assert (flow.run.stage, flow.run.counts, flow.run.report) == ("analysis", {}, None)
    assert flow.client.post(flow.url("start"), {}).headers["Location"] == flow.url("detail")
    assert (flow.run.stage, flow.run.state) == ("analysis", JobState.DONE)
    with acting_as(flow.person) as scope:
        run = ImportRun.objects.get(pk=flow.pk)
        assert not steps.start_import(scope, run, answers={}, then=tasks.run_import)
        assert not steps.answer(scope, run, answers={}, then=tasks.run_import)
    assert stored(Incident, "import_run").count((flow.pk,)) == 0


def test_columns_said_after_the_import_was_asked_for_change_nothing(flow):
    flow.send(csv_file(OWN_FACTS, "F2;Tag;19/11/2025;1001;;;"))
    flow.columns()
    flow.words()
    with acting_as(flow.person) as scope:
        late = ImportRun.objects.get(pk=flow.pk)
        flow.client.post(flow.url("start"), {})
        mapping = {**late.mapping, "columns": {}}
        assert not note_columns(scope, late, mapping=mapping)
    assert flow.run.mapping["columns"] != {}


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


@pytest.fixture
def colleague(world):
    with system_scope("seeding"):
        return f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD).user


@pytest.fixture
def worked(monkeypatch):
    """The worker's task, whose progress is written on no connection of its own."""
    monkeypatch.setattr(tasks, "running", lambda job: nullcontext(Told()))
    monkeypatch.setattr(tasks, "give_up_if_lost_again", lambda run, told: None)
    return tasks.run_import


def test_an_import_is_done_in_the_name_of_whoever_asked_for_it(flow, world, sign_in, colleague, worked):
    flow.send(csv_file(OWN_FACTS, f"F2;Tag;19/11/2025;{world.a.residence.reference};;;"))
    flow.columns()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {})
    worked(flow.pk)
    with system_scope("seeding"):
        recorded = Incident.objects.filter(import_run=flow.pk)
        assert list(recorded.values_list("reported_by")) == [(colleague.pk,)]
    assert (flow.run.created_by_id, flow.run.actor_id) == (world.a.lead.pk, colleague.pk)


def test_differences_taken_over_are_signed_by_whoever_asked_for_the_import(
    flow, world, sign_in, colleague, worked
):
    day = timezone.localdate() - dt.timedelta(3)
    for kind in ("Tag", "Tapage"):
        flow.send(csv_file(OWN_FACTS, f"F2;{kind};{day:%d/%m/%Y};{world.a.residence.reference};;;"))
        flow.columns()
        if kind == "Tag":
            flow.words()
            flow.start()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {"fact_differs": "take"})
    worked(flow.pk)
    with system_scope("seeding"):
        fact = Incident.objects.get(external_id="F2")
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="sites.importrun", object_id=str(flow.pk))
        assert list(
            entries.filter(action="update", detail={"facts": 1}).values_list("actor_id", "detail")
        ) == [(colleague.pk, {"facts": 1})]
    assert (fact.reported_by_id, fact.changed_by_id) == (world.a.lead.pk, colleague.pk)


def test_an_import_asked_for_by_somebody_who_leads_no_more_says_so_and_is_forgotten(
    flow, sign_in, colleague, worked
):
    flow.send(csv_file(OWN_FACTS, "F2;Tag;19/11/2025;1001;;;"))
    flow.columns()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {})
    with system_scope("seeding"):
        membership = Membership.objects.filter(user=colleague)
        membership.update(starts_on=dt.date(2020, 1, 1), ends_on=timezone.localdate() - dt.timedelta(1))
    with pytest.raises(JobError, match="n’est plus référente"):
        tasks._perform(flow.pk, colleague, Told())
    worked(flow.pk)
    assert stored(ImportFile, "pk") == []
    assert stored(Incident, "import_run").count((flow.pk,)) == 0


def test_an_import_asked_for_from_an_account_closed_since_is_not_done(
    flow, sign_in, colleague, worked, world
):
    flow.send(csv_file(OWN_FACTS, f"F2;Tag;19/11/2025;{world.a.residence.reference};;;", "F3;Tag;hier;;;;"))
    flow.columns()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {})
    with system_scope("seeding"):
        User.objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(JobError, match="n’est plus référente"):
        tasks._perform(flow.pk, load_user(colleague.pk), Told())
    worked(flow.pk)
    assert stored(Incident, "import_run").count((flow.pk,)) == 0
    # What its preview told of the file is forgotten with it.
    assert (stored(ImportFile, "pk"), flow.run.report, flow.run.questions) == ([], None, [])


def test_a_message_that_comes_again_after_its_import_was_abandoned_does_nothing(flow, worked):
    flow.send(csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3"))
    flow.client.post(flow.url("abandon"))
    worked(flow.pk)
    assert stored(ImportRun, "pk") == []


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


def test_an_import_that_is_being_undone_is_not_imported_again(flow, worked):
    flow.send(csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3"))
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=flow.pk).update(stage="undo", state=JobState.QUEUED)
    worked(flow.pk)
    assert (flow.run.stage, flow.run.state) == ("undo", JobState.QUEUED)
    assert stored(ImportFile, "run_id") == [(flow.pk,)]


def test_a_column_of_a_question_that_no_example_fills_is_not_shown(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    flow.send(csv_file(OWN_FACTS, "F1;Tag;02/14/2025;1001;;;", "F2;Tag;02/15/2025;1001;;;"))
    flow.columns()
    flow.words()
    page = flow.get("detail").text.replace("\xa0", " ")
    assert ("Le fichier dit" in page, "Objet" in page, "Enregistré aujourd’hui" in page) == (
        True,
        False,
        False,
    )


def test_a_preview_that_imports_nothing_says_so_and_leads_back_to_columns_and_words(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    flow.send(csv_file(OWN_FACTS, "F1;Soucoupe;14/02/2025;1001;;;"))
    flow.columns()
    flow.words()
    page = flow.get("detail").text.replace("\xa0", " ")
    assert "Aucune ligne ne sera enregistrée" in page
    assert "Terminer sans rien importer" in page
    assert f'href="{flow.url("words")}"' in page
    [(_word, name)] = [
        (word.text, word.field.html_name) for word in flow.get("words").context["form"].words()
    ]
    flow.words(**{name: "TAGS"})
    page = flow.get("detail").text.replace("\xa0", " ")
    assert ("Terminer sans rien importer" in page, "Aucune ligne ne sera enregistrée" in page) == (
        False,
        False,
    )


def test_a_preview_without_words_offers_none(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Nom;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    assert flow.url("words") not in flow.get("detail").text


def test_rows_of_an_unknown_landlord_lead_to_the_page_of_other_names(flow, world):
    names = reverse("accounts:other_names", args=[world.a.landlord.pk])
    header = f"{OWN_STOCK};Bailleur"
    flow.send(csv_file(header, "P1;Nom;1 rue des Essais;75012;Paris;24;Sigle Inconnu"))
    flow.columns()
    assert names in flow.get("detail").text
    flow.start()
    assert flow.run.counts == {"rejected": {"other_landlord": 1}}
    assert names in flow.get("detail").text
    flow.send(csv_file(header, f"P1;Nom;1 rue des Essais;75012;Paris;24;{world.a.landlord.name}"))
    flow.columns()
    assert names not in flow.get("detail").text


def test_a_file_of_titles_alone_says_that_it_holds_nothing(flow):
    flow.send(csv_file(OWN_STOCK))
    said = "Aucune ligne sous les titres"
    assert said in flow.get("columns").text
    flow.send(csv_file(OWN_STOCK, "P1;Nom;1 rue des Essais;75012;Paris;24"))
    assert said not in flow.get("columns").text


def test_a_file_that_could_not_be_read_is_dated_without_a_kind(flow):
    with pytest.raises(JobError, match="Le fichier est vide"):
        flow.send(b"\n\n")
    page = flow.get("detail").text.replace("\xa0", " ")
    assert '<p class="text-secondary m-0">Envoyé le ' in page


def test_a_person_has_so_many_files_waiting_and_no_more(flow, settings):
    settings.IMPORT_FILES_WAITING = 2
    content = csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24")
    flow.through(content)
    flow.send(content)
    flow.columns()
    flow.send(content)
    sent = {"organisation": flow.landlord.pk, "file": SimpleUploadedFile("outil.csv", content)}
    refused = flow.client.post(reverse("sites:import_create"), sent)
    assert refused.status_code == 422
    assert (
        "2 de vos fichiers attendent déjà, le plus qui se puisse : importez-les ou abandonnez-les."
        f' <a href="{reverse("sites:imports")}">Voir les imports</a>' in refused.text
    )
    assert len(stored(ImportRun, "pk")) == 3
    flow.client.post(flow.url("abandon"))
    flow.send(content)
    assert len(stored(ImportRun, "pk")) == 3


def test_a_page_opened_before_the_import_went_on_leads_to_where_it_is(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Nom;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    flow.start()
    before = flow.run.counts
    for name in ("start", "abandon", "reading", "columns", "words"):
        answer = flow.client.post(flow.url(name), {"header_row": 1}, follow=True)
        assert answer.redirect_chain[-1][0] == flow.url("detail"), name
        told = [str(message) for message in answer.context["messages"]]
        assert told == ["Cet import a avancé depuis l’ouverture de la page : voici où il en est."], name
    for name in ("columns", "words"):
        assert flow.client.get(flow.url(name)).headers["Location"] == flow.url("detail"), name
    assert (flow.run.stage, flow.run.state, flow.run.counts) == ("import", JobState.DONE, before)


def test_an_import_that_somebody_else_started_meanwhile_is_not_started_twice(flow, monkeypatch):
    flow.send(csv_file(OWN_STOCK, "P1;Nom;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    # Both pages find the run waiting; the other one is quicker.
    monkeypatch.setattr(steps, "_go_on", lambda *_args, **_options: False)
    answer = flow.client.post(flow.url("start"), follow=True)
    assert "voici où il en est" in answer.text
    assert flow.run.stage == "preview"


def test_an_unknown_reference_is_told(flow):
    flow.send(csv_file(OWN_FACTS, "F1;Tags;14/02/2025;R-404;;;"))
    flow.columns()
    flow.start()
    assert "F1 · Tags · R-404" in flow.get("detail").text
