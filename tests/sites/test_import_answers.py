"""What an import asks is answered once, on the preview, and may be taken back."""

import datetime as dt

import pytest

from accounts.scope import acting_as, system_scope
from core.jobs import JobState
from incidents.models import Incident
from sites.imports import steps, tasks
from sites.models import ImportChange, ImportMapping, ImportRun, Residence
from tests.flow import OWN_FACTS, OWN_STOCK, stored
from tests.imports import csv_file

DATED = "identifiant;nature;jour;référence"


@pytest.fixture
def month_first(flow):
    """Preview a file of facts whose months come first; one of them is known, with another day."""
    flow.through(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    flow.through(csv_file(DATED, "m-1;Tags;02/01/2026;P1", "m-2;Tags;18/01/2026;P1"))
    flow.send(csv_file(DATED, "m-1;Tags;01/03/2026;P1", "m-2;Tags;01/18/2026;P1", "m-3;Tags;01/19/2026;P1"))
    flow.columns(save_as="Nos faits")
    return flow


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
    assert "Terminer et garder le rapport" in page
    assert f'href="{flow.url("words")}"' in page
    [(_word, name)] = [
        (word.text, word.field.html_name) for word in flow.get("words").context["form"].words()
    ]
    flow.words(**{name: "TAGS"})
    page = flow.get("detail").text.replace("\xa0", " ")
    assert ("Terminer et garder le rapport" in page, "Aucune ligne ne sera enregistrée" in page) == (
        False,
        False,
    )


def test_a_preview_without_words_offers_none(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Nom;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    assert flow.url("words") not in flow.get("detail").text
