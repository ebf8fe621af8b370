"""Every mess of a stock file ends as imported, merged, unchanged or rejected, and says why."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Organisation
from accounts.scope import system_scope
from classification.models import SiteLevel
from sites.enums import GeocodingState
from sites.imports.landlords import Landlords, words
from sites.imports.official_code import load_official_code
from sites.imports.reading import BrokenFileError
from sites.models import Address, Commune, Residence, ResidenceAlias
from tests.imports import (
    PARIS_12,
    csv_file,
    import_as_lead,
    import_as_operator,
    plant_communes,
    preview_as_lead,
)

HEADER = "bailleur;référence;adresse;code postal;commune;logements;longitude;latitude"
PARIS = (
    "id_livraison;adresse_programme;code_postal;ville;bs;nb_logmt_total;coord_x_l93;coord_y_l93;geo_point_2d"
)


@pytest.fixture(autouse=True)
def _communes(db):
    plant_communes()


def generic(*rows, **options):
    return import_as_operator(csv_file(HEADER, *rows), "generic", **options)


def stored(model, *fields):
    with system_scope("seeding"):
        return list(model.objects.order_by("id").values_list(*fields))


def test_a_row_becomes_a_residence_with_its_address_and_point():
    result = generic("Bailleur A;R1;16-20 RUE DES MEUNIERS;75012;Paris;62;2,3981;48,8340")
    assert result.verdicts == [("imported", "new_residence")]
    assert stored(Residence, "reference", "commune__code", "dwellings", "landlord__name") == [
        ("R1", PARIS_12, 62, "Bailleur A")
    ]
    assert stored(Address, "label", "match_key", "longitude", "latitude", "geocoding") == [
        ("16-20 RUE DES MEUNIERS", "16-20 RUE MEUNIERS", 2.3981, 48.834, GeocodingState.SOURCE)
    ]


def test_new_places_have_a_level_at_once():
    generic("Bailleur A;R1;1 rue des Essais;75012;Paris;62;2,3981;48,8340")
    assert [level for (level,) in stored(SiteLevel, "level")] == [1, 1]


def test_second_import_of_the_same_file_changes_nothing():
    rows = [
        "Bailleur A;R1;1 rue des Essais;75012;Paris;10;2.39;48.83",
        "Bailleur A;R1;3 rue des Essais;75012;Paris;20;;",
        "Bailleur A;R2;1, R. DES ESSAIS;75012;Paris;30;2.39;48.83",
        "BAILLEUR A.;R3;5 rue des Essais;75020;Paris;5;2.40;48.86",
    ]
    answers = {"references_at_one_address": "alias", "dwellings_of_rows": "highest"}
    first = generic(*rows, answers=answers)
    assert first.verdicts == [
        ("imported", "new_residence"), ("imported", "new_address"),
        ("merged", "other_reference"), ("imported", "new_residence"),
    ]  # fmt: skip
    everything = stored(Address, *[f.attname for f in Address._meta.fields])
    residences = stored(Residence, *[f.attname for f in Residence._meta.fields])
    second = generic(*rows, answers=answers)
    assert second.verdicts == [("unchanged", "already_there")] * 4
    assert stored(Address, *[f.attname for f in Address._meta.fields]) == everything
    assert stored(Residence, *[f.attname for f in Residence._meta.fields]) == residences
    assert stored(Organisation, "name", "aliases") == [("Bailleur A", ["BAILLEUR A."])]


def test_operations_at_one_address_add_up_and_a_repeated_row_does_not():
    row = "{};62 RUE REGNAULT;75012;Paris;RIVP;{};;;48.82, 2.37"
    result = import_as_operator(
        csv_file(PARIS, row.format(1, 14), row.format(2, 3), row.format(1, 14), row.format(3, -8)),
        "paris-stock",
    )
    assert [reason for _, reason in result.verdicts] == [
        "new_residence", "other_reference", "duplicate_row", "other_reference",
    ]  # fmt: skip
    assert stored(Address, "dwellings") == [(9,)]


def test_rows_without_landlord_address_or_commune_are_rejected():
    result = generic(
        "(vide);R1;1 rue des Essais;75012;Paris;1;;",
        "Bailleur A;R2;;75012;Paris;1;;",
        "Bailleur A;R3;1 rue des Essais;99999;Nulle-Part;1;;",
        "Bailleur A;R4;1 rue des Essais;01400;Ailleurs;1;;",
        "Bailleur A;R5;1 rue des Essais;75012;Paris;1;;;un mot de trop",
    )
    assert [reason for _, reason in result.verdicts] == [
        "no_landlord", "no_address", "no_commune", "no_commune", "wrong_columns",
    ]  # fmt: skip
    assert stored(Residence, "id") == []
    # Of a row of other columns no cell is quoted: any may hold a comment about a person.
    assert result.lines[4]["objet"] == "9 cellules pour 8 colonnes"


def test_a_number_beyond_all_others_is_no_number_of_dwellings():
    result = generic("Bailleur A;R1;1 rue des Essais;75012;Paris;-1e999;;", dwellings="sum")
    assert (result.verdicts, result.remarks["bad_dwellings"]) == ([("imported", "new_residence")], 1)


def test_postcode_shared_by_two_communes_is_settled_by_name():
    result = generic("Bailleur A;R1;1 rue des Essais;1400;St Essai;1;;")
    assert result.verdicts == [("imported", "new_residence")]
    assert result.remarks == {"postcode_repaired": 1, "to_place": 1}
    assert stored(Residence, "commune__code") == [("01001",)]


@pytest.mark.parametrize(
    ("answers", "verdict", "references"),
    [
        ({}, ("asked", "other_commune"), ["R1"]),
        ({"other_commune": "leave"}, ("rejected", "other_commune"), ["R1"]),
        ({"other_commune": "separate"}, ("imported", "new_residence"), ["R1", "R1 (75120)"]),
    ],
)
def test_a_reference_of_another_commune_is_a_question(answers, verdict, references):
    rows = "Bailleur A;R1;1 rue des Essais;75012;Paris;2;;", "Bailleur A;R1;2 rue des Essais;75020;Paris;1;;"
    assert generic(*rows, answers=answers).verdicts == [("imported", "new_residence"), verdict]
    assert sorted(reference for (reference,) in stored(Residence, "reference")) == references
    again = generic(*rows, answers=answers).verdicts
    assert again == [("unchanged", "already_there"), again[1]]
    assert again[1] == (("unchanged", "already_there") if len(references) > 1 else verdict)


@pytest.mark.parametrize(
    ("cells", "point", "remarks"),
    [
        (";;48.834, 2.398", (2.398, 48.834), {}),
        (";;2.398, 48.834", (2.398, 48.834), {"point_swapped": 1}),
        (";;{'lon': 2.398, 'lat': 48.834}", (2.398, 48.834), {}),
        (';;"{""coordinates"": [2.398, 48.834], ""type"": ""Point""}"', (2.398, 48.834), {}),
        (";;0, 0", (None, None), {"point_out_of_area": 1, "to_place": 1}),
        (";;", (None, None), {"to_place": 1}),
        ("655823;6859495;", (2.398, 48.834), {}),
        ("6859495;655823;", (2.398, 48.834), {"point_swapped": 1}),
        ("655823;6859495;48.834, 2.398", (2.398, 48.834), {}),
        ("655823;6869495;48.834, 2.398", (2.398, 48.834), {"points_disagree": 1}),
    ],
)
def test_points(cells, point, remarks):
    result = import_as_operator(
        csv_file(PARIS, f"1;1 rue des Essais;75012;Paris;RIVP;1;{cells}"), "paris-stock"
    )
    ((longitude, latitude, state),) = stored(Address, "longitude", "latitude", "geocoding")
    if point[0] is None:
        assert (longitude, latitude, state) == (None, None, GeocodingState.TO_PLACE)
    else:
        assert (longitude, latitude) == pytest.approx(point, abs=5e-4)
    assert result.remarks == remarks


def test_a_point_far_from_all_others_of_its_commune_is_dropped_and_said():
    rows = [f"A;R{n};{n} rue des Essais;75012;Paris;1;{2.39 + n / 10_000};48.84" for n in range(1, 25)]
    result = generic(*rows, "A;R99;99 rue des Essais;75012;Paris;1;2.30;48.84")
    assert result.remarks == {"point_far_off": 1, "to_place": 1}
    assert result.lines[-1]["remarques"] == (
        "point loin de tous les autres de la commune, laissé de côté ; adresse à placer sur la carte"
    )


def test_a_point_placed_by_hand_survives_the_next_import():
    row = "Bailleur A;R1;1 rue des Essais;75012;Paris;1;2.39;48.83"
    generic(row)
    with system_scope("seeding"):
        Address.objects.update(longitude=2.4, latitude=48.9, geocoding=GeocodingState.PLACED)
    assert generic(row).verdicts == [("unchanged", "already_there")]
    assert stored(Address, "longitude") == [(2.4,)]


def test_a_changed_row_updates_its_address():
    generic("Bailleur A;R1;1 rue des Essais;75012;Paris;10;2.39;48.83")
    row = "Bailleur A;R1;1 rue des Essais;75012;Paris;12;2.39;48.83"
    assert generic(row).verdicts == [("asked", "dwellings_differ")]
    assert generic(row, answers={"dwellings_differ": "keep"}).verdicts == [("unchanged", "already_there")]
    assert stored(Residence, "dwellings") == [(10,)]
    assert generic(row, answers={"dwellings_differ": "take"}).verdicts == [("imported", "updated")]
    assert stored(Residence, "dwellings") == [(12,)]


def test_spellings_of_one_landlord_are_merged_and_two_landlords_never():
    known = [Organisation(pk=1, name="PARIS HABITAT")]
    landlords = Landlords(known, may_create=True)
    assert landlords.find("Paris-Habitat OPH") is known[0]
    assert landlords.find("PARIS HABITTAT") is known[0]
    assert known[0].aliases == ["Paris-Habitat OPH", "PARIS HABITTAT"]
    different = [
        "CDC HABITAT", "CDC HABITAT SOCIAL", "3F RES", "IMM 3F", "SEQENS HABITAT", "SEQENS SOLIDARITE",
        "FONCIERE", "FONCIERE CRONOS (INLI)", "INLI", "EFIDIS", "ERILIA", "SCI KEREN", "SCI SKERDI",
        "VILEAL", "VILOGIA", "ASS.MICHEL", "ASS.MAR.TH", "FOND.AM", "FOND.DOSNE", "RATP HABITAT",
    ]  # fmt: skip
    found = [landlords.find(name) for name in different]
    assert len({id(landlord) for landlord in found}) == len(different)


@pytest.mark.parametrize("name", ["(vide)", "", "N/A", "néant", "-"])
def test_nobody_is_no_landlord(name):
    assert words(name) == ()


def test_a_lead_imports_own_rows_only(world):
    with system_scope("seeding"):
        landlords = Organisation.objects.filter(kind="landlord").count()
    name = world.a.landlord.name
    result = import_as_lead(
        csv_file(
            HEADER,
            f"{name};X1;1 rue des Imports;75012;Paris;1;;",
            f"{world.b.landlord.name};X2;2 rue des Imports;75012;Paris;1;;",
            ";X3;3 rue des Imports;75012;Paris;1;;",
        ),
        world.a.lead,
        world.a.landlord,
    )
    assert result.verdicts == [
        ("imported", "new_residence"), ("rejected", "other_landlord"), ("rejected", "no_landlord"),
    ]  # fmt: skip
    with system_scope("seeding"):
        imported = Residence.objects.filter(reference__in=["X1", "X2", "X3"])
        assert [(r.reference, r.landlord_id) for r in imported] == [("X1", world.a.landlord.pk)]
        assert Organisation.objects.filter(kind="landlord").count() == landlords


@pytest.fixture
def of_a_lead(world):
    """Return a function that imports as the lead of « Habitat Exemple » a row of each landlord named."""
    with system_scope("seeding"):
        Organisation.objects.filter(pk=world.a.landlord.pk).update(
            name="Habitat Exemple", aliases=["H.E. Bailleur"]
        )
        Organisation.objects.filter(pk=world.b.landlord.pk).update(name="Habitat Exempla")
        world.a.landlord.refresh_from_db()

    def run(*names, how=import_as_lead, **options):
        rows = [f"{name};X{n};{n} rue des Imports;75012;Paris;1;;" for n, name in enumerate(names, 1)]
        return how(csv_file(HEADER, *rows), world.a.lead, world.a.landlord, **options)

    return run


def test_a_name_one_letter_off_the_own_is_asked_about(of_a_lead, world):
    names = ("Habitat Exemple", "Habitat Exempte")
    seen = of_a_lead(*names, how=preview_as_lead)
    assert seen.verdicts == [("imported", "new_residence"), ("asked", "landlord_close")]
    [question] = seen.run.questions
    example = question["examples"][0]
    assert (question["kind"], question["rows"]) == ("landlord_close", 1)
    assert (example["lines"], example["file"], example["known"]) == (
        [3],
        "Habitat Exempte",
        "Habitat Exemple",
    )
    assert of_a_lead(*names).verdicts[1] == ("asked", "landlord_close")
    other = of_a_lead(*names, answers={"landlord_close": "other"})
    assert other.verdicts[1] == ("rejected", "other_landlord")
    assert of_a_lead(*names, answers={"landlord_close": "own"}).verdicts[1] == ("imported", "new_residence")
    with system_scope("seeding"):
        own = Organisation.objects.get(pk=world.a.landlord.pk)
        assert Residence.objects.get(reference="X2").landlord == own
        # The answer is for this file; a lead gives other names on a page of their own.
        assert own.aliases == ["H.E. Bailleur"]


def test_a_name_of_another_landlord_is_never_taken_for_the_own(of_a_lead):
    # Not asked about either: a lead is told nothing of who else is there.
    names = ("HABITAT EXEMPLA", "Habitat Exempla SA")
    assert of_a_lead(*names).verdicts == [("rejected", "other_landlord")] * 2
    assert of_a_lead(*names, answers={"landlord_close": "own"}).counts == {"rejected": {"other_landlord": 2}}


def test_capitals_legal_forms_and_other_names_are_the_own_landlord(of_a_lead):
    names = ("HABITAT EXEMPLE SA", "h.e. bailleur", "Habitat-Exemple")
    done = of_a_lead(*names)
    assert done.counts["imported"] == {"new_residence": 3}
    assert done.remarks["landlord_spelling"] == 3


def test_a_name_between_two_landlords_is_nobodys(of_a_lead):
    assert of_a_lead("Habitat Exemplu").verdicts == [("rejected", "other_landlord")]


def test_points_without_names_of_their_own_become_addresses():
    header = "Crime ID,Longitude,Latitude,Location"
    rows = [
        "1,-0.11,51.51,On or near X",
        "2,-0.12,51.51,On or near X",
        "3,-0.11,51.51,On or near X",
        "4,,,No Location",
    ]
    result = import_as_operator(csv_file(header, *rows), "london-points")
    assert result.counts == {
        "imported": {"new_residence": 2}, "merged": {"same_address": 1}, "rejected": {"no_point": 1}
    }  # fmt: skip


def test_query_count_does_not_grow_with_rows():
    def queries(first, rows):
        lines = [
            f"A{first};R{n};{n} rue des Essais;75012;Paris;1;2.39;48.83" for n in range(first, first + rows)
        ]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            generic(*lines)
        return len(captured)

    assert queries(1, 1) == queries(100, 3)


def test_a_row_joins_an_address_that_a_later_row_brings_as_it_will_next_time():
    generic("A;R1;1 rue des Essais;75012;Paris;10;;")
    rows = ["A;;9 rue des Essais;75020;Paris;7;;", "A;R2;9 rue des Essais;75020;Paris;7;;"]
    assert generic(*rows).verdicts == [("imported", "new_residence"), ("merged", "same_address")]
    assert stored(Address, "label", "dwellings") == [("1 rue des Essais", 10), ("9 rue des Essais", 7)]
    assert [reference for (reference,) in stored(Residence, "reference")] == ["R1", "R2"]
    assert generic(*rows).counts.keys() == {"unchanged"}


def test_profile_that_does_not_fit_names_the_missing_columns():
    with pytest.raises(BrokenFileError, match="« bs », « adresse_programme »"):
        import_as_operator(csv_file(HEADER, "A;R1;1 rue X;75012;Paris;1;;"), "paris-stock")


WORDS = st.sampled_from(["A", "B", "(vide)", ""])
CELLS = st.tuples(
    WORDS,
    st.sampled_from(["R1", "R2", ""]),
    st.sampled_from(["1 rue X", "1-3 rue X", "", "ZAC Y", "=cmd"]),
    st.sampled_from(["75012", "75020", "x"]),
    st.just("Paris"),
    st.sampled_from(["1", "-3", "z", ""]),
    st.sampled_from(["2.39", "48.83", "", "999"]),
    st.sampled_from(["48.83", "2.39", ""]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, max_size=12))
def test_every_row_is_accounted_for_whatever_it_holds(rows):
    result = generic(*(";".join(row) for row in rows))
    assert sum(sum(reasons.values()) for reasons in result.counts.values()) == len(rows) == len(result.lines)
    again = generic(*(";".join(row) for row in rows))
    assert set(again.counts) <= {"unchanged", "rejected", "asked"}
    assert again.counts.get("rejected") == result.counts.get("rejected")
    asked = [sum(one.counts.get("asked", {}).values()) for one in (result, again)]
    assert asked[0] == asked[1]


def test_formulas_in_cells_are_harmless_in_the_report():
    result = generic('=HYPERLINK("x");R1;1 rue des Essais;75012;Paris')
    assert result.lines[0]["objet"].startswith("'=")


def test_official_code_loads_arrondissements_and_not_the_city(tmp_path):
    source = tmp_path / "communes.json"
    source.write_text(
        '[{"code":"75056","nom":"Paris","departement":"75","type":"commune-actuelle","codesPostaux":["75012"]},'
        '{"code":"75112","nom":"Paris 12e","departement":"75","type":"arrondissement-municipal","codesPostaux":["75012"]},'
        '{"code":"01003","nom":"Ancienne","type":"commune-associee","departement":"01"}]',
        encoding="utf-8",
    )
    assert load_official_code(source) == 1
    assert Commune.objects.get(code="75112").name == "Paris 12e"
    assert not Commune.objects.filter(code__in=["75056", "01003"]).exists()


def test_odd_characters_go_and_those_of_a_name_stay():
    result = generic(
        "Bailleur A;O1;\uf0b7 Les Puces, 2 rue des Essais;75012;Paris;10;;",
        "Bailleur A;\ufeffO2;4 rue\u200b des  Essais;75012;Paris;10;;",
        "Bailleur A;O\x073;6 rue du Sourire 😀;75012;Paris;10;;",
        "Bailleur A;O4;8 rue de l\x92Essai;75012;Paris;10;;",
        "Bailleur A;O5;10 rue à l’en\u202evers;75012;Paris;10;;",
        "Bailleur A;O6;12 ter rue 中文;75012;Paris;10;;",
    )
    assert [verdict for verdict, _code in result.verdicts] == ["imported"] * 6
    assert stored(Residence, "reference", "name") == [
        ("O1", "Les Puces, 2 rue des Essais"),
        ("O2", "4 rue des Essais"),
        ("O3", "6 rue du Sourire 😀"),
        ("O4", "8 rue de l’Essai"),
        ("O5", "10 rue à l’envers"),
        ("O6", "12 ter rue 中文"),
    ]
    assert [label for (label,) in stored(Address, "label")] == [
        name for _ref, name in stored(Residence, "reference", "name")
    ]


def close(model, **where):
    with system_scope("seeding"):
        model.objects.filter(**where).update(closed_on=dt.date(2024, 1, 1), close_reason="Démolie")


@pytest.mark.parametrize(
    ("model", "named"), [(Residence, {"reference": "R1"}), (Address, {"label": "1 rue des Essais"})]
)
def test_a_closed_place_of_a_file_stays_closed_and_is_told(model, named):
    generic(
        "Bailleur A;R1;1 rue des Essais;75012;Paris;62;;", "Bailleur A;R1;3 rue des Essais;75012;Paris;2;;"
    )
    close(model, **named)
    result = generic("Bailleur A;R1;1 rue des Essais;75012;Paris;70;;")
    assert result.verdicts == [("rejected", "closed_place")]
    assert stored(Address, "label", "dwellings") == [("1 rue des Essais", 62), ("3 rue des Essais", 2)]


def test_a_row_of_a_closed_residence_adds_nothing_to_it():
    generic("Bailleur A;R1;1 rue des Essais;75012;Paris;62;;")
    close(Residence, reference="R1")
    assert generic("Bailleur A;R1;9 rue Neuve;75012;Paris;5;;").verdicts == [("rejected", "closed_place")]
    assert stored(Address, "label") == [("1 rue des Essais",)]


def test_a_file_finds_the_place_that_others_were_merged_into():
    generic(
        "Bailleur A;R1;1 rue des Essais;75012;Paris;62;;", "Bailleur A;R2;1 bis rue Essai;75012;Paris;2;;"
    )
    with system_scope("seeding"):
        survivor, merged = Residence.objects.order_by("reference")
        close(Residence, pk=merged.pk)
        close(Address, residence=merged)
        Residence.objects.filter(pk=merged.pk).update(merged_into=survivor)
        Address.objects.filter(residence=merged).update(merged_into=survivor.addresses.get())
        ResidenceAlias.objects.create(
            residence=survivor, landlord=survivor.landlord, commune=survivor.commune, reference="R2"
        )
    result = generic("Bailleur A;R2;1 bis rue Essai;75012;Paris;62;;")
    assert result.verdicts == [("unchanged", "already_there")]
    assert len(stored(Residence, "id")) == 2
