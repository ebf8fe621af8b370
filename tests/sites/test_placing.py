"""Addresses get their position one by one or many at once; every position of before can come back."""

import gzip
import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.versions import version_of
from sites.enums import GeocodingState, PlacementWay
from sites.geocoding import rows
from sites.geocoding.coordinates import read_coordinates
from sites.geocoding.forms import PlaceForm
from sites.geocoding.placing import place, state_of
from sites.geocoding.rows import Reason, of_lines, settle
from sites.imports.reading import process
from sites.match_key import match_key
from sites.models import Address, Placement, PositionChange
from tests import factories as f
from tests.world import signed_in

BULK = "/adresses/a-placer/ensemble/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48.8534, 2.3488", (2.3488, 48.8534, False)),
        ("2.3488 48.8534", (2.3488, 48.8534, True)),
        ("48,8534 2,3488", (2.3488, 48.8534, False)),
        ("48,8534, 2,3488", (2.3488, 48.8534, False)),
        ("48,8534;2,3488", (2.3488, 48.8534, False)),
        ("48.8534\t2.3488", (2.3488, 48.8534, False)),
        ("(48.8534 ; 2.3488)", (2.3488, 48.8534, False)),
        ("48° 51' 12'' N, 2° 20' 56'' E", (2.348889, 48.853333, False)),
        ("2°20’56”E 48°51’12”N", (2.348889, 48.853333, True)),
        ("1°40'O 43°30'N", (-1.666667, 43.5, True)),
        # Réunion, Guiana: south and west.
        ("-21.11, 55.53", (55.53, -21.11, False)),
        ("-52.3 4.9", (-52.3, 4.9, True)),
        # Lambert-93, in either order.
        ("652082 6861822", (2.347, 48.8547, False)),
    ],
)
def test_coordinates_are_read_as_people_write_them(text, expected):
    found = read_coordinates(text).found
    assert (round(found.longitude, 4), round(found.latitude, 4), found.turned) == (
        round(expected[0], 4), round(expected[1], 4), expected[2],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [("", False), ("48.8534", False), ("12 rue des Essais, 75012 Paris", False), ("10.5 10.5", True),
     ("48°51'12''N 2°20'56''N", True), ("91.5, 48.2", True)],
)  # fmt: skip
def test_what_is_no_point_of_france_is_told_from_what_is_none(text, elsewhere):
    written = read_coordinates(text)
    assert (written.found, written.elsewhere) == (None, elsewhere)


def _form(**data):
    form = PlaceForm({"longitude": "", "latitude": "", **data})
    return form.is_valid(), {k: form.cleaned_data.get(k) for k in ("longitude", "latitude", "way")}, form


def test_the_form_takes_pasted_coordinates_and_decimal_commas():
    valid, data, form = _form(pasted="2,3488 ; 48,8534")
    assert (valid, form.turned) == (True, True)
    assert data == {"longitude": 2.3488, "latitude": 48.8534, "way": PlacementWay.PASTED}
    valid, data, form = _form(longitude="2,3488", latitude="48,8534", way="candidate")
    assert (valid, form.turned, data["way"]) == (True, False, PlacementWay.CANDIDATE)
    assert (data["longitude"], data["latitude"]) == (2.3488, 48.8534)


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"longitude", "latitude"}),
        ({"longitude": "2.3"}, {"latitude"}),
        ({"longitude": "200", "latitude": "48"}, {"longitude"}),
        ({"pasted": "10.5 10.5"}, {"pasted"}),
        ({"pasted": "ici"}, {"pasted"}),
    ],
)
def test_a_refused_position_says_why_at_its_field(data, fields):
    valid, _data, form = _form(**data)
    assert (valid, set(form.errors)) == (False, fields)


def test_why_a_position_is_refused_stands_above_the_map(world):
    page = signed_in(world.a.lead).post(_page(world.a.address), {"pasted": "10.5 10.5"})
    assert page.status_code == 422
    assert page.text.index("ni des degrés de France") < page.text.index('id="place-map"')


