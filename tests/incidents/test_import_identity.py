"""What identifies a row is taken whole: two that differ anywhere are two, in one file and in several."""

import pytest

from accounts.scope import system_scope
from incidents.models import Incident
from sites.enums import ImportKind
from sites.identifiers import ban_key, rnb_id
from sites.imports.stock_rows import bounded_reference
from sites.models import Address, Residence
from tests.imports import csv_file, import_as_lead

HEADER = "identifiant;nature;jour;référence résidence"
_LONG = "sig-" + "0123456789" * 12


@pytest.fixture
def send(world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")

    def run(header, *rows, kind=ImportKind.INCIDENTS, **options):
        return import_as_lead(csv_file(header, *rows), world.a.lead, world.a.landlord, kind=kind, **options)

    return run


def identifiers():
    with system_scope("seeding"):
        found = Incident.objects.filter(import_run__isnull=False).order_by("id")
        return list(found.values_list("external_id", flat=True))


def test_identifiers_that_differ_at_the_125th_character_are_two_facts_and_the_same_again(send):
    rows = [f"{_LONG}{last};Tags;2026-01-05;1001" for last in "AB"]
    assert send(HEADER, *rows).verdicts == [("imported", "by_reference")] * 2
    first, second = identifiers()
    assert (len(first), len(second), first != second) == (100, 100, True)
    assert send(HEADER, *rows).verdicts == [("unchanged", "already_recorded")] * 2


def test_an_identifier_of_a_hundred_characters_is_stored_as_it_is(send):
    written = _LONG[:100]
    send(HEADER, f"{written};Tags;2026-01-05;1001")
    assert identifiers() == [written]


@pytest.mark.parametrize("end", ["", "-" * 100])
def test_a_long_identifier_with_a_name_or_a_number_to_call_is_refused(send, end):
    rows = [f"{text}{end};Tags;2026-01-05;1001" for text in ("M. Durand Karim", "sig-06.12.34.56.78")]
    assert send(HEADER, *rows).verdicts == [("rejected", "speaks_of_people")] * 2


def test_a_long_reference_is_the_same_in_a_stock_and_in_a_file_of_facts(world, send):
    longs = ["P-" + "9" * 70 + last for last in "AB"]
    rows = [f"{reference};{place} rue Longue;01400" for place, reference in enumerate(longs, 1)]
    stock = send("référence;adresse;code insee", *(row.replace("01400", world.commune.code) for row in rows),
                 kind=ImportKind.STOCK)  # fmt: skip
    assert stock.verdicts == [("imported", "new_residence")] * 2
    done = send(HEADER, *(f"F{n};Tags;2026-01-05;{reference}" for n, reference in enumerate(longs)))
    assert done.verdicts == [("imported", "by_reference")] * 2
    with system_scope("seeding"):
        at = Incident.objects.filter(import_run=done.run).order_by("external_id")
        assert list(at.values_list("residence__reference", flat=True)) == [*map(bounded_reference, longs)]


def test_addresses_that_differ_after_what_is_shown_are_two(world, send):
    labels = [f"12 rue {'de la Longue Allée ' * 12}{last}" for last in ("Nord", "Sud")]
    rows = [f"L1;{label};{world.commune.code}" for label in labels]
    done = send("référence;adresse;code insee", *rows, kind=ImportKind.STOCK)
    assert [outcome for outcome, _reason in done.verdicts] == ["imported", "imported"]
    assert done.remarks["label_cut"] == 2
    with system_scope("seeding"):
        keys = Address.objects.filter(residence__reference="L1").values_list("match_key", flat=True)
        assert len(set(keys)) == 2


def test_a_name_that_is_too_long_is_cut_and_said(world, send):
    done = send("référence;résidence;adresse;code insee", f"L1;{'Les Tilleuls ' * 20};1 rue B;{world.commune.code}",
                kind=ImportKind.STOCK)  # fmt: skip
    assert done.remarks["name_cut"] == 1


@pytest.mark.parametrize(("read", "identifier"), [(rnb_id, "ABCD1234EFGH"), (ban_key, "75112_0010_00012")])
def test_what_follows_a_national_identifier_is_not_overlooked(read, identifier):
    assert read(identifier) == identifier
    assert read(f"{identifier}{' ' * 80}X") == ""
