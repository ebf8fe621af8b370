"""Sending a file in, following it, its report, and placing addresses, over HTTP."""

import datetime as dt
import gzip
import io
import re
import tracemalloc
from contextlib import nullcontext

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.jobs import LATE, JobError, JobState
from sites.imports import tasks
from sites.imports.reading import read
from sites.models import Address, Commune, ImportFile, ImportRun
from tests import factories as f
from tests.imports import csv_file, import_as_lead, plant_communes
from tests.versions import opened

HEADER = "référence;adresse;code postal;commune;logements;longitude;latitude"


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


def upload(lead, world, content, name="essai.csv"):
    file = SimpleUploadedFile(name, content)
    return lead.post(reverse("sites:import_create"), {"organisation": world.a.landlord.pk, "file": file})


def test_a_file_goes_in_and_its_report_comes_out(
    world, lead, monkeypatch, django_capture_on_commit_callbacks
):
    plant_communes()
    queued = []
    monkeypatch.setattr(tasks.run_import, "apply_async", lambda ids, **_: queued.extend(ids))
    with django_capture_on_commit_callbacks(execute=True):
        content = csv_file(HEADER, "R9;1 rue des Pages;75012;Paris;3;;", ";;;;;;x")
        answer = upload(lead, world, content, name="Été 2024.csv")
    with system_scope("seeding"):
        run = ImportRun.objects.get()
    assert queued == [run.pk]
    assert answer.headers["Location"] == reverse("sites:import_detail", args=[run.pk])
    assert "En attente" in lead.get(answer.headers["Location"]).content.decode()

    tasks._perform(run.pk, world.a.lead, _Told())
    columns = lead.get(answer.headers["Location"]).headers["Location"]
    assert columns == reverse("sites:import_columns", args=[run.pk])
    page = lead.get(columns)
    with django_capture_on_commit_callbacks(execute=True):
        lead.post(columns, {field.html_name: field.value() or "" for field in page.context["form"]})
    tasks._perform(run.pk, world.a.lead, _Told())
    assert "rien n’est encore enregistré" in lead.get(answer.headers["Location"]).text
    with django_capture_on_commit_callbacks(execute=True):
        lead.post(reverse("sites:import_start", args=[run.pk]))
    assert queued == [run.pk] * 3
    tasks._perform(run.pk, world.a.lead, _Told())
    tasks._give_back(run.pk, world.a.lead)
    with system_scope("seeding"):
        assert not ImportFile.objects.exists()
    page = lead.get(answer.headers["Location"]).content.decode()
    assert "2 lignes lues" in page
    assert "ouvelle résidence" in page, page
    assert (
        '<th scope="row" class="fw-normal">3</th><td class="text-break">–</td><td>Sans adresse</td>' in page
    )
    report = b"".join(lead.get(reverse("sites:import_report", args=[run.pk])).streaming_content)
    assert (
        report.decode("utf-8-sig").splitlines()[1]
        == "2;importée;nouvelle résidence;adresse à placer sur la carte;R9 · 1 rue des Pages · 75012;new_residence"
    )
    with acting_as(world.a.lead):
        assert [e.action for e in AuditEntry.objects.filter(object_type="sites.importrun").order_by("id")] == [
            "import", "update", "import", "import", "download",
        ]  # fmt: skip


class _Told:
    def update(self, done, total):
        assert 0 <= done <= total


@pytest.mark.parametrize(
    "case",
    [("x.pdf", b"%PDF", "ni un tableur"), ("x.csv", b"a" * 2000, "trop grand"), ("x.csv", b"", "vide")],
)
def test_what_cannot_be_a_file_is_refused_with_the_form_kept(world, lead, settings, case):
    name, content, message = case
    settings.UPLOAD_MAX_BYTES = 1000
    answer = upload(lead, world, content, name=name)
    assert answer.status_code == 422
    assert message in answer.content.decode()


@pytest.mark.parametrize("kind", ["stock", "incidents"])
def test_templates_can_be_filled_in_and_sent_back(lead, kind):
    for ending in ("csv", "xlsx"):
        answer = lead.get(reverse("sites:import_template", args=[kind, ending]))
        table = read(b"".join(answer.streaming_content))
        assert "adresse" in table.header
        assert len(list(table.rows)) == 1


