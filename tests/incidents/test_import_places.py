"""A fact goes to the building it names, to the residence whose number it names, or nowhere."""

import datetime as dt

import pytest

from accounts.enums import Role
from accounts.scope import system_scope
from incidents.models import Incident, UnplacedFact
from sites.enums import ImportKind
from sites.match_key import match_key
from sites.models import Address, Commune, Residence
from tests import factories as f
from tests.imports import PARIS_12, csv_file, import_as_lead, import_as_operator, plant_communes

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
    "N7": ["Horizon 12, rue des Essais"],
    "E1": ["50 rue des Essais", "50 rue des Essais Bât A"],
    "E2": ["52 rue des Essais"],
    "E3": ["52 rue des Essais Bât A"],
    "E4": ["54 rue des Essais esc 1"],
    "E5": ["60 rue des Essais"],
    "E6": ["62 rue des Essais"],
}  # fmt: skip


@pytest.fixture
def estate(db):
    plant_communes()
    with system_scope("seeding"):
        commune = Commune.objects.get(code=PARIS_12)
        landlord = f.OrganisationFactory()
        for reference, labels in ESTATE.items():
            residence = f.ResidenceFactory(landlord=landlord, commune=commune, reference=reference)
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
        ("12 rue des Essais Bât C esc 1", "B1", "12 rue des Essais Bât C esc 1"),
        ("12 rue des Essais Bât A hall 3", "B1", "12 rue des Essais Bât A"),
        ("18 rue des Essais bât b", "B3", "18 rue des Essais Bât. B"),
        ("12 R DU POLE NORD", "B4", "12 rue du Pôle Nord"),
        ("12 rue du Pôle Sud, bât. Z", "B5", "12 rue du Pôle Sud"),
        ("18 rue des Meuniers", "B6", "16-20 rue des Meuniers"),
        ("16 à 20 rue des Meuniers", "B6", "16-20 rue des Meuniers"),
        ("32 rue des Meuniers", "B7", "31 au 34 rue des Meuniers"),
        ("40 bis rue des Meuniers", "B8", "40 bis rue des Meuniers"),
        ("42 B rue des Meuniers", "B8", "42 B rue des Meuniers"),
        ("42 bis rue des Meuniers", "B8", "42 bis rue des Meuniers"),
        ("26 rue des Essais, tour 3", "N1", "Tour 3 - 26 rue des Essais"),
        ("26 rue des Essais, tour 3, hall A", "N1", "Tour 3 - 26 rue des Essais"),
        ("Horizon 12, rue des Essais", "N7", "Horizon 12, rue des Essais"),
        ("3 - 260 rue des Essais", "N6", "3 - 260 rue des Essais"),
        ("28 rue des Essais", "N3", "Appt 45, 28 rue des Essais"),
        ("30 rue des Essais", "N4", "Résidence Horizon 2 - 30 rue des Essais"),
    ],
)
def test_a_fact_goes_to_the_address_it_names(estate, address, reference, label):
    assert place_of(address) == ("by_address", (reference, label))


@pytest.mark.parametrize(
    ("address", "reference"),
    [
        ("12 rue des Essais", "B1"),
        ("12 rue des Essais bât c", "B1"),
        # Buildings A and B may well have an entrance 1 too.
        ("12 rue des Essais esc 1", "B1"),
        ("50 rue des Essais", "E1"),
        ("26 rue des Essais", "N1"),
        ("26 rue des Essais esc 2", "N1"),
        ("14 rue des Essais", "N2"),
    ],
)
def test_a_number_that_is_one_residences_whatever_the_building_is_the_residences(estate, address, reference):
    assert place_of(address) == ("by_address", (reference, None))


def test_a_building_nobody_knows_is_part_of_the_number_where_all_of_it_is_one_residences(estate):
    assert place_of("50 rue des Essais Bât Z") == ("by_address", ("E1", "50 rue des Essais"))


@pytest.mark.parametrize(
    "address",
    ["18 rue des Essais", "18 rue des Essais esc 1", "52 rue des Essais", "52 rue des Essais bât. Z"],
)
def test_a_number_that_several_residences_have_is_nobodys(estate, address):
    assert place_of(address) == ("several_places",)


@pytest.mark.parametrize("address", ["40 B rue des Meuniers", "18 bis rue des Meuniers"])
def test_a_letter_is_neither_an_ordinal_nor_within_a_range_and_is_asked_about(estate, address):
    assert place_of(address) == ("alike_only",)
    assert place_of(address, "B8") == ("by_reference", ("B8", None))


def candidates_of(address):
    place_of(address)
    return candidates()


