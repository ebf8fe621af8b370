"""The operator undoes an import by a command, which says what it removed, restored and left."""

import io

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.scope import system_scope
from incidents.models import Incident
from sites.models import Address, ImportRun, Residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead, plant_communes
from tests.undoing import contents
from tests.world import plant

STOCK = csv_file(
    "bailleur;référence;résidence;adresse;code postal;commune;logements",
    "Bailleur Un;U1;Un;1 rue des Essais;75012;Paris;10",
    "Bailleur Un;U2;Deux;5 rue des Essais;75012;Paris;8",
)
FACTS = csv_file("identifiant;nature;jour;adresse;code postal", "F1;Tags;2024-03-14;1 rue des Essais;75012")


def said(command, *arguments, **options):
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue().splitlines()


@pytest.fixture
def send(committed_database, tmp_path):
    """Return a function that imports a file by the command, and returns the number that it prints."""
    plant_communes()

    def by_command(command, content):
        file = tmp_path / "essai.csv"
        file.write_bytes(content)
        first = said(command, file, profile="generic")[0]
        name, number = first.split(" rows, import ")
        assert name.startswith("essai.csv: ")
        return int(number)

    return by_command


def test_an_import_is_undone_by_its_number_and_the_journal_tells(send, superuser_uri):
    before = contents()
    number = send("import_stock", STOCK)
    planted = contents()
    assert planted != before
    expected = [
        "removed 5", "    accounts_organisation 1", "    sites_address 2", "    sites_residence 2",
    ]  # fmt: skip
    assert sorted(said("undo_import", number, dry_run=True)) == sorted(expected)
    assert contents() == planted
    assert said("undo_import", number) == expected
    assert contents() == before
    # Nobody's policy opens an entry of no organisation.
    with psycopg.connect(superuser_uri, dbname=connection.settings_dict["NAME"]) as server:
        entries = server.execute(
            "SELECT system, detail FROM accounts_auditentry"
            " WHERE object_type = 'sites.importrun' AND object_id = %s AND action = 'cancel' ORDER BY id",
            [str(number)],
        ).fetchall()
    undone = {"removed": {"accounts_organisation": 1, "sites_address": 2, "sites_residence": 2}}
    assert entries == [("seeding", {"asked": True}), ("seeding", {"undone": undone})]


def test_an_import_of_facts_is_undone_too(send):
    send("import_stock", STOCK)
    before = contents()
    assert said("undo_import", send("import_incidents", FACTS)) == ["removed 1", "    incidents_incident 1"]
    assert contents() == before


def test_what_is_in_use_or_was_changed_since_is_left_and_said(send):
    number = send("import_stock", STOCK)
    with system_scope("seeding"):
        first, second = Address.objects.filter(commune__code="75112").order_by("label")
        f.IncidentFactory(address=first, day=timezone.localdate())
        Residence.objects.filter(pk=second.residence_id).update(name="Deux bis")
    assert said("undo_import", number) == [
        "kept: in use since 4", "    accounts_organisation 1", "    sites_address 2", "    sites_residence 1",
        "kept: changed since 1", "    sites_residence 1",
    ]  # fmt: skip
    with system_scope("seeding"):
        assert Incident.objects.count() == 1
        assert Residence.objects.filter(commune__code="75112").count() == 2


def test_imports_that_can_be_undone_are_listed(send):
    first, second = send("import_stock", STOCK), send("import_incidents", FACTS)
    said("undo_import", first, dry_run=True)
    assert [(line.split()[0], line.split()[3]) for line in said("undo_import")] == [
        (str(first), "stock"), (str(second), "incidents"),
    ]  # fmt: skip
    said("undo_import", second)
    assert [line.split()[0] for line in said("undo_import")] == [str(first)]


def test_what_the_page_refuses_is_refused_in_words(send):
    number = send("import_stock", STOCK)
    said("undo_import", number)
    side = plant().a
    content = csv_file("référence;adresse;code postal;commune", "L1;9 rue des Essais;75012;Paris")
    own = import_as_lead(content, side.lead, side.landlord).run
    with system_scope("seeding"):
        running = ImportRun.objects.create(
            kind="stock", profile="generic", filename="essai.csv", state="failed"
        )
    for run, refusal in (
        (number, f"Import {number} is undone already."),
        (2**40, f"There is no import {2**40}."),
        (own.pk, f"Import {own.pk} is a landlord's: its lead undoes it, on its page."),
        (
            running.pk,
            f"Import {running.pk} is not one that can be undone: it has not ended, or failed, or is being undone.",
        ),
    ):
        with pytest.raises(CommandError) as refused:
            said("undo_import", run)
        assert str(refused.value) == refusal
    with system_scope("seeding"):
        assert Residence.objects.filter(reference="L1").exists()