def test_the_words_for_a_nature_are_told_on_the_page_and_in_the_workbook(lead):
    page = lead.get(reverse("sites:import_create")).content.decode()
    told = re.findall(r"<li>([^<]+) <code>(\w+)</code>", page)
    assert ("Tapages, dont nocturnes", "NOISE") in told
    answer = lead.get(reverse("sites:import_template", args=["incidents", "xlsx"]))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert list(book.worksheets[1].values) == [("nature", "code"), *told]
    answer = lead.get(reverse("sites:import_template", args=["stock", "xlsx"]))
    assert len(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets) == 1


@pytest.mark.parametrize(("kind", "verdict"), [("stock", "new_residence"), ("incidents", "by_reference")])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_example_can_be_imported_as_it_is(world, lead, kind, verdict, ending):
    answer = lead.get(reverse("sites:import_template", args=[kind, ending]))
    content = b"".join(answer.streaming_content)
    result = import_as_lead(content, world.a.lead, world.a.landlord, kind=kind)
    assert (result.verdicts, result.remarks) == ([("imported", verdict)], {})


def test_an_example_in_the_fiction_lies_in_its_ocean(world, lead, settings):
    settings.FICTIONAL_AREA = [(-30.2, 44.8, -29.8, 45.2)]
    with system_scope("seeding"):
        Address.objects.filter(landlord=world.a.landlord).update(longitude=-30.01, latitude=44.99)
    answer = lead.get(reverse("sites:import_template", args=["stock", "csv"]))
    content = b"".join(answer.streaming_content)
    assert "-30,01;44,99" in content.decode()
    result = import_as_lead(content, world.a.lead, world.a.landlord, kind="stock")
    assert (result.verdicts, result.remarks) == ([("imported", "new_residence")], {})