def _page(address):
    return reverse("sites:place", args=[address.pk])


def _point(address):
    with system_scope("seeding"):
        found = Address.objects.get(pk=address.pk)
    return found.longitude, found.latitude, found.geocoding


def _moved(world, longitude, latitude):
    with acting_as(world.a.lead) as scope:
        address = Address.objects.get(pk=world.a.address.pk)
        version = version_of(address, state_of(address))
        place(scope, address, longitude=longitude, latitude=latitude, version=version)


def test_a_corrected_position_keeps_the_former_one_with_who_and_gives_it_back(world):
    before = _point(world.a.address)
    _moved(world, 2.3, 48.8)
    _moved(world, 2.4, 48.9)
    client = signed_in(world.a.lead)
    page = client.get(_page(world.a.address))
    first = page.context["history"][-1]
    assert [(change.from_longitude, change.to_longitude) for change in page.context["history"]] == [
        (2.3, 2.4), (before[0], 2.3),
    ]  # fmt: skip
    assert "Référent A" in page.text
    back = reverse("sites:return_address", args=[first.pk])
    client.post(back, {"version": "longitude:0 latitude:0"})
    assert _point(world.a.address) == (2.4, 48.9, GeocodingState.PLACED), "the page was of another state"
    client.post(back, {"version": page.context["version"]})
    assert _point(world.a.address) == before
    with system_scope("seeding"):
        last = PositionChange.objects.order_by("-pk").first()
    assert (last.way, last.from_longitude, last.changed_by_id) == ("return", 2.4, world.a.lead.pk)


@pytest.fixture
def three(world):
    """Three addresses of landlord A without a point, beside the planted ones in the same commune."""
    with system_scope("seeding"):
        world.commune.postcodes = ["75012"]
        world.commune.save()
        made = [
            f.AddressFactory(
                residence=world.a.residence, label=f"{n} rue des Essais", match_key=match_key(f"{n} rue des Essais"),
                postcode="75012", longitude=None, latitude=None, geocoding=GeocodingState.TO_PLACE,
            )
            for n in (21, 22, 23)
        ]  # fmt: skip
        Address.objects.filter(longitude__isnull=False).update(longitude=2.34, latitude=48.85)
    return made


def _paste(world, lines, listed=()):
    data = {"organisation": world.a.landlord.pk, "lines": lines, "listed": " ".join(map(str, listed))}
    return signed_in(world.a.lead).post(BULK, data, follow=True)


def _rejected(page):
    return [(number, reason) for number, reason in page.context["placement"].rejected]


def test_pasted_lines_place_the_addresses_they_name_and_say_what_became_of_the_others(world, three):
    with system_scope("seeding"):
        Address.objects.filter(pk=three[2].pk).update(ban_key="75112_1234_00023")
    page = _paste(
        world,
        "21 rue des Essais, 75012 Paris ; 48.851, 2.341\n"
        "\n"
        "22, rue des essais ; 2,342 48,852\n"
        "75112_1234_00023\t48.853\t2.343\n"
        "99 rue Inconnue 48.85 2.34\n"
        "21 rue des Essais ; 48.9 ; 2.39\n"
        f"{world.a.other_address.label} ; 43.30 ; 5.37\n"
        "22 rue des Essais ; 10.5 ; 10.5\n"
        "23 rue des Essais, 75012 Paris\n",
    )
    assert [_point(a)[:2] for a in three[:2]] == [(2.341, 48.851), (2.342, 48.852)]
    placement = page.context["placement"]
    assert _rejected(page) == [
        (5, Reason.UNKNOWN), (6, Reason.TWICE), (7, Reason.FAR), (8, Reason.ELSEWHERE),
    ]  # fmt: skip
    assert _point(three[2])[:2] == (2.343, 48.853)
    assert placement.placed == 3
    assert "Rue Inconnue" not in json.dumps(placement.rejected)


