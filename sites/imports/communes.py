"""Load the communes, and find that of a row from its INSEE code, or its postcode and name."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from sites.match_key import plain
from sites.models import Commune, Residence
from sites.perimeter import is_led

# Cities whose arrondissements stand here as communes: with both, a territory could hold the
# city while its addresses lie in the arrondissements, and share nothing.
_SPLIT_CITIES = {"75056", "69123", "13055"}
_KINDS = {"commune-actuelle", "arrondissement-municipal"}
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")


def load_official_code(path: Path | None = None) -> int:
    """Insert or update the communes of the official geographic code; return their number."""
    source = path or settings.NODE_MODULES / "@etalab/decoupage-administratif/data/communes.json"
    rows = [
        Commune(
            code=entry["code"],
            name=entry["nom"],
            department=entry["departement"],
            postcodes=entry.get("codesPostaux", []),
        )
        for entry in json.loads(source.read_text(encoding="utf-8"))
        if entry["type"] in _KINDS and entry["code"] not in _SPLIT_CITIES and "departement" in entry
    ]
    Commune.objects.bulk_create(
        rows,
        batch_size=5_000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "department", "postcodes"],
    )
    return len(rows)


def own_communes() -> QuerySet[Commune]:
    """Return the communes in which the acting person leads a residence."""
    return Commune.objects.filter(pk__in=Residence.objects.filter(is_led()).values("commune_id"))


def postcode_in(text: str) -> str:
    """Return the five digits of a postcode, whatever surrounds them; empty if there are none."""
    found = _POSTCODE.search(text.zfill(5) if text.isdigit() else text)
    return found[0] if found else ""


class Communes:
    """The communes that some rows may lie in, loaded once."""

    def __init__(self, postcodes: Iterable[str], codes: Iterable[str]) -> None:
        found = Commune.objects.filter(code__in=set(codes)) | Commune.objects.filter(
            postcodes__has_any_keys=sorted(set(postcodes))
        )
        self._by_code: dict[str, Commune] = {}
        self._by_postcode: dict[str, list[Commune]] = defaultdict(list)
        for commune in found.order_by("code"):
            self._by_code[commune.code] = commune
            for postcode in commune.postcodes:
                self._by_postcode[postcode].append(commune)

    def find(self, code: str, postcode: str, city: str) -> Commune | None:
        """Return the commune of a row; None when there is none, or several are possible."""
        if code in self._by_code:
            return self._by_code[code]
        near = self._by_postcode.get(postcode, [])
        if len(near) == 1:
            return near[0]
        named = [commune for commune in near if _bare(commune.name) == _bare(city)]
        return named[0] if len(named) == 1 else None


def _bare(name: str) -> str:
    full = {"ST": "SAINT", "STE": "SAINTE"}
    return " ".join(full.get(word, word) for word in re.findall(r"[A-Z]+", plain(name)))
