"""The exported list of residences comes back in by the import of stock, and changes nothing."""

import pytest

from accounts.scope import system_scope
from sites.enums import GeocodingState
from sites.imports.reading import read
from sites.match_key import match_key
from sites.models import Address, Commune, Residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead
from tests.undoing import contents


@pytest.fixture
def stock(world):
    """Residences with several addresses, buildings at one number, and names that a spreadsheet would compute."""
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.a.residence.commune_id).update(postcodes=["01400"])
        Residence.objects.filter(pk=world.a.residence.pk).update(
            name="=1+1", reference="-12", in_priority_neighbourhood=True
        )
        Residence.objects.filter(pk=world.a.other.pk).update(name="'=2", reference="0012")
        here = {"residence": world.a.residence, "geocoding": GeocodingState.FOUND}
        f.AddressFactory(**here, label="12 rue des Essais, Bât. A", building="Bât. A", postcode="01400")
        f.AddressFactory(**here, label="12 rue des Essais, Bât. B", building="Bât. B", dwellings=7)
        label = "+4 rue A"
        Address.objects.filter(pk=world.a.other_address.pk).update(
            label=label, match_key=match_key(label), geocoding=GeocodingState.PLACED
        )
        for residence in Residence.objects.filter(landlord=world.a.landlord):
            residence.dwellings = sum(residence.addresses.values_list("dwellings", flat=True))
            residence.save()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_exported_residences_come_back_in_without_a_change(world, sign_in, stock, kind, language):
    with system_scope("seeding"):
        type(world.a.lead).objects.filter(pk=world.a.lead.pk).update(language=language)
    content = sign_in(world.a.lead).get(f"/residences/export.{kind}").getvalue()
    assert read(content).header[1] == {"fr": "Niveau", "en": "Level"}[language]
    before = contents()
    done = import_as_lead(content, world.a.lead, world.a.landlord)
    assert done.counts == {"unchanged": {"already_there": 4}}
    assert contents() == before


def test_the_reference_of_a_residence_never_leaves_its_landlord(world, sign_in, stock):
    own = read(sign_in(world.a.lead).get("/residences/export.csv").getvalue())
    assert {row.cells[0] for row in own.rows} == {"-12", "0012"}
    theirs = read(sign_in(world.a.coordinator).get("/residences/export.csv").getvalue())
    assert "Référence résidence" not in theirs.header
    assert not {"-12", "0012"} & {cell for row in theirs.rows for cell in row.cells}


def test_the_list_is_filtered_by_an_import_of_ones_own(world, sign_in, stock):
    content = csv_file("référence;adresse;code postal", "NEW;99 rue Neuve;01400")
    run = import_as_lead(content, world.a.lead, world.a.landlord).run
    query = {"import_run": run.pk}
    listed = read(sign_in(world.a.lead).get("/residences/export.csv", query).getvalue())
    assert [row.cells[0] for row in listed.rows] == ["NEW"]
    assert list(read(sign_in(world.b.lead).get("/residences/export.csv", query).getvalue()).rows) == []
