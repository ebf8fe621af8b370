"""What identifies a row is taken whole: two that differ anywhere are two, in one file and in several."""

import io

import pytest

from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from sites.enums import ImportKind
from sites.identifiers import ban_key, rnb_id
from sites.imports import services
from sites.imports.mapping.suggest import suggest
from sites.imports.stock_rows import bounded_reference
from sites.match_key import match_key
from sites.models import Address, Commune, Residence
from tests import factories as f
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


@pytest.fixture
def lead_sends(world, send):
    """A function that imports one row by the mapping that its titles suggest, and returns the counts."""
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(postcodes=["01400"])

    def run(cells, **columns):
        mapping = suggest(list(cells))
        mapping["columns"] |= {str(list(cells).index(title)): field for field, title in columns.items()}
        content = io.BytesIO(csv_file(";".join(cells), ";".join(cells.values())))
        with acting_as(world.a.lead) as scope:
            record = services.submit(
                scope, kind=mapping["kind"], profile="generic", filename="essai.csv", content=content,
                organisation=world.a.landlord,
            )  # fmt: skip
            record.mapping = mapping
            return services.perform(record, tell=lambda share: None)

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


TOLD = "identifiant;nature;jour;référence résidence;adresse"


@pytest.fixture
def halls(world):
    """Two buildings at one number of the residence 1001."""
    with system_scope("seeding"):
        return [
            f.AddressFactory(residence=world.a.residence, label=label, match_key=match_key(label))
            for label in ("12 rue B, Bât. A", "12 rue B, Bât. B")
        ]


_A = "F1;Tags;2026-01-05;1001;12 rue B, Bât. A"


@pytest.mark.parametrize(
    "other",
    ["F1;Tags;2026-01-05;1001;12 rue B, Bât. B", "F1;Tags;2026-01-05;1001;toute la résidence",
     "F1;Tags;2026-01-05;1001;99 rue Inconnue", "F1;Tags;2026-01-05;1001;12 rue B"],
)  # fmt: skip
def test_another_place_under_an_identifier_is_asked_about_in_one_file_as_from_a_later_one(send, halls, other):
    assert send(TOLD, _A, other).verdicts == [("asked", "id_twice")] * 2
    assert send(TOLD, _A).verdicts == [("imported", "by_reference")]
    assert send(TOLD, other).verdicts == [("asked", "fact_differs")]


def test_two_residences_under_an_identifier_are_a_question_where_no_row_names_an_address(world, send, halls):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.other.pk).update(reference="1002")
        f.AddressFactory(residence=world.a.other, label="3 rue D", match_key=match_key("3 rue D"))
        f.AddressFactory(residence=world.a.other, label="5 rue D", match_key=match_key("5 rue D"))
    rows = [f"F1;Tags;2026-01-05;{reference}" for reference in ("1001", "1002")]
    assert send(HEADER, *rows).verdicts == [("asked", "id_twice")] * 2


@pytest.mark.parametrize(("answer", "building"), [("first", "A"), ("last", "B")])
def test_of_two_buildings_under_an_identifier_the_one_chosen_is_recorded(send, halls, answer, building):
    other = _A.replace("Bât. A", "Bât. B")
    assert send(TOLD, _A, other, answers={"id_twice": answer}).counts == {
        "imported": {"by_reference": 1}, "merged": {"duplicate_in_file": 1},
    }  # fmt: skip
    with system_scope("seeding"):
        assert Incident.objects.get(external_id="F1").address.label == f"12 rue B, Bât. {building}"


@pytest.mark.parametrize("other", ["F1;Tags;2026-01-05;;99 rue Inconnue", "F1;Tags;2026-01-05;9999;"])
def test_a_placed_row_and_one_whose_place_nobody_knows_are_a_question(send, halls, other):
    assert send(TOLD, _A, other).verdicts == [("asked", "id_twice")] * 2


@pytest.mark.parametrize(
    "other", [_A, "F1;Tags;2026-01-05;1001;12, RUE B bâtiment A", "F1;Tags;2026-01-05;;"]
)
def test_rows_that_say_the_same_place_or_none_are_one_fact(send, halls, other):
    assert sorted(send(TOLD, _A, other).verdicts) == [
        ("imported", "by_reference"), ("merged", "duplicate_in_file"),
    ]  # fmt: skip
    assert identifiers() == ["F1"]


def test_an_address_that_nobody_knows_is_the_same_again(send, halls):
    row = "F1;Tags;2026-01-05;1001;99 rue Inconnue"
    assert send(TOLD, row).verdicts == [("imported", "by_reference")]
    assert send(TOLD, row).verdicts == [("unchanged", "already_recorded")]


@pytest.mark.parametrize(
    "more", ["coût des dégâts", "plainte déposée", "heure", "identifiant", "lieu précis"]
)
def test_one_more_empty_column_doubles_nothing(lead_sends, more):
    columns = {"axe": "Patrimoine", "nature": "Tags", "jour": "2026-01-05", "référence": "1001"}
    assert lead_sends(columns) == {"imported": {"by_reference": 1}}
    assert lead_sends(columns | {more: ""}) == {"unchanged": {"already_recorded": 1}}


@pytest.mark.parametrize("missing", ["zipcode", "lat", "long"])
def test_a_311_request_is_the_same_without_a_column_that_cities_leave_out(lead_sends, missing):
    columns = {
        "service_request_id": "311-1", "service_name": "Tags", "requested_datetime": "2026-01-05",
        "address": "1 rue A", "zipcode": "01400", "lat": "", "long": "",
    }  # fmt: skip
    short = {name: cell for name, cell in columns.items() if name != missing}
    assert lead_sends(columns) == {"imported": {"by_address": 1}}
    assert lead_sends(short) == {"unchanged": {"already_recorded": 1}}


def test_rows_of_two_formats_that_mean_the_same_are_one_fact(world, send):
    assert send("nature;jour;référence", "Vandalisme;2026-01-05;1001").verdicts == [
        ("imported", "by_reference")
    ]
    header, row = "axe;nature;jour;référence", "Patrimoine;vandalisme;2026-01-05;1001"
    assert send(header, row, profile="orfi").verdicts == [("unchanged", "already_recorded")]


def test_a_row_that_waits_is_not_queued_again_by_another_format(world, send, halls):
    with system_scope("seeding"):
        f.AddressFactory(residence=world.a.other, label=halls[0].label, match_key=halls[0].match_key)
    header, row = (
        "nature;jour;adresse;code insee",
        f"Vandalisme;2026-01-05;{halls[0].label};{world.commune.code}",
    )
    assert send(header, row).verdicts == [("waiting", "several_places")]
    again = send(f"axe;{header}", f"Patrimoine;{row}", profile="orfi")
    assert again.verdicts == [("unchanged", "already_waiting")]


@pytest.mark.parametrize(
    ("title", "source"),
    [("identifiant", "palier"), ("service_request_id", "open311"), ("id_dmr", "dans-ma-rue"), ("n° fiche", "palier")],
)  # fmt: skip
def test_who_gave_an_identifier_is_told_by_the_title_of_its_column(lead_sends, title, source):
    lead_sends({title: "F1", "nature": "Tags", "jour": "2026-01-05", "référence": "1001"}, external_id=title)
    with system_scope("seeding"):
        found = Incident.objects.filter(import_run__isnull=False).values_list(
            "external_source", "external_id"
        )
        assert list(found) == [(source, "F1")]
