"""An own file goes in by its pages: read, its columns and words said, previewed, imported, and what is wrong comes back."""

import datetime as dt
import json
from contextlib import nullcontext

import pytest
from django.urls import reverse

from accounts.scope import system_scope
from core.jobs import JobError, JobState
from incidents.models import Incident
from sites.imports import tasks
from sites.imports.mapping.fields import titles
from sites.imports.run import importers
from sites.models import Address, Commune, ImportFile, ImportRun, Residence
from tests.flow import OWN_FACTS, OWN_STOCK, Told, stored
from tests.imports import csv_file
from tests.sites.imports.files import book, ods, zipped

ODS_ROW = (
    '<table:table-row><table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell></table:table-row>'
)
FEATURE = {"type": "Feature", "geometry": None, "properties": {"Repère": "P1", "Voie": "1 rue X"}}


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


def test_every_column_of_a_shipped_format_can_be_chosen_by_hand():
    for importer in importers().values():
        for profile in importer.profiles.values():
            assert set(profile.columns) - set(importer.fields) == set(), profile.name
        assert importer.titles is not None
        called = titles(importer.titles)
        assert (called.whole.keys() | called.parts.keys()) - set(importer.fields) == set()


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


def test_an_unknown_reference_is_told(flow):
    flow.send(csv_file(OWN_FACTS, "F1;Tags;14/02/2025;R-404;;;"))
    flow.columns()
    flow.start()
    assert "F1 · Tags · R-404" in flow.get("detail").text


@pytest.mark.parametrize("stage", ["analysis", "preview", "import", "of facts"])
def test_work_on_a_file_that_lasts_too_long_is_ended_and_leaves_nothing(flow, world, monkeypatch, stage):
    """The bound is of time alone: the file has one row."""
    monkeypatch.setattr("sites.imports.analysis._ROWS_BETWEEN_NEWS", 1)
    with system_scope("seeding"):
        Commune.objects.create(code="00100", name="Brumeval", department="00", postcodes=["00100"])
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    before = stored(Residence, "pk"), stored(Incident, "pk")
    file = csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;00100;Brumeval;24")

    def too_long():
        monkeypatch.setattr(tasks, "LONGEST_S", -60)
        return pytest.raises(
            JobError, match=r"Ce fichier demande plus de -1 minutes de travail ; rien n’en a été enregistré\."
        )

    if stage == "of facts":
        flow.send(csv_file(OWN_FACTS, "F2;Tag;19/11/2025;1001;8 rue Fictive;00100;Brumeval"))
        flow.columns()
        flow.words()
    elif stage != "analysis":
        flow.send(file)
    if stage == "import":
        flow.columns()
    with too_long():
        {"analysis": lambda: flow.send(file), "preview": flow.columns}.get(stage, flow.start)()
    assert (stored(Residence, "pk"), stored(Incident, "pk")) == before


def test_half_an_hour_is_what_a_file_may_take():
    assert tasks.LONGEST_S == 30 * 60
