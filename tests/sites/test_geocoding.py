"""Geocoding against a server that speaks the national address API's batch protocol."""

import csv
import io
import json
import re
import threading
from email.parser import BytesParser
from email.policy import HTTP
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.versions import version_of
from incidents.facts.services import Fact, record_incident
from incidents.models import FactType
from sites.enums import GeocodingState
from sites.geocoding import placing, services
from sites.geocoding.services import (
    Answer,
    GeocodingError,
    NationalAddressApi,
    Question,
    geocode_pending,
    geocoder,
)
from sites.geocoding.tasks import geocode
from sites.models import Address
from tests import factories as f
from tests.sharing import journal
from tests.waiting import PATIENCE_S, hold_on
from tests.world import plant, signed_in


class _Handler(BaseHTTPRequestHandler):
    """Answers as api-adresse does: the sent columns, then the result columns."""

    def do_GET(self):
        server = self.server
        server.paths.append(self.path)
        if server.mode == "error":
            self.send_error(500)
            return
        found = [
            {
                "geometry": {"coordinates": [2.34, 48.85]},
                "properties": {"label": "1 Rue <des> Essais 75012 Paris", "score": 0.81},
            },
            {
                "geometry": {"coordinates": [2.35, 48.86]},
                "properties": {"label": "Rue des Essais 75012 Paris", "score": 0.5},
            },
        ]
        answer = b"<html>" if server.mode == "html" else json.dumps({"features": found}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self):
        server = self.server
        server.paths.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if server.mode == "slow":
            hold_on(server.leave)
        if server.mode == "error":
            self.send_error(500)
            return
        answer = b"<html>Maintenance</html>" if server.mode == "html" else self._located(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _located(self, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
        }
        self.server.fields = {name: value.decode() for name, value in parts.items() if name != "data"}
        rows = list(csv.DictReader(io.StringIO(parts["data"].decode())))
        self.server.sizes.append(len(rows))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([*rows[0], "latitude", "longitude", "result_score", "result_status"])
        for row in rows:
            found = {
                "1 rue Sûre": ("48.85", "2.35", "0.97", "ok"),
                "2 rue Floue": ("48.86", "2.36", "0.31", "ok"),
            }
            writer.writerow([*row.values(), *found.get(row["adresse"], ("", "", "", "not-found"))])
        return text.getvalue().encode()

    def log_message(self, *args):
        pass


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.mode, server.paths, server.sizes, server.fields = "ok", [], [], {}
    server.leave = threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.leave.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pending(world):
    with system_scope("seeding"):
        return [
            f.AddressFactory(
                residence=world.a.residence, label=label, longitude=None, latitude=None, geocoding="pending"
            )
            for label in ("1 rue Sûre", "2 rue Floue", "3 rue Perdue")
        ]


def states():
    with system_scope("seeding"):
        rows = Address.objects.filter(label__contains=" rue ", label__regex="Sûre|Floue|Perdue").order_by(
            "label"
        )
        return list(rows.values_list("geocoding", "longitude", "latitude", "geocoding_score"))


def test_found_low_score_and_failure(world, pending, api):
    counts = geocode_pending(partial(acting_as, world.a.lead), NationalAddressApi(api.url + "/"))
    with acting_as(world.a.lead):
        assert AuditEntry.objects.filter(object_type="sites.geocoding", actor=world.a.lead).count() == 1
    assert counts == {"found": 1, "to_place": 2}
    assert states() == [
        (GeocodingState.FOUND, 2.35, 48.85, 0.97),
        (GeocodingState.TO_PLACE, None, None, 0.31),
        (GeocodingState.TO_PLACE, None, None, None),
    ]
    assert api.paths == ["/search/csv/"]
    assert api.fields == {"columns": "adresse", "postcode": "code_postal", "citycode": "code_insee"}


def test_another_landlords_addresses_are_not_sent(world, pending, api):
    counts = geocode_pending(partial(acting_as, world.b.lead), NationalAddressApi(api.url))
    assert counts == {"found": 0, "to_place": 0}
    assert api.sizes == []


@pytest.mark.parametrize(
    ("mode", "message"), [("error", "ne répond pas"), ("slow", "ne répond pas"), ("html", "autre chose")]
)
def test_a_service_in_trouble_leaves_the_addresses_waiting(world, pending, api, mode, message):
    api.mode = mode
    patience = 0.2 if mode == "slow" else PATIENCE_S
    with pytest.raises(GeocodingError, match=message):
        geocode_pending(partial(acting_as, world.a.lead), NationalAddressApi(api.url, timeout=patience))
    assert {state for state, *_ in states()} == {GeocodingState.PENDING}


def test_a_service_that_is_not_there():
    with pytest.raises(GeocodingError, match="ne répond pas"):
        NationalAddressApi("http://127.0.0.1:9", timeout=0.5).locate([Question(1, "x", "", "")])


def test_the_geocoder_s_candidates_stand_beside_the_map(world, api, settings):
    settings.GEOCODER_URL = api.url
    client = signed_in(world.a.lead)
    address = reverse("sites:candidates", args=[world.a.address.pk])
    assert f'hx-get="{address}"' in client.get(reverse("sites:place", args=[world.a.address.pk])).text
    answer = client.get(address)
    assert re.findall(r'data-longitude="([^"]+)" data-latitude="([^"]+)"', answer.text) == [
        ("2.340000", "48.850000"), ("2.350000", "48.860000"),
    ]  # fmt: skip
    assert "1 Rue &lt;des&gt; Essais" in answer.text
    query = parse_qs(urlsplit(api.paths[-1]).query)
    assert query == {"q": [world.a.address.label], "citycode": [world.commune.code], "limit": ["5"]}


@pytest.mark.parametrize(("mode", "message"), [("error", "ne répond pas"), ("html", "autre chose")])
def test_candidates_that_do_not_come_are_a_sentence(world, api, settings, mode, message):
    settings.GEOCODER_URL, api.mode = api.url, mode
    answer = signed_in(world.a.lead).get(reverse("sites:candidates", args=[world.a.address.pk]))
    assert (answer.status_code, message in answer.text) == (200, True)


def test_without_an_address_there_is_no_geocoder(settings):
    settings.GEOCODER_URL = ""
    assert geocoder() is None


class _Finder:
    """A geocoder of the test's own: what it was asked, and what happens at which batch."""

    def __init__(self, **at: object) -> None:
        self.asked: list[list[str]] = []
        self.at = at
        self.transactions: set[bool] = set()

    def locate(self, questions):
        self.asked.append([question.label for question in questions])
        self.transactions.add(connection.in_atomic_block)
        if happens := self.at.get(f"batch_{len(self.asked)}"):
            happens()
        return [Answer(question.id, 2.35, 48.85, 0.9) for question in questions]


@pytest.mark.django_db
def test_the_geocoder_is_sent_the_street_address_without_its_building(world):
    with system_scope("seeding"):
        for label in ("12 rue A, Bât. C esc 2", "Tour 3 - 26 rue A", "Bât. B"):
            f.AddressFactory(
                residence=world.a.residence, label=label, longitude=None, latitude=None, geocoding="pending"
            )
    finder = _Finder()
    geocode_pending(lambda: acting_as(world.a.lead), finder)
    assert {"12 rue A", "26 rue A", "Bât. B"} <= {label for asked in finder.asked for label in asked}


def _pend() -> None:
    with system_scope("seeding"):
        Address.objects.update(longitude=None, latitude=None, geocoding=GeocodingState.PENDING)


def _out_of_order() -> None:
    message = "down"
    raise GeocodingError(message)


def _points() -> dict[str, tuple]:
    with system_scope("seeding"):
        rows = Address.objects.values_list("label", "geocoding", "longitude")
        return {label: tuple(rest) for label, *rest in rows}


def test_the_first_batch_is_kept_when_the_second_fails(committed_database, monkeypatch):
    world = plant()
    _pend()
    monkeypatch.setattr(services, "BATCH", 1)
    finder = _Finder(batch_2=_out_of_order)
    with pytest.raises(GeocodingError, match="down"):
        geocode_pending(lambda: acting_as(world.a.lead), finder)
    assert (finder.asked, finder.transactions) == ([["1 rue A"], ["2 rue A"]], {False})
    points = _points()
    assert (points["1 rue A"], points["2 rue A"]) == (("found", 2.35), ("pending", None))
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(object_type="sites.geocoding")
    assert (entry.detail, entry.organisation_id) == ({"found": 1, "to_place": 0}, world.a.landlord.pk)


def test_another_landlord_records_while_the_geocoder_is_waited_for(committed_database):
    """However many residences the batch before moved."""
    world = plant()
    with system_scope("seeding"):
        for number in range(600):
            residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
            f.AddressFactory(residence=residence, label=f"{number} rue Longue")
    _pend()
    recorded = []

    def record() -> None:
        with acting_as(world.b.agent) as scope, connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            noise = FactType.objects.get(code="NOISE")
            fact = Fact(place=world.b.residence, fact_type=noise, day=timezone.localdate())
            recorded.append(record_incident(scope=scope, fact=fact))
        connections.close_all()

    def meanwhile() -> None:
        other = threading.Thread(target=record)
        other.start()
        other.join()

    counts = geocode_pending(partial(acting_as, world.a.lead), _Finder(batch_2=meanwhile))
    assert counts == {"found": 602, "to_place": 0}
    assert len(recorded) == 1


def test_what_moved_while_the_geocoder_was_waited_for_stays_as_it_is(committed_database):
    """One that a person placed, one that was renamed, one that was removed."""
    world = plant()
    with system_scope("seeding"):
        gone = f.AddressFactory(residence=world.a.residence, label="3 rue A")
    _pend()

    def meanwhile() -> None:
        with acting_as(world.a.lead) as scope:
            address = Address.objects.get(label="1 rue A")
            version = version_of(address, placing.state_of(address))
            placing.place(scope, address, longitude=1.0, latitude=45.0, version=version)
            Address.objects.filter(label="2 rue A").update(label="22 rue A")
            Address.objects.filter(pk=gone.pk).delete()

    counts = geocode_pending(partial(acting_as, world.a.lead), _Finder(batch_1=meanwhile))
    assert counts == {"found": 0, "to_place": 0}
    points = _points()
    assert (points["1 rue A"], points["22 rue A"]) == (("placed", 1.0), ("pending", None))
    with acting_as(world.a.lead):
        assert not AuditEntry.objects.filter(object_type="sites.geocoding").exists()


def test_a_lead_who_also_coordinates_sends_the_addresses_of_the_own_landlord_alone(world):
    """And the town's journal is told nothing of it."""
    _pend()
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.b.town, role=Role.COORDINATOR, user=world.a.lead)
    finder = _Finder()
    counts = geocode_pending(lambda: acting_as(world.a.lead), finder)
    assert (finder.asked, counts) == ([["1 rue A", "2 rue A"]], {"found": 2, "to_place": 0})
    assert _points()["1 rue B"] == ("pending", None)
    assert journal(world.a.lead) == [("update", "sites.geocoding", world.a.landlord.pk)]


def test_the_operator_looks_for_everybodys(world):
    _pend()
    finder = _Finder()
    geocode_pending(partial(system_scope, "stock_import"), finder)
    assert [sorted(labels) for labels in finder.asked] == [sorted(_points())]


def test_the_worker_looks_for_the_addresses_of_who_asks(world, settings, api):
    settings.GEOCODER_URL = api.url
    _pend()
    geocode(world.a.lead.pk)
    assert (api.paths, api.sizes) == (["/search/csv/"], [2])