@pytest.mark.parametrize(
    ("kind", "header", "sentence"),
    [
        ("stock", "identifiant;nature;jour;adresse;code postal", "fichier de faits, non de patrimoine"),
        ("incidents", HEADER, "fichier de patrimoine, non de faits"),
        ("incidents", "jour;adresse", "Colonnes absentes"),
        ("incidents", "Main courante;;", "doit porter les titres, dit : Main courante"),
        (
            "incidents",
            "12 rue des Mots;x@exemple.invalid",
            "titres des colonnes doivent être sur la première",
        ),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(world, kind, header, sentence):
    with pytest.raises(JobError, match=sentence):
        import_as_lead(csv_file(header), world.a.lead, world.a.landlord, kind=kind)


def test_the_first_rejected_rows_are_on_the_screen(world, lead):
    rows = [f"F{n:03d};Divers;2024-03-14;{n} rue X" for n in range(60)]
    content = csv_file("identifiant;nature;jour;adresse", *rows)
    run = import_as_lead(content, world.a.lead, world.a.landlord, kind="incidents").run
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(state=JobState.DONE)
    page = lead.get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    assert page.count("<td>Nature inconnue</td>") == 50
    assert f"{reverse('sites:import_create')}#natures" in page
    assert (">F000 · Divers<" in page, "F049" in page, "F050" in page) == (True, True, False)


def test_a_word_close_to_an_accepted_type_is_asked_about_in_the_readers_language(world, lead):
    content = csv_file(
        "identifiant;nature;jour;adresse", "F1;Tapage;2024-03-14;1 rue X", "F2;Divers;2024-03-14;2 rue X"
    )
    run = import_as_lead(content, world.a.lead, world.a.landlord, kind="incidents").run
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(state=JobState.DONE)

    def asked() -> list[str]:
        page = lead.get(reverse("sites:import_detail", args=[run.pk])).content.decode()
        found = re.findall(r"<td>([^<]*)(?:<span[^>]*>(.*?)</span>)?</td>", page)
        return [" ".join(text.replace("\u202f", " ").split()) for row in found for text in row]

    assert asked() == [
        "Nature inconnue",
        "Vouliez-vous dire « Tapages, dont nocturnes » ?",
        "Nature inconnue",
        "",
    ]
    lead.post(reverse("accounts:language"), {"language": "en", "next": "/"})
    assert asked() == ["Unknown fact type", "Did you mean “Noise, night included”?", "Unknown fact type", ""]


def test_a_report_made_before_there_were_proposals_is_still_read(world, lead):
    text = (
        "ligne;résultat;motif;remarques;objet;code\r\n2;rejetée;nature inconnue;;F1 · Tapage;unknown_type\r\n"
    )
    run = _run(
        world.a.landlord, state=JobState.DONE, counts={"rejected": {"unknown_type": 1}},
        report=gzip.compress(text.encode("utf-8-sig")),
    )  # fmt: skip
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(kind="incidents")
    page = lead.get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    assert "<td>Nature inconnue</td>" in page


@pytest.mark.parametrize("column", ["report", "rejected"])
def test_what_is_given_back_of_a_large_file_is_unpacked_outside_memory(world, lead, column):
    run = _run(world.a.landlord, state=JobState.DONE, **{column: gzip.compress(bytes(50 * 1024**2))})
    tracemalloc.start()
    answer = lead.get(reverse(f"sites:import_{column}", args=[run.pk]))
    assert sum(map(len, answer.streaming_content)) == 50 * 1024**2
    _left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * 1024**2


def test_without_a_residence_the_example_is_the_formats_own(lead, world, sign_in):
    with system_scope("seeding"):
        newcomer = f.MembershipFactory(role="lead", organisation=f.OrganisationFactory(kind="landlord")).user
    answer = sign_in(newcomer).get(reverse("sites:import_template", args=["incidents", "csv"]))
    assert "rue des Essais" in b"".join(answer.streaming_content).decode()


def _run(landlord, **values):
    with system_scope("seeding"):
        return ImportRun.objects.create(
            organisation=landlord, kind="stock", profile="generic", filename="essai.csv", **values
        )


def test_an_interrupted_import_says_so_and_starts_again(
    world, lead, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(tasks.run_import, "apply_async", lambda ids, **_: queued.extend(ids))
    run = _run(world.a.landlord, state=JobState.RUNNING)
    page = lead.get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    assert "interrompu" in page
    assert "Reprendre" in page
    with django_capture_on_commit_callbacks(execute=True):
        lead.post(reverse("sites:import_restart", args=[run.pk]))
    assert queued == [run.pk]
    with system_scope("seeding"):
        assert ImportRun.objects.get(pk=run.pk).state == JobState.QUEUED


def test_an_import_that_waits_too_long_says_so_and_can_be_sent_again(
    world, lead, sign_in, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(tasks.run_import, "apply_async", lambda ids, **_: queued.extend(ids))
    run = _run(world.a.landlord)
    url, restart = (reverse(f"sites:import_{name}", args=[run.pk]) for name in ("detail", "restart"))
    page = lead.get(url).text
    assert ("En attente de son tour" in page, restart in page) == (True, False)
    with time_machine.travel(timezone.now() + LATE + dt.timedelta(seconds=5)):
        late = sign_in(world.a.lead)
        page = late.get(url).text
        assert ("attend depuis plus de dix minutes" in page, restart in page) == (True, True)
        with django_capture_on_commit_callbacks(execute=True):
            late.post(restart)
        page = late.get(url).text
        assert ("En attente de son tour" in page, restart in page) == (True, False)
    assert queued == [run.pk]


def test_an_import_that_ended_while_its_page_was_open_is_not_put_back(world, monkeypatch):
    run = _run(world.a.landlord, state=JobState.RUNNING)
    with acting_as(world.a.lead) as scope:
        ImportRun.objects.filter(pk=run.pk).update(state=JobState.DONE)
        assert tasks.services.restart(scope, run, then=tasks.run_import) is False
        assert ImportRun.objects.get().state == JobState.DONE


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_an_import_that_ended_is_not_started_again(
    world, lead, monkeypatch, django_capture_on_commit_callbacks, state
):
    queued = []
    monkeypatch.setattr(tasks.run_import, "apply_async", lambda ids, **_: queued.extend(ids))
    run = _run(world.a.landlord, state=state)
    restart = reverse("sites:import_restart", args=[run.pk])
    assert restart not in lead.get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        lead.post(reverse("sites:import_restart", args=[run.pk]))
    assert queued == []


@pytest.mark.parametrize(("content", "kept"), [(b"PK", False), (b"x", True)])
def test_a_refused_file_is_not_kept_and_one_that_met_an_accident_starts_again(
    world, lead, monkeypatch, content, kept
):
    run = _run(world.a.landlord, created_by=world.a.lead)
    with system_scope("seeding"):
        ImportFile.objects.create(run=run, content=content)
    monkeypatch.setattr(tasks, "running", lambda job: nullcontext(_Told()))
    if kept:
        monkeypatch.setattr(tasks.services, "perform", _out_of_order)
    with pytest.raises(OSError, match="disk") if kept else nullcontext():
        tasks.run_import(run.pk)
    with system_scope("seeding"):
        assert ImportFile.objects.filter(run=run).exists() is kept
        ImportRun.objects.filter(pk=run.pk).update(state=JobState.FAILED)
    page = lead.get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    assert (reverse("sites:import_restart", args=[run.pk]) in page) is kept


def _out_of_order(*args, **kwargs):
    message = "disk"
    raise OSError(message)


def test_a_failed_import_shows_its_reason(world, lead):
    run = _run(world.a.landlord, state=JobState.FAILED, error="Le fichier est abîmé à partir de la ligne 12")
    page = lead.get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    assert "à partir de la ligne 12" in page


def test_no_report_before_the_end(world, lead):
    run = _run(world.a.landlord)
    assert lead.get(reverse("sites:import_report", args=[run.pk])).status_code == 404


def test_polling_asks_for_the_middle_alone(world, lead):
    run = _run(world.a.landlord)
    page = lead.get(
        reverse("sites:import_detail", args=[run.pk]), headers={"hx-request": "true"}
    ).content.decode()
    assert "<html" not in page
    assert 'hx-trigger="every 2s"' in page


def test_list_shows_own_imports_only_with_as_many_queries(world, lead):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page = lead.get(reverse("sites:imports")).content.decode()
        return len(captured), page

    _run(world.a.landlord, report=gzip.compress(b"x"))
    _run(world.b.landlord, error="secret")
    one, page = queries()
    assert page.count("essai.csv") == 1
    for _ in range(2):
        _run(world.a.landlord)
    assert queries()[0] == one


def test_the_postcodes_to_write_are_told_where_files_are_made_and_placed(world, lead):
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(postcodes=["75991", "75992"])
        f.ResidenceFactory(landlord=world.b.landlord, commune=f.CommuneFactory(postcodes=["75993"]))
    for url in (reverse("sites:import_create"), reverse("sites:place", args=[world.a.address.pk])):
        told = re.findall(r"7599\d(?:, 7599\d)*", lead.get(url).content.decode())
        assert told == ["75991, 75992"]


def test_placing_an_address(world, lead):
    with system_scope("seeding"):
        one, two = (
            f.AddressFactory(
                residence=world.a.residence, label=label, longitude=None, latitude=None, geocoding="to_place"
            )
            for label in ("1 rue Une", "2 rue Deux")
        )
        f.AddressFactory(
            residence=world.b.residence,
            label="3 rue Trois",
            longitude=None,
            latitude=None,
            geocoding="to_place",
        )
    page = lead.get(reverse("sites:to_place")).content.decode()
    assert ("1 rue Une" in page, "2 rue Deux" in page, "3 rue Trois" in page) == (True, True, False)
    url = reverse("sites:place", args=[one.pk])
    assert lead.post(url, {"longitude": "200", "latitude": "x"}).status_code == 422
    assert "Cliquez sur la carte" in lead.post(url, {"longitude": "", "latitude": ""}).content.decode()
    answer = lead.post(url, {"longitude": "2.35", "latitude": "48.85"} | opened(lead, url))
    assert answer.headers["Location"] == reverse("sites:place", args=[two.pk])
    with system_scope("seeding"):
        placed = Address.objects.get(pk=one.pk)
        assert (placed.longitude, placed.latitude, placed.geocoding) == (2.35, 48.85, "placed")
    with acting_as(world.a.lead):
        assert AuditEntry.objects.filter(object_type="sites.address", object_id=str(one.pk)).count() == 1
