"""Metres of a degree: said once, and wide enough for what the database measures afterwards."""

import re

from django.db import connection

from config.database import ROOT
from core.earth import METRES_OF_A_DEGREE, distance, narrowing

# The town of the demonstration is drawn on a plane of its own.
_ELSEWHERE = {"core/earth.py", "demo/town/plane.py"}
_OWN = re.compile(r"\b(111[_.]?\d{3}|6[_.]?37\d[_.]?\d{3})\b")
_APPS = ("core", "accounts", "sites", "incidents", "classification", "partners", "portal", "config", "demo")


def test_no_other_file_has_metres_of_a_degree_or_a_radius_of_the_earth():
    sources = [file for app in _APPS for file in (ROOT / app).rglob("*") if file.suffix in {".py", ".sql"}]
    with_own = {str(file.relative_to(ROOT)) for file in sources if _OWN.search(file.read_text("utf-8"))}
    assert with_own == _ELSEWHERE


def test_degrees_made_of_these_metres_hold_whatever_the_database_finds_as_near(db):
    south, north = (2.35, 48.85), (2.35, 48.85 + 50 / METRES_OF_A_DEGREE)
    east = (2.35 + 50 / METRES_OF_A_DEGREE / narrowing(48.86), 48.85)
    with connection.cursor() as cursor:
        for edge in (north, east):
            cursor.execute(
                "SELECT earth_distance(ll_to_earth(%s, %s), ll_to_earth(%s, %s))",
                [south[1], south[0], edge[1], edge[0]],
            )
            [measured] = cursor.fetchone()
            assert 50 < measured < 50.1
            assert 49.9 < distance(south, edge) < 50.1
