"""The shipped formats read files as their publishers describe them."""

import pytest

from accounts.scope import system_scope
from incidents.models import Incident
from sites.enums import ImportKind
from sites.imports.reading import BrokenFileError
from sites.models import Address, Commune
from tests.imports import csv_file, import_as_lead

RPLS = "REG_CODE;DEPCOM_CODE;DEPCOM_LIBELLE;CODEPOSTAL;NUMVOIE;INDREP;TYPVOIE;NOMVOIE;X;Y"
BAN = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position"
)
OPEN311 = "service_request_id,status,service_name,requested_datetime,address,zipcode,lat,long"


@pytest.fixture
def code(world):
    """The INSEE code of the commune of landlord A, which has a postcode."""
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.a.residence.commune_id).update(postcodes=["01400"])
        return Commune.objects.get(pk=world.a.residence.commune_id).code


def _made(*fields):
    with system_scope("seeding"):
        return list(Address.objects.filter(label__icontains="Inventée").order_by("id").values_list(*fields))


def test_rpls_has_a_row_for_each_dwelling(world, code):
    row = f"84;{code};Essai;01400;12;BIS;RUE;INVENTÉE;870000;6530000"
    other = f"84;{code};Essai;01400;14;;RUE;INVENTÉE;;"
    done = import_as_lead(
        csv_file(RPLS, row, row, row, other), world.a.lead, world.a.landlord, profile="rpls"
    )
    assert [outcome for outcome, _reason in done.verdicts] == ["imported", "merged", "merged", "imported"]
    assert _made("label", "dwellings") == [("12 BIS RUE INVENTÉE", 3), ("14 RUE INVENTÉE", 1)]
    [(longitude, latitude), nowhere] = _made("longitude", "latitude")
    assert (round(longitude, 2), round(latitude, 2), nowhere) == (5.19, 45.85, (None, None))


def test_the_national_address_base_gives_its_keys(world, code):
    key = f"{code}_0010_00012_bis"
    row = f"{key};{code}_0010;12;bis;Rue Inventée;01400;{code};Commune;;;;;5.18;45.85;entrée"
    import_as_lead(csv_file(BAN, row), world.a.lead, world.a.landlord, profile="ban")
    assert _made("label", "ban_key", "longitude") == [("12 bis Rue Inventée", key, 5.18)]


def test_a_311_request_is_a_fact_where_its_address_is(world, code):
    rows = [
        "311-1,open,Tags,2026-03-14T21:30:00+01:00,1 rue A,01400,,",
        "311-2,open,Pothole,2026-03-14T21:30:00+01:00,1 rue A,01400,,",
    ]
    done = import_as_lead(
        csv_file(OPEN311, *rows), world.a.lead, world.a.landlord, profile="open311", kind=ImportKind.INCIDENTS
    )
    assert done.verdicts == [("imported", "by_address"), ("rejected", "unknown_type")]
    with system_scope("seeding"):
        made = Incident.objects.get(import_run=done.run)
    said = (made.external_id, made.source, made.place_kind, made.address_id, f"{made.day} {made.time}")
    expected = ("311-1", "municipality", "public_space", world.a.address.pk, "2026-03-14 21:30:00")
    assert said == expected


def test_the_observatory_of_incivilities_has_two_axes(world):
    reference = world.a.residence.reference
    header = "axe;nature;jour;référence;adresse;code postal;plainte déposée;coût des dégâts"
    rows = [
        f"{axis};{nature};2026-03-14;{reference};;;oui;120"
        for axis, nature in (
            ("Personnel", "Agression physique"),
            ("Personnel", "Agression verbale"),
            ("Prestataire", "Agression physique sans arme"),
            ("Patrimoine", "Dégradation d’un ascenseur"),
            ("Patrimoine", "Acte de vandalisme"),
            ("Locataire", "Agression physique"),
        )
    ]
    done = import_as_lead(
        csv_file(header, *rows), world.a.lead, world.a.landlord, profile="orfi", kind=ImportKind.INCIDENTS
    )
    assert done.verdicts == [("imported", "by_reference")] * 5 + [("rejected", "unknown_type")]
    with system_scope("seeding"):
        made = Incident.objects.filter(import_run=done.run)
        codes = set(made.values_list("fact_type__code", flat=True))
    assert codes == {"STAFF_OR_POLICE_VIOLENCE", "VERBAL_ABUSE", "PHYSICAL_ASSAULT", "DAMAGE", "VANDALISM"}


@pytest.mark.parametrize("titles", ["adresse;Adresse", "adresse;ville;ADRESSE"])
def test_a_title_that_stands_twice_is_named_and_nothing_is_taken(world, code, titles):
    cells = ";".join(f"{number} rue Inventée" for number in range(titles.count(";") + 1))
    named = r"ont le même titre : «\s*adresse\s*»\. Renommez"
    with pytest.raises(BrokenFileError, match=named):
        import_as_lead(csv_file(f"code insee;{titles}", f"{code};{cells}"), world.a.lead, world.a.landlord)
    assert _made("id") == []


def test_titles_that_stand_twice_and_are_not_read_do_no_harm(world, code):
    done = import_as_lead(
        csv_file("code insee;adresse;note;note", f"{code};1 rue Inventée;;"), world.a.lead, world.a.landlord
    )
    assert done.verdicts == [("imported", "new_residence")]
