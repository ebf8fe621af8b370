"""Suggest what a file is and what its columns mean, from their titles."""

from collections.abc import Mapping, Sequence
from typing import Any

from sites.imports.profiles import Profile
from sites.imports.run import Importer, importers

from .fields import bare, titles, titles_of
from .profile import profile_of


def suggest(headers: Sequence[str], own: int = 0) -> dict[str, Any]:
    """Return the mapping that the titles of a file suggest; its kind is "" where none has its own columns there.

    Args:
        headers: the titles, by position.
        own: how many columns in front are of our own report, and are left alone.
    """
    found = [suggest_as(kind, headers, own) for kind in importers()]
    fitting = [mapping for mapping in found if not missing(mapping, headers) and _has_own(mapping)]
    best = max(fitting, key=lambda mapping: len(mapping["columns"]), default=None)
    return best or {**found[0], "kind": "", "columns": {}, "base": ""}


def suggest_as(kind: str, headers: Sequence[str], own: int = 0) -> dict[str, Any]:
    """Return the mapping that the titles suggest for a file of ``kind``."""
    importer = importers()[kind]  # type: ignore[index]  # a kind is a text
    base = _shipped(importer, headers)
    columns = _columns(importer, importer.profiles[base or "generic"], headers, own)
    return {
        "kind": str(kind),
        "base": base,
        "reading": {},
        "headers": list(headers),
        "columns": {str(position): field for position, field in sorted(columns.items())},
        "values": {},
        "constants": {},
        "options": {},
    }


def missing(mapping: Mapping[str, Any], headers: Sequence[str]) -> list[str]:
    """Return the fields that files of this kind must have and that no column or constant gives."""
    importer = importers()[mapping["kind"]]
    profile = profile_of(dict(mapping), importer)
    known = profile.known(list(headers))
    return [field for field in importer.required(profile) if field not in known]


def carried_over(mapping: Mapping[str, Any], headers: Sequence[str]) -> dict[str, Any]:
    """Return a saved mapping for a file of the same titles, whose columns may stand elsewhere."""
    fields: dict[tuple[str, int], str] = {}
    numbered = _numbered(mapping["headers"])
    for position, field in mapping["columns"].items():
        fields[numbered[int(position)]] = field
    columns = {
        str(position): fields[title] for position, title in enumerate(_numbered(headers)) if title in fields
    }
    return {**mapping, "headers": list(headers), "columns": columns}


def _numbered(headers: Sequence[str]) -> list[tuple[str, int]]:
    """Return each title with how often it came before, since a file may have one twice."""
    seen: dict[str, int] = {}
    found = []
    for title in map(bare, headers):
        seen[title] = seen.get(title, -1) + 1
        found.append((title, seen[title]))
    return found


def _has_own(mapping: Mapping[str, Any]) -> bool:
    importer = importers()[mapping["kind"]]
    return bool(set(importer.own) & set(mapping["columns"].values()))


def _shipped(importer: Importer, headers: Sequence[str]) -> str:
    """Return the shipped profile that the titles show, the one with most of them; "" for the product's own or none."""
    known = {
        profile.name: profile.known(list(headers))
        for profile in importer.profiles.values()
        if profile.name != "generic" and not profile.operator_only
    }
    shown = [
        name
        for name, fields in known.items()
        if fields.issuperset(importer.profiles[name].recognised_by or importer.profiles[name].columns)
    ]
    return max(shown, key=lambda name: len(known[name]), default="")


def _columns(importer: Importer, base: Profile, headers: Sequence[str], own: int) -> dict[int, str]:
    """Return position → field: titles of the profile, then what such columns are called, then parts of a field."""
    named = {field: titles_of(wanted) for field, wanted in base.columns.items()}
    # A shipped profile says all about its files; other titles are those of landlords' own.
    called = titles(importer.titles) if importer.titles and base.name == "generic" else None
    bared = list(enumerate(map(bare, headers)))[own:]
    columns: dict[int, str] = {}
    for known in (named, called.whole if called else {}):
        for field, words in known.items():
            free = (position for position, title in bared if title in words and position not in columns)
            if field not in columns.values() and (position := next(free, None)) is not None:
                columns[position] = field
    for field, words in (called.parts if called else {}).items():
        parts = [position for position, title in bared if title in words and position not in columns]
        # A single part is the whole of it; with the whole, parts beside it say nothing new.
        if field not in columns.values():
            columns |= dict.fromkeys(parts, field)
    return columns
