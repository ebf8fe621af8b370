"""Geocoding against a server that speaks the national address API's batch protocol."""

import csv
import io
import threading
import time
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from sites.enums import GeocodingState
from sites.geocoding.services import GeocodingError, NationalAddressApi, Question, geocode_pending, geocoder
from sites.models import Address
from tests import factories as f


class _Handler(BaseHTTPRequestHandler):
    """Answers as api-adresse does: the sent columns, then the result columns."""

    def do_POST(self):
        server = self.server
        server.paths.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if server.mode == "slow":
            time.sleep(0.5)
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
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
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
    with acting_as(world.a.lead) as scope:
        counts = geocode_pending(scope, NationalAddressApi(api.url + "/"))
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
    with acting_as(world.b.lead) as scope:
        assert geocode_pending(scope, NationalAddressApi(api.url)) == {"found": 0, "to_place": 0}
    assert api.sizes == []


@pytest.mark.parametrize(
    ("mode", "message"), [("error", "ne répond pas"), ("slow", "ne répond pas"), ("html", "autre chose")]
)
def test_a_service_in_trouble_leaves_the_addresses_waiting(world, pending, api, mode, message):
    api.mode = mode
    with acting_as(world.a.lead) as scope, pytest.raises(GeocodingError, match=message):
        geocode_pending(scope, NationalAddressApi(api.url, timeout=0.2))
    assert {state for state, *_ in states()} == {GeocodingState.PENDING}


def test_a_service_that_is_not_there():
    with pytest.raises(GeocodingError, match="ne répond pas"):
        NationalAddressApi("http://127.0.0.1:9", timeout=0.5).locate([Question(1, "x", "", "")])


def test_without_an_address_there_is_no_geocoder(settings):
    settings.GEOCODER_URL = ""
    assert geocoder() is None
