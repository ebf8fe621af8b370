"""Name the fields that a column may hold, and load what such columns are called."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.match_key import plain

Labels = Mapping[str, str | Promise]

# A day in three columns, and X and Y in a projection, are fields of a mapping alone: profiles read what they make.
DAY_PARTS = ("day_number", "month_number", "year_number")
POINT: Labels = {
    "longitude": _("Longitude"),
    "latitude": _("Latitude"),
    "point": _("Point : latitude et longitude dans une colonne"),
    "x_l93": _("X (système de coordonnées à choisir)"),
    "y_l93": _("Y (système de coordonnées à choisir)"),
}
WGS84, LAMBERT_93 = "EPSG:4326", "EPSG:2154"
PROJECTIONS: Labels = {
    LAMBERT_93: "Lambert-93",
    WGS84: _("WGS84 (longitude, latitude en degrés)"),
    **{f"EPSG:{3900 + zone}": f"CC{zone}" for zone in range(42, 51)},
    "EPSG:27572": _("Lambert II étendu"),
    "EPSG:5490": "UTM 20N (Guadeloupe, Martinique)",
    "EPSG:2972": "UTM 22N (Guyane)",
    "EPSG:2975": "UTM 40S (La Réunion)",
    "EPSG:4471": "UTM 38S (Mayotte)",
}


class Titles(NamedTuple):
    """What the columns of files of a kind are called, as :func:`bare` returns it.

    Attributes:
        whole: field → the titles of a column that holds it.
        parts: field → the titles of columns that hold a part of it, to be joined.
    """

    whole: dict[str, frozenset[str]]
    parts: dict[str, frozenset[str]]


@lru_cache
def titles(path: Path) -> Titles:
    """Load the titles of a ``columns.toml``."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Titles(_bared(data["titles"]), _bared(data["parts"]))


def bare(title: str) -> str:
    """Return the letters and digits of a title, without accents, in capitals; "n°" is NO.

    >>> bare("N° fait"), bare("Code_postal ")
    ('NOFAIT', 'CODEPOSTAL')
    """
    return "".join(c for c in plain(title.replace("°", "o").replace("º", "o")) if c.isalnum())


def titles_of(wanted: Any) -> frozenset[str]:
    """Return the titles that a profile looks for in place of a field, as :func:`bare`; none for one that is joined."""
    if isinstance(wanted, dict):
        return frozenset()
    return frozenset(bare(title) for title in ([wanted] if isinstance(wanted, str) else wanted))


def _bared(named: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    return {field: frozenset(bare(title) for title in titles) for field, titles in named.items()}