@pytest.mark.parametrize(("point", "rejected"), [("48.851 2.341", 0), ("43.30 5.37", 50)])
def test_a_row_is_not_measured_against_every_address_of_its_commune(world, monkeypatch, point, rejected):
    with system_scope("seeding"):
        many = [
            Address(
                residence=world.a.residence, landlord=world.a.landlord, commune=world.commune, dwellings=1,
                label=f"{n} rue des Doutes", match_key=match_key(f"{n} rue des Doutes"), longitude=2.34, latitude=48.85,
            )
            for n in range(50)
        ]  # fmt: skip
        Address.objects.bulk_create(many)
    measured = []
    exact = rows.distance
    monkeypatch.setattr(rows, "distance", lambda a, b: measured.append(a) or exact(a, b))
    with acting_as(world.a.lead):
        given = of_lines("\n".join(f"{n} rue des Doutes, {point}" for n in range(50)))
        placing = settle(given, Address.objects.filter(landlord=world.a.landlord))
    assert (len(placing.positions), len(placing.rejected)) == (50 - rejected, rejected)
    assert len(measured) <= 2 * 50


@pytest.mark.parametrize(
    ("point", "far"),
    # A degree of latitude has 111 km: both sides of the bound, across the border of a cell.
    [("48.889 2.341", False), ("49.029 2.341", False), ("49.031 2.341", True), ("48.85 2.612", False), ("48.85 2.616", True)],
)  # fmt: skip
def test_a_point_is_far_beyond_twenty_kilometres_of_every_other(world, point, far):
    with system_scope("seeding"):
        Address.objects.exclude(pk=world.a.address.pk).filter(commune=world.commune).update(
            longitude=None, latitude=None
        )
        Address.objects.filter(pk=world.a.address.pk).update(longitude=2.341, latitude=48.85)
        f.AddressFactory(residence=world.a.residence, label="77 rue des Doutes")
        Address.objects.filter(label="77 rue des Doutes").update(longitude=None, latitude=None)
    with acting_as(world.a.lead):
        given = of_lines(f"77 rue des Doutes, {point}")
        placing = settle(given, Address.objects.filter(landlord=world.a.landlord))
    assert [reason for _number, reason in placing.rejected] == ([Reason.FAR] if far else [])


def test_coordinates_alone_are_those_of_the_list_beside_them(world, three):
    client = signed_in(world.a.lead)
    listed = [address.pk for address in client.get(BULK).context["listed"]]
    assert set(listed) == {address.pk for address in three}
    page = _paste(world, "48.851, 2.341\n2.342, 48.852\n", listed)
    assert page.context["placement"].placed == 2
    with system_scope("seeding"):
        got = {pk: Address.objects.get(pk=pk).longitude for pk in listed}
    assert got == {listed[0]: 2.341, listed[1]: 2.342, listed[2]: None}
    assert "La longitude venait en premier sur 1 ligne" in page.text


@pytest.mark.parametrize("digits", [19, 5000])
def test_a_listed_number_that_is_no_id_names_no_address(world, digits):
    page = _paste(world, "48.851, 2.341", ["9" * digits])
    assert (page.status_code, page.context["placement"].placed) == (200, 0)


def _send(world, name, content):
    file = SimpleUploadedFile(name, content)
    data = {"organisation": world.a.landlord.pk, "lines": "", "listed": "", "file": file}
    return signed_in(world.a.lead).post(BULK, data, follow=True)


