"""The plan under the maps: tiles of an archive, or images fetched on behalf of whoever looks."""

import gzip

import httpx
import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from accounts.scope import system_scope
from sites.basemap import tile_proxy
from tests.world import plant

TILE = b"\x1a\x05\x0a\x03sea"
PNG = b"\x89PNG fictional"
SERVER = "https://tiles.example/{z}/{y}/{x}?layer=plan"


def write_archive(path, compression=Compression.GZIP, tile_type=TileType.MVT, metadata=None):
    with path.open("wb") as file:
        writer = Writer(file)
        packed = gzip.compress(TILE, mtime=0) if compression == Compression.GZIP else TILE
        writer.write_tile(zxy_to_tileid(3, 2, 1), packed)
        bounds = {"min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 1, "max_lat_e7": 1}
        centre = {"center_zoom": 3, "center_lon_e7": 0, "center_lat_e7": 0}
        header = {"tile_type": tile_type, "tile_compression": compression, **bounds, **centre}
        writer.finalize(header, metadata or {"vector_layers": [{"id": "roads"}]})
    return str(path)


@pytest.fixture
def agent(world, sign_in):
    return sign_in(world.a.agent)


@pytest.fixture
def archived(tmp_path, settings):
    settings.BASEMAP_PMTILES = write_archive(tmp_path / "plan.pmtiles")


@pytest.fixture
def upstream(settings, tmp_path, monkeypatch):
    """A server of tiles; ``answers`` may be changed, ``asked`` holds what it was sent."""
    settings.MAP_TILES_URL = SERVER
    settings.CACHES = {
        **settings.CACHES,
        "tiles": {**settings.CACHES["tiles"], "LOCATION": tmp_path / "tiles", "OPTIONS": {"MAX_ENTRIES": 4}},
    }

    class Upstream:
        asked: list[httpx.Request] = []
        answer = staticmethod(lambda: httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"}))

        def __call__(self, request):
            self.asked.append(request)
            return self.answer()

    server = Upstream()
    server.asked = []
    client = httpx.Client
    monkeypatch.setattr(
        tile_proxy.httpx, "Client", lambda **options: client(transport=httpx.MockTransport(server), **options)
    )
    return server


def test_a_tile_goes_out_as_it_lies_on_disk(agent, archived):
    response = agent.get("/fond/3/2/1.mvt", headers={"Accept-Encoding": "gzip, br"})
    assert response.status_code == 200
    assert gzip.decompress(response.content) == TILE
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response.headers["Cache-Control"].startswith("private, max-age=")
    assert "Accept-Encoding" in response.headers["Vary"]


def test_a_browser_without_gzip_gets_it_unpacked(agent, archived):
    response = agent.get("/fond/3/2/1.mvt")
    assert response.content == TILE
    assert "Content-Encoding" not in response.headers


def test_an_archive_that_is_not_compressed_is_served_alike(agent, tmp_path, settings):
    settings.BASEMAP_PMTILES = write_archive(tmp_path / "plain.pmtiles", Compression.NONE)
    response = agent.get("/fond/3/2/1.mvt", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(response.content) == TILE


def test_a_tile_known_already_is_not_sent_again(agent, archived):
    tag = agent.get("/fond/3/2/1.mvt").headers["ETag"]
    again = agent.get("/fond/3/2/1.mvt", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert agent.get("/fond/3/2/2.mvt").headers["ETag"] != tag


def test_a_replaced_archive_is_noticed(agent, archived, tmp_path):
    tag = agent.get("/fond/3/2/1.mvt").headers["ETag"]
    write_archive(tmp_path / "plan.pmtiles", Compression.NONE, metadata={"name": "another"})
    assert agent.get("/fond/3/2/1.mvt", headers={"If-None-Match": tag}).status_code == 200


def test_a_tile_that_is_not_there_is_no_error(agent, archived):
    response = agent.get("/fond/3/5/5.mvt")
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("where", ["3/8/0", "3/0/8", "23/0/0", "99999999999/0/0"])
@pytest.mark.parametrize("ending", ["mvt", "png"])
def test_a_tile_outside_the_world_is_404(agent, archived, upstream, where, ending):
    assert agent.get(f"/fond/{where}.{ending}").status_code == 404
    assert upstream.asked == []


def test_without_login_there_is_no_tile(client, db, archived):
    response = client.get("/fond/3/2/1.mvt")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/connexion/")


def test_every_map_says_where_its_plan_comes_from(world, sign_in, archived, settings):
    settings.BASEMAP_ATTRIBUTION = "Plan d'essai"
    page = sign_in(world.a.lead).get("/carte/").content.decode()
    assert "/fond/{z}/{x}/{y}.mvt?v=" in page
    assert '"schema": "protomaps"' in page
    assert "Plan d\\u0027essai" in page or "Plan d'essai" in page


def test_the_schema_is_read_from_the_archive(world, sign_in, tmp_path, settings):
    settings.BASEMAP_PMTILES = write_archive(
        tmp_path / "omt.pmtiles", metadata={"json": '{"vector_layers":[{"id":"transportation"}]}'}
    )
    assert '"schema": "openmaptiles"' in sign_in(world.a.lead).get("/carte/").content.decode()


def test_settings_that_cannot_work_are_refused_at_start(tmp_path, settings):
    def wrongs():
        return [error.id for error in run_checks() if error.id.startswith("sites.")]

    assert wrongs() == []
    settings.BASEMAP_PMTILES = str(tmp_path / "missing.pmtiles")
    assert wrongs() == ["sites.E001"]
    (tmp_path / "text.pmtiles").write_text("not an archive, but long enough to hold a header" * 9)
    settings.BASEMAP_PMTILES = str(tmp_path / "text.pmtiles")
    assert wrongs() == ["sites.E001"]
    settings.BASEMAP_PMTILES = write_archive(tmp_path / "images.pmtiles", tile_type=TileType.PNG)
    assert wrongs() == ["sites.E001"]
    settings.BASEMAP_PMTILES = write_archive(tmp_path / "brotli.pmtiles", Compression.BROTLI)
    assert wrongs() == ["sites.E001"]
    settings.BASEMAP_PMTILES = ""
    settings.MAP_TILES_URL = "https://tiles.example/plan.png"
    assert wrongs() == ["sites.E002"]


def test_an_image_is_asked_once_and_nothing_of_the_browser_goes_out(agent, upstream):
    for _ in range(2):
        response = agent.get("/fond/5/7/11.png", headers={"Referer": "https://palier.example/carte/"})
        assert (response.status_code, response.content) == (200, PNG)
    assert response.headers["Cache-Control"].startswith("private, max-age=")
    [request] = upstream.asked
    assert str(request.url) == "https://tiles.example/5/11/7?layer=plan"
    assert set(request.headers) == {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert request.headers["User-Agent"] == "Palier"


def test_what_the_other_server_has_not_is_asked_once_too(agent, upstream):
    upstream.answer = lambda: httpx.Response(404)
    assert [agent.get("/fond/5/7/11.png").status_code for _ in range(2)] == [204, 204]
    assert len(upstream.asked) == 1


def _unreachable():
    reason = "no answer"
    raise httpx.ConnectTimeout(reason)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(200, content=b"<html>", headers={"Content-Type": "text/html"}),
        lambda: httpx.Response(200, content=b"<svg/>", headers={"Content-Type": "image/svg+xml"}),
        lambda: httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
        lambda: httpx.Response(500),
        lambda: httpx.Response(
            200, content=b"0" * (tile_proxy.MAX_BYTES + 1), headers={"Content-Type": "image/png"}
        ),
        _unreachable,
    ],
    ids=["html", "svg", "redirect", "error", "too large", "unreachable"],
)
def test_an_answer_that_is_no_tile_is_neither_sent_nor_kept(agent, upstream, answer):
    good, upstream.answer = upstream.answer, answer
    assert agent.get("/fond/5/7/11.png").status_code == 502
    upstream.answer = good
    assert agent.get("/fond/5/7/11.png").status_code == 200
    assert {request.url.host for request in upstream.asked} == {"tiles.example"}


def test_the_images_kept_are_bounded(agent, upstream, tmp_path):
    for x in range(12):
        agent.get(f"/fond/5/{x}/1.png")
    assert len(list((tmp_path / "tiles").iterdir())) <= 4


def test_the_other_server_is_waited_for_outside_of_any_transaction(committed_database, upstream):
    """And what the way out adds to an answer is in this one too."""
    world = plant()
    client, met = Client(), []
    with system_scope("seeding"):
        client.force_login(world.a.agent)
    good = upstream.answer

    def answer():
        met.append((connection.in_atomic_block, _open_transactions()))
        return good()

    upstream.answer = answer
    response = client.get("/fond/5/7/11.png")
    assert (response.status_code, response.content, response.headers["Content-Type"]) == (
        200,
        PNG,
        "image/png",
    )
    assert met == [(False, 0)]
    assert response.headers["Cache-Control"].startswith("private, max-age=")
    assert response.headers["Content-Language"] == "fr"
    assert response.headers["X-Frame-Options"] == "DENY"


def _open_transactions() -> int:
    """How many connections of the product are in a transaction, but for the one that asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
        )
        return cursor.fetchone()[0]
