"""Load the communes of the official geographic code, with those that merged into them, and the intercommunal bodies."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.scope import system_scope
from sites.enums import IntercommunalKind
from sites.models import Commune, Intercommunality

# Cities whose arrondissements stand here as communes: with both, a territory could hold the
# city while its addresses lie in the arrondissements, and share nothing.
SPLIT_CITIES = {"75056", "69123", "13055"}
_KINDS = {"commune-actuelle", "arrondissement-municipal"}
_MERGED = {"commune-deleguee", "commune-associee"}
# The intercommunal bodies of the country, and those inside Greater Paris, of which every commune has two.
_BODIES = ("epci.json", "ept.json")


@system_scope("stock_import")
def load_official_code(path: Path | None = None) -> int:
    """Insert or update the communes of the official geographic code; return their number."""
    source = path or _published() / "communes.json"
    entries = _read(source)
    merged = defaultdict(list)
    for entry in entries:
        if entry["type"] in _MERGED:
            merged[entry.get("chefLieu")].append(entry)
    rows = [
        _commune(entry, merged[entry["code"]])
        for entry in entries
        if entry["type"] in _KINDS and entry["code"] not in SPLIT_CITIES and "departement" in entry
    ]
    Commune.objects.bulk_create(
        rows,
        batch_size=5_000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "department", "postcodes", "former_codes", "former_names"],
    )
    return len(rows)


@system_scope("stock_import")
def load_intercommunalities(folder: Path | None = None) -> int:
    """Insert or update the intercommunal bodies with their members, and remove those dissolved; return their number.

    Args:
        folder: holds ``epci.json``, ``ept.json`` and ``communes.json``, in the shape of the published ones.
    """
    folder = folder or _published()
    entries = [entry for name in _BODIES for entry in _read(folder / name)]
    Intercommunality.objects.bulk_create(
        [Intercommunality(code=e["code"], name=e["nom"], kind=IntercommunalKind(e["type"])) for e in entries],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind"],
    )
    Intercommunality.objects.exclude(code__in=[entry["code"] for entry in entries]).delete()
    _store_members(entries, _arrondissements(folder))
    return len(entries)


def _store_members(entries: list[dict[str, Any]], arrondissements: dict[str, list[str]]) -> None:
    bodies = dict(Intercommunality.objects.values_list("code", "pk"))
    communes = dict(Commune.objects.values_list("code", "pk"))
    links = Intercommunality.communes.through
    links.objects.all().delete()
    links.objects.bulk_create(
        (
            links(intercommunality_id=bodies[entry["code"]], commune_id=communes[code])
            for entry in entries
            for member in entry["membres"]
            for code in arrondissements.get(member["code"], [member["code"]])
            if code in communes
        ),
        batch_size=5_000,
    )


def _arrondissements(folder: Path) -> dict[str, list[str]]:
    """Return the arrondissements that stand here as communes, by the code of their city."""
    found = defaultdict(list)
    for entry in _read(folder / "communes.json"):
        if entry["type"] == "arrondissement-municipal":
            found[entry["commune"]].append(entry["code"])
    return found


def _published() -> Path:
    """Return the folder of the installed edition of the official geographic code."""
    folder: Path = settings.NODE_MODULES / "@etalab/decoupage-administratif/data"
    return folder


def _read(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _commune(entry: dict[str, Any], merged: list[dict[str, Any]]) -> Commune:
    codes = {*entry.get("anciensCodes", ()), *(old["code"] for old in merged)}
    names = {old["nom"] for old in merged}
    return Commune(
        code=entry["code"],
        name=entry["nom"],
        department=entry["departement"],
        postcodes=entry.get("codesPostaux", []),
        former_codes=sorted(codes - {entry["code"]}),
        former_names=sorted(names - {entry["nom"]}),
    )
