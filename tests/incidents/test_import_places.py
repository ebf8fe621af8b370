"""A fact goes to the building it names, to the residence whose number it names, or nowhere."""

import pytest

from accounts.scope import system_scope
from incidents.models import Incident
from sites.enums import ImportKind
from sites.match_key import match_key
from sites.models import Commune
from tests import factories as f
from tests.imports import PARIS_12, csv_file, import_as_operator, plant_communes

HEADER = "identifiant;nature;jour;référence résidence;adresse;code postal"
ESTATE = {
    "B1": ["12 rue des Essais Bât A", "12 rue des Essais Bât B", "12 rue des Essais Bât C esc 1",
           "12 rue des Essais Bât C esc 2"],
    "B2": ["18 rue des Essais Bât. A"],
    "B3": ["18 rue des Essais Bât. B"],
    "B4": ["12 rue du Pôle Nord"],
    "B5": ["12 rue du Pôle Sud"],
    "B6": ["16-20 rue des Meuniers"],
    "B7": ["31 au 34 rue des Meuniers"],
    "B8": ["40 bis rue des Meuniers", "42 bis rue des Meuniers", "42 B rue des Meuniers"],
    "N1": ["Tour 3 - 26 rue des Essais"],
    "N2": ["Escalier 2, 14 rue des Essais"],
    "N3": ["Appt 45, 28 rue des Essais"],
    "N4": ["Résidence Horizon 2 - 30 rue des Essais"],
    "N6": ["3 - 260 rue des Essais"],
}  # fmt: skip


@pytest.fixture
def estate(db):
    plant_communes()
    with system_scope("seeding"):
        commune = Commune.objects.get(code=PARIS_12)
        for reference, labels in ESTATE.items():
            residence = f.ResidenceFactory(commune=commune, reference=reference)
            for label in labels:
                f.AddressFactory(
                    residence=residence,
                    label=label,
                    match_key=match_key(label),
                    longitude=2.39,
                    latitude=48.84,
                )


def place_of(address, reference=""):
    """Return the reason and, of what was recorded, the residence's reference and the address."""
    row = f"F1;NOISE;2024-03-14;{reference};{address};75012"
    [(outcome, reason)] = import_as_operator(csv_file(HEADER, row), "generic", ImportKind.INCIDENTS).verdicts
    with system_scope("seeding"):
        places = list(Incident.objects.values_list("residence__reference", "address__label"))
    assert bool(places) == (outcome == "imported")
    return (reason, *places)


@pytest.mark.parametrize(
    ("address", "reference", "label"),
    [
        ("12 rue des Essais bat b", "B1", "12 rue des Essais Bât B"),
        ("Bâtiment C, escalier 2 - 12, R. DES ESSAIS", "B1", "12 rue des Essais Bât C esc 2"),
        ("12 rue des Essais esc 1", "B1", "12 rue des Essais Bât C esc 1"),
        ("12 rue des Essais Bât A hall 3", "B1", "12 rue des Essais Bât A"),
        ("18 rue des Essais bât b", "B3", "18 rue des Essais Bât. B"),
        ("12 R DU POLE NORD", "B4", "12 rue du Pôle Nord"),
        ("12 rue du Pôle Sud, bât. Z", "B5", "12 rue du Pôle Sud"),
        ("18 rue des Meuniers", "B6", "16-20 rue des Meuniers"),
        ("16 à 20 rue des Meuniers", "B6", "16-20 rue des Meuniers"),
        ("32 rue des Meuniers", "B7", "31 au 34 rue des Meuniers"),
        ("40 B rue des Meuniers", "B8", "40 bis rue des Meuniers"),
        ("42 B rue des Meuniers", "B8", "42 B rue des Meuniers"),
        ("42 bis rue des Meuniers", "B8", "42 bis rue des Meuniers"),
        ("26 rue des Essais", "N1", "Tour 3 - 26 rue des Essais"),
        ("14 rue des Essais", "N2", "Escalier 2, 14 rue des Essais"),
        ("28 rue des Essais", "N3", "Appt 45, 28 rue des Essais"),
        ("30 rue des Essais", "N4", "Résidence Horizon 2 - 30 rue des Essais"),
    ],
)
def test_a_fact_goes_to_the_address_it_names(estate, address, reference, label):
    assert place_of(address) == ("by_address", (reference, label))


@pytest.mark.parametrize("address", ["12 rue des Essais", "12 rue des Essais bât c"])
def test_a_number_that_one_residence_has_several_times_is_the_residences(estate, address):
    assert place_of(address) == ("by_address", ("B1", None))


def test_a_number_that_several_residences_have_is_nobodys(estate):
    assert place_of("18 rue des Essais") == ("several_places",)


def test_a_building_that_nobody_knows_is_not_its_neighbour(estate):
    assert place_of("12 rue des Essais bât. Z") == ("unknown_unit",)


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("bât. b", "12 rue des Essais Bât B"),
        ("12 rue des Essais", None),
        ("Bât C", None),
        ("12 rue des Essais bât. Z", None),
    ],
)
def test_the_reference_and_the_building_name_the_address(estate, address, label):
    assert place_of(address, "B1") == ("by_reference", ("B1", label))


@pytest.mark.parametrize(
    "address",
    [
        "10 rue des Essais", "20G rue des Essais", "24 rue des Essais", "2 rue des Essais", "3 rue des Essais",
        "45 rue des Essais", "260 rue des Essais", "100 rue des Essais", "17 rue des Meuniers",
        "14 rue des Meuniers", "35 rue des Meuniers", "40 rue des Meuniers",
    ],
)  # fmt: skip
def test_a_number_that_is_no_door_takes_no_fact(estate, address):
    assert place_of(address) == ("no_place",)


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (";12 rue des Essais;B;", "12 rue des Essais Bât B"),
        (";12 rue des Essais;Bât C;esc 2", "12 rue des Essais Bât C esc 2"),
        ("B1;;b;", "12 rue des Essais Bât B"),
    ],
)
def test_a_building_may_stand_in_a_column_of_its_own(estate, cells, label):
    header = "identifiant;nature;jour;référence résidence;adresse;bâtiment;entrée;code postal"
    row = f"F1;NOISE;2024-03-14;{cells};75012"
    import_as_operator(csv_file(header, row), "generic", ImportKind.INCIDENTS)
    with system_scope("seeding"):
        assert list(Incident.objects.values_list("address__label", flat=True)) == [label]