def candidates():
    """Return the addresses suggested for the one fact that waits."""
    with system_scope("seeding"):
        [(found,)] = UnplacedFact.objects.values_list("candidates")
        labels = dict(Address.objects.values_list("id", "label"))
    return {labels[pk] for pk in found}


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        ("Horizon 60, rue des Essais", {"60 rue des Essais"}),
        ("60 - 63 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("63-60 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("Les Lilas 60 et 62, rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("60-62 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("61 - 290 rue des Essais", {"62 rue des Essais"}),
        ("40 B rue des Meuniers", {"40 bis rue des Meuniers"}),
        ("60 ou 62 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("60.62 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("entre le 60 et le 62 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("Entrées 60 et 62 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("n°60 à n°62 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("En face du 60 rue des Essais", {"60 rue des Essais"}),
        ("18 rue des Essais Bât A ou B", {"18 rue des Essais Bât. A", "18 rue des Essais Bât. B"}),
        ("18 rue des Essais, en face du bât. A", {"18 rue des Essais Bât. A", "18 rue des Essais Bât. B"}),
    ],
)
def test_numbers_that_cannot_be_told_wait_with_the_places_they_may_mean(estate, address, labels):
    assert candidates_of(address) == labels


def test_numbers_that_cannot_be_told_are_the_residences_that_the_reference_names(estate):
    assert place_of("Horizon 60, rue des Essais", "E5") == ("by_reference", ("E5", None))


@pytest.mark.parametrize(("number", "reason"), [(60, "unclear_number"), (70, "no_place")])
def test_an_unclear_number_is_said_and_one_without_any_place_is_rejected(estate, number, reason):
    assert place_of(f"Horizon {number}, rue des Essais") == (reason,)


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        ("62 rue des Essais", {"60 rue des Essais", "62 rue des Essais"}),
        ("40 bis rue des Meuniers", {"60 rue des Essais", "40 bis rue des Meuniers"}),
        ("18 rue des Meuniers", {"60 rue des Essais", "16-20 rue des Meuniers"}),
        ("16-20 rue des Meuniers", {"60 rue des Essais", "16-20 rue des Meuniers"}),
        ("18 rue des Essais bât. Z", {"60 rue des Essais", "18 rue des Essais Bât. A", "18 rue des Essais Bât. B"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("postcode", ["75012", ""])
def test_a_reference_and_an_address_of_another_residence_wait_with_both(estate, address, labels, postcode):
    row = f"F1;NOISE;2024-03-14;E5;{address};{postcode}"
    result = import_as_operator(csv_file(HEADER, row), "generic", ImportKind.INCIDENTS)
    assert result.verdicts == [("waiting", "several_places")]
    assert candidates() == labels


@pytest.mark.parametrize(
    ("address", "reference"),
    [("64 rue des Essais", "E5"), ("40 rue des Meuniers", "E5"), ("12 rue des Essais bât. Z", "B1")],
)
def test_an_address_that_nobody_else_has_leaves_the_fact_to_the_reference(estate, address, reference):
    with system_scope("seeding"):
        # Of another landlord.
        residence = f.ResidenceFactory(commune=Commune.objects.get(code=PARIS_12), reference="X1")
        f.AddressFactory(residence=residence, label="64", match_key=match_key("64 rue des Essais"))
    assert place_of(address, reference) == ("by_reference", (reference, None))


def test_an_identifier_names_the_places_of_the_files_landlord_alone(estate):
    with system_scope("seeding"):
        Address.objects.filter(label="60 rue des Essais").update(rnb_id=RNB, ban_key=BAN)
        theirs = Address.objects.get(label="60 rue des Essais").landlord
        own = f.OrganisationFactory()
        lead = f.MembershipFactory(organisation=own, role=Role.LEAD).user
        f.MembershipFactory(organisation=theirs, user=lead, role=Role.LEAD)
    header = "identifiant;nature;jour;rnb;clé ban"
    for row in (f"F1;NOISE;2024-03-14;{RNB};", f"F2;NOISE;2024-03-14;;{BAN}"):
        result = import_as_lead(csv_file(header, row), lead, own, kind=ImportKind.INCIDENTS)
        assert result.verdicts == [("rejected", "no_place")]
        result = import_as_lead(csv_file(header, row), lead, theirs, kind=ImportKind.INCIDENTS)
        assert result.verdicts == [("imported", "by_address")]


def test_a_building_that_nobody_knows_is_not_its_neighbour(estate):
    assert place_of("12 rue des Essais bât. Z") == ("unknown_unit",)


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("bât. b", "12 rue des Essais Bât B"),
        ("bât. a ou bât. b", None),
        ("bât. a à c", None),
        ("en face du bât. b", None),
        ("Bât C sauf esc 1", None),
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


BAN, RNB = "75112_1234_00060", "1GA7PBYM1QDY"


@pytest.mark.parametrize(
    ("reference", "address", "rnb", "ban", "placed"),
    [
        ("", "", RNB, "", ("by_address", ("E5", "60 rue des Essais"))),
        ("", "", "1ga7-pbym-1qdy", "", ("by_address", ("E5", "60 rue des Essais"))),
        ("", "", "", BAN, ("by_address", ("E5", "60 rue des Essais"))),
        # It decides against the words of the address, which the residence does not have.
        ("", "62 rue des Essais", "", BAN, ("by_address", ("E5", "60 rue des Essais"))),
        ("", "62 rue des Essais", RNB, "", ("by_address", ("E5", None))),
        # The key of a number says nothing of the building.
        ("", "Bât. Z", "", BAN, ("by_address", ("E5", None))),
        ("", "toute la résidence", "", BAN, ("by_address", ("E5", None))),
        ("E5", "", RNB, "", ("by_reference", ("E5", "60 rue des Essais"))),
        ("E6", "", RNB, "", ("several_places",)),
        ("", "62 rue des Essais", "", "75112_1234_00099", ("by_address", ("E6", "62 rue des Essais"))),
        ("", "62 rue des Essais", "???", "", ("by_address", ("E6", "62 rue des Essais"))),
    ],
)
def test_a_national_identifier_that_is_known_decides(estate, reference, address, rnb, ban, placed):
    with system_scope("seeding"):
        Address.objects.filter(label="60 rue des Essais").update(rnb_id=RNB, ban_key=BAN)
    header = "identifiant;nature;jour;référence résidence;adresse;code postal;rnb;clé ban"
    row = f"F1;NOISE;2024-03-14;{reference};{address};75012;{rnb};{ban}"
    [(_outcome, reason)] = import_as_operator(csv_file(header, row), "generic", ImportKind.INCIDENTS).verdicts
    with system_scope("seeding"):
        places = list(Incident.objects.values_list("residence__reference", "address__label"))
    assert (reason, *places) == placed


def test_an_identifier_of_two_residences_is_a_choice_between_them(estate):
    with system_scope("seeding"):
        Address.objects.filter(label__startswith="18 rue des Essais").update(ban_key=BAN)
    header = "identifiant;nature;jour;référence résidence;clé ban"
    rows = [f"F1;NOISE;2024-03-14;;{BAN}", f"F2;NOISE;2024-03-14;B3;{BAN}"]
    result = import_as_operator(csv_file(header, *rows), "generic", ImportKind.INCIDENTS)
    assert [reason for _outcome, reason in result.verdicts] == ["several_places", "by_reference"]


@pytest.fixture
def communes(db):
    """Two communes of one postcode and one of another, each with a number 12 of one street, and a merged commune."""
    plant_communes()
    with system_scope("seeding"):
        Commune.objects.filter(code="01001").update(former_codes=["01901"], former_names=["Vieil-Essai"])
        # A commune where nobody has an address.
        Commune.objects.create(code="01003", name="Lointain", department="01", postcodes=["01300"])
        landlord = f.OrganisationFactory()
        for code in ("01001", "01002", PARIS_12):
            commune = Commune.objects.get(code=code)
            residence = f.ResidenceFactory(commune=commune, reference=f"R{code}", landlord=landlord)
            label = "12 rue des Essais"
            f.AddressFactory(residence=residence, label=label, match_key=match_key(label))


HEADER_WITH_COMMUNES = "identifiant;nature;jour;adresse;code postal;commune;code insee"
ESSAIS = "12 rue des Essais"


def commune_of(address, postcode="", city="", insee=""):
    """Return the outcome, the reason, the remarks and the commune of the fact that was recorded, if any."""
    content = csv_file(HEADER_WITH_COMMUNES, f"F1;NOISE;2024-03-14;{address};{postcode};{city};{insee}")
    result = import_as_operator(content, "generic", ImportKind.INCIDENTS)
    [(outcome, reason)] = result.verdicts
    with system_scope("seeding"):
        codes = list(Incident.objects.values_list("commune__code", flat=True))
        waiting = UnplacedFact.objects.count()
    assert (outcome == "imported", outcome == "waiting") == (bool(codes), bool(waiting))
    return (outcome, reason, [str(label) for label in result.remarks], *codes)


@pytest.mark.usefixtures("communes")
@pytest.mark.parametrize(
    ("told", "remarks", "code"),
    [
        ({"insee": "01001"}, [], "01001"),
        ({"insee": "1002"}, [], "01002"),
        ({"insee": "01901"}, ["commune_merged"], "01001"),
        ({"city": "St-Essai"}, ["commune_by_name"], "01001"),
        ({"postcode": "01400", "city": "AUTRE ESSAI"}, [], "01002"),
        ({"postcode": "1400", "city": "Vieil-Essai"}, [], "01001"),
        ({"postcode": "75571", "city": "PARIS CEDEX 12"}, ["commune_by_name"], PARIS_12),
        ({"postcode": "75571 PARIS CEDEX 12"}, ["commune_by_name"], PARIS_12),
        ({"city": "Paris 12e"}, ["commune_by_name"], PARIS_12),
        ({"city": "Paris", "postcode": "75012", "insee": "75056"}, [], PARIS_12),
        ({"city": "75012 Paris"}, [], PARIS_12),
        ({"postcode": "01400", "insee": "01002"}, [], "01002"),
        ({"address": f"{ESSAIS}, 01400 Autre-Essai"}, [], "01002"),
        ({"address": f"{ESSAIS} - 75012 PARIS"}, [], PARIS_12),
        ({"address": f"{ESSAIS} (75012)"}, [], PARIS_12),
        ({"address": f"{ESSAIS}, 01400", "city": "Saint Essai"}, [], "01001"),
    ],
)
def test_a_fact_s_commune_is_found_by_whatever_part_names_it(told, remarks, code):
    assert commune_of(**{"address": ESSAIS} | told) == ("imported", "by_address", remarks, code)


@pytest.mark.usefixtures("communes")
@pytest.mark.parametrize(
    "told",
    [
        {"insee": "01001", "city": "Autre-Essai"},
        {"insee": "01001", "postcode": "75012"},
        {"postcode": "75012", "city": "Autre-Essai"},
        {"postcode": "01400", "city": "Paris"},
        {"postcode": "75012", "address": f"{ESSAIS}, 01400 Autre-Essai"},
        {"postcode": "01400", "city": "Saint-Essai", "address": f"{ESSAIS}, 01400 Autre-Essai"},
    ],
)
def test_a_fact_whose_parts_name_two_communes_waits_for_a_person(told):
    assert commune_of(**{"address": ESSAIS} | told)[:2] == ("waiting", "communes_disagree")


@pytest.mark.usefixtures("communes")
def test_a_fact_in_one_of_two_communes_of_an_unknown_name_waits_for_a_person():
    assert commune_of(ESSAIS, "01400", "Le Bourg")[:2] == ("waiting", "no_commune")


@pytest.mark.usefixtures("communes")
@pytest.mark.parametrize(
    ("told", "reason"),
    [
        # A commune that is known and where nobody has an address takes none of its neighbours'.
        ({"insee": "01003"}, "no_place"),
        ({"postcode": "01300", "city": "Lointain"}, "no_place"),
        ({"insee": "99999"}, "no_commune"),
        ({"city": "Nulle-Part"}, "no_commune"),
        ({"postcode": "99999"}, "no_commune"),
        ({}, "no_place"),
    ],
)
def test_a_fact_of_no_known_address_is_refused_with_the_reason(told, reason):
    assert commune_of(ESSAIS, **told)[:2] == ("rejected", reason)


def close(model, **where):
    with system_scope("seeding"):
        assert model.objects.filter(**where).update(closed_on=dt.date(2024, 1, 1), close_reason="Démolie")


@pytest.mark.parametrize(
    ("address", "reference"), [("", "E5"), ("60 rue des Essais", ""), ("60, r. des Essais", "E5")]
)
def test_a_fact_at_a_closed_residence_is_told_and_not_recorded(estate, address, reference):
    close(Residence, reference="E5")
    assert place_of(address, reference) == ("closed_place",)


def test_a_fact_at_a_closed_address_is_told_and_its_residence_goes_on(estate):
    close(Address, label="50 rue des Essais Bât A")
    assert place_of("50 rue des Essais bat A", "E1") == ("closed_place",)
    assert place_of("50 rue des Essais", "E1") == ("by_reference", ("E1", "50 rue des Essais"))


def test_a_closed_address_gives_way_to_the_open_one_at_its_door(estate):
    close(Residence, reference="E5")
    with system_scope("seeding"):
        former = Address.objects.get(label="60 rue des Essais")
        anew = f.ResidenceFactory(landlord=former.landlord, commune=former.commune, reference="NEUVE")
        f.AddressFactory(residence=anew, label="60 rue des Essais", match_key=former.match_key)
    assert place_of("60 rue des Essais") == ("by_address", ("NEUVE", "60 rue des Essais"))


@pytest.mark.parametrize("written", ["62 rue des Essais", "60 rue des Essais"])
def test_a_merged_address_is_found_as_the_one_that_it_is(estate, written):
    with system_scope("seeding"):
        survivor = Address.objects.get(label="60 rue des Essais")
    close(Address, label="62 rue des Essais")
    with system_scope("seeding"):
        Address.objects.filter(label="62 rue des Essais").update(merged_into=survivor)
    assert place_of(written) == ("by_address", ("E5", "60 rue des Essais"))
