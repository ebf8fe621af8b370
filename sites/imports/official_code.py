"""Load the communes of the official geographic code, with the codes and names of those that merged into them."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings

from sites.models import Commune

# Cities whose arrondissements stand here as communes: with both, a territory could hold the
# city while its addresses lie in the arrondissements, and share nothing.
SPLIT_CITIES = {"75056", "69123", "13055"}
_KINDS = {"commune-actuelle", "arrondissement-municipal"}
_MERGED = {"commune-deleguee", "commune-associee"}


def load_official_code(path: Path | None = None) -> int:
    """Insert or update the communes of the official geographic code; return their number."""
    source = path or settings.NODE_MODULES / "@etalab/decoupage-administratif/data/communes.json"
    entries = json.loads(source.read_text(encoding="utf-8"))
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