def test_a_file_places_by_identifier_or_address(world, three):
    with system_scope("seeding"):
        Address.objects.filter(pk=three[0].pk).update(ban_key="75112_1234_00021")
        Address.objects.filter(pk=three[1].pk).update(rnb_id="1GA7PBYM1QDY")
    page = _send(
        world, "positions.csv",
        "Clé BAN;RNB;Adresse;Code postal;Latitude;Longitude\n"
        "75112_1234_00021;;;;48,851;2,341\n"
        ";1GA7PBYM1QDY;;;48,852;2,342\n"
        ";;23 rue des Essais;75012;48,853;2,343\n"
        ";;23 rue des Essais;13001;48,853;2,343\n"
        ";;;;48,853;2,343\n"
        ";;22 rue des Essais;75012;;\n".encode(),
    )  # fmt: skip
    assert [_point(a)[:2] for a in three] == [(2.341, 48.851), (2.342, 48.852), (2.343, 48.853)]
    assert _rejected(page) == [(5, Reason.UNKNOWN), (6, Reason.NO_ADDRESS), (7, Reason.NO_POINT)]
    assert page.context["placement"].filename == "positions.csv"


def test_a_geojson_file_places_too(world, three):
    content = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"adresse": "21 rue des Essais", "code postal": "75012"},
                "geometry": {"type": "Point", "coordinates": [2.341, 48.851]},
            }
        ],
    }
    page = _send(world, "positions.geojson", json.dumps(content).encode())
    assert (page.context["placement"].placed, _rejected(page)) == (1, [])
    assert _point(three[0]) == (2.341, 48.851, GeocodingState.PLACED)


def test_a_file_that_is_none_is_refused_with_a_sentence(world):
    page = _send(world, "positions.csv", b"PK\x03\x04 no archive")
    assert page.status_code == 422
    assert page.context["form"].errors["file"]
    neither = signed_in(world.a.lead).post(BULK, {"organisation": world.a.landlord.pk, "lines": " "})
    assert (neither.status_code, set(neither.context["form"].errors)) == (422, {"lines"})


def test_a_file_that_unpacks_to_more_than_the_server_of_pages_may_hold_is_refused(world):
    """Of 400 MB, which an import may unpack to in its worker, two at once would fill the memory that serves everybody."""
    packed = gzip.compress(b"adresse;latitude;longitude\n" + b"\n" * 33 * 2**20, 1)
    answer = signed_in(world.a.lead).post(
        reverse("sites:place_addresses"),
        {"organisation": world.a.landlord.pk, "file": SimpleUploadedFile("adresses.csv.gz", packed)},
    )
    said = "Le fichier est trop grand une fois décompressé."
    assert (answer.status_code, answer.context["form"].errors["file"]) == (422, [said])
    assert process.limit() == 8 * settings.UPLOAD_MAX_BYTES


def test_addresses_of_another_landlord_are_unknown(world):
    with system_scope("seeding"):
        Address.objects.filter(pk=world.b.address.pk).update(ban_key="75112_1234_00099")
    before = _point(world.b.address)
    page = _paste(world, "x 48.85 2.34\n48.86 2.35", [world.b.address.pk])
    assert _rejected(page) == [(1, Reason.UNKNOWN), (2, Reason.NO_ADDRESS)], "not all lines are bare"
    page = _paste(world, "48.86 2.35", [world.b.address.pk])
    assert _rejected(page) == [(1, Reason.UNKNOWN)]
    page = _send(world, "p.csv", "Clé BAN;Latitude;Longitude\n75112_1234_00099;48,86;2,35\n".encode())
    assert _rejected(page) == [(2, Reason.UNKNOWN)]
    assert _point(world.b.address) == before


def test_an_undone_placement_gives_positions_back_but_not_where_somebody_has_been_since(world, three):
    before = [_point(address) for address in three]
    page = _paste(world, "21 rue des Essais 48.851 2.341\n22 rue des Essais 48.852 2.342")
    placement = page.context["placement"]
    with acting_as(world.a.lead) as scope:
        address = Address.objects.get(pk=three[1].pk)
        version = version_of(address, state_of(address))
        place(scope, address, longitude=2.35, latitude=48.86, version=version)
    undo = reverse("sites:placement_undo", args=[placement.pk])
    client = signed_in(world.a.lead)
    done = client.post(undo, follow=True)
    assert (_point(three[0]), _point(three[1])[:2]) == (before[0], (2.35, 48.86))
    assert "1 adresse déplacée depuis est restée où elle est." in done.text
    again = client.post(undo, follow=True)
    assert "déjà défait" in again.text
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(
            object_type="sites.placement", organisation_id=world.a.landlord.pk
        )
        assert list(entries.order_by("pk").values_list("action", flat=True)) == ["create", "cancel"]


def test_positions_that_are_there_already_count_as_unchanged(world, three):
    _paste(world, "21 rue des Essais 48.851 2.341")
    page = _paste(world, "21 rue des Essais 48.851 2.341")
    assert (page.context["placement"].placed, page.context["placement"].unchanged) == (0, 1)
    with system_scope("seeding"):
        assert PositionChange.objects.count() == 1


def test_an_address_that_goes_takes_its_positions_with_it(world):
    _moved(world, 2.3, 48.8)
    with system_scope("seeding"):
        alone = f.AddressFactory(residence=world.a.residence)
        PositionChange.objects.update(address_id=alone.pk)
        Address.objects.filter(pk=alone.pk)._raw_delete("default")
        assert PositionChange.objects.count() == 0


def test_placements_are_the_leads_alone(world, three):
    _paste(world, "21 rue des Essais 48.851 2.341")
    for person, seen in ((world.a.lead, 1), (world.b.lead, 0), (world.a.agent, 0), (world.a.coordinator, 0)):
        with acting_as(person):
            assert (Placement.objects.count(), PositionChange.objects.count()) == (seen, seen)


def test_of_an_address_in_two_residences_the_reference_says_which(world, three):
    with system_scope("seeding"):
        f.AddressFactory(
            residence=world.a.other, label="21 rue des Essais", match_key=match_key("21 rue des Essais"),
            longitude=None, latitude=None, postcode="75012",
        )  # fmt: skip
        reference = world.a.residence.reference
    assert _rejected(_paste(world, "21 rue des Essais 48.851 2.341")) == [(1, Reason.SEVERAL)]
    csv = f"Référence;Adresse;Latitude;Longitude\n{reference};21 rue des Essais;48,851;2,341\n"
    page = _send(world, "positions.csv", csv.replace("Référence", "Code résidence").encode())
    assert (_rejected(page), _point(three[0])[:2]) == ([], (2.341, 48.851))


@pytest.mark.usefixtures("three")
def test_a_short_address_is_no_identifier_of_a_building(world):
    with system_scope("seeding"):
        short = f.AddressFactory(
            residence=world.a.residence, label="12 rue Pasteur", match_key=match_key("12 rue Pasteur"), longitude=None,
            latitude=None,
        )  # fmt: skip
    _paste(world, "12 rue Pasteur 48.851 2.341")
    assert _point(short)[:2] == (2.341, 48.851)


def test_sorting_the_list_sends_its_rows_alone(world, three):
    page = (
        signed_in(world.a.lead)
        .get("/adresses/a-placer/", {"tri": "-label"}, headers={"HX-Request": "true"})
        .text
    )
    assert ("<html" in page, page.index("23 rue") < page.index("21 rue")) == (False, True)


def test_a_landlord_without_addresses_is_led_to_importing_them_and_is_not_told_that_all_have_a_point(world):
    with system_scope("seeding"):
        beginning = f.MembershipFactory(organisation=f.OrganisationFactory(), role=Role.LEAD).user
    told = ("Toutes vos adresses ont un point", "Importer le patrimoine", BULK)
    pages = [signed_in(lead).get(reverse("sites:to_place")).text for lead in (beginning, world.a.lead)]
    assert [[text in page for text in told] for page in pages] == [[False, True, False], [True, False, True]]
