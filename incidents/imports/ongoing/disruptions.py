"""Say what a disruption is to the import: known by its place, its service and its first day."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from core.dates import hours_between, long_date
from core.order import in_french
from incidents.enums import Extent, Service
from incidents.imports.days import read_time
from incidents.imports.rows import said_yes
from incidents.imports.words import words_of
from incidents.imports.written_places import TEXT_LENGTH
from sites.imports.profiles import Profile, Values
from sites.match_key import plain

from .kind import Kind, Reader

# The number of letters from which a part of a service's name is taken to mean it.
_ENOUGH = 5
# How the words of an extent begin: "Limitée, quelques heures au plus", "Total".
_EXTENTS = {
    "LIMIT": Extent.LIMITED,
    "PARTIEL": Extent.PARTIAL,
    "PARTIAL": Extent.PARTIAL,
    "TEMPOR": Extent.PARTIAL,
    "TOTAL": Extent.TOTAL,
    "DURABLE": Extent.TOTAL,
    "PRESENCE": Extent.IMPOSSIBLE,
    "IMPOSSIBLE": Extent.IMPOSSIBLE,
}
# "17:00–22:00", "de 17 h à 22 h", "from 17:00 to 22:00".
_HOURS = re.compile(r"(?:de |from |entre )?(.+?)(?: ?[-–—] ?| à | a | et | to )(.+)", re.IGNORECASE)


def accepted() -> list[tuple[str, str]]:
    """Return the label of each service or piece of equipment, in the active language, and its code."""
    return sorted(
        ((str(label), value) for value, label in Service.choices), key=lambda row: in_french(row[0])
    )


def propose(words: Iterable[str]) -> dict[str, str]:
    """Return the service that each word seems to mean: the one whose name it holds; other words are left out."""
    known = words_of(Service)
    found = {word: _alone({known[name] for name in known if _holds(plain(word), name)}) for word in words}
    return {word: service for word, service in found.items() if service}


def extent_of(text: str) -> str:
    """Return the extent that a text says, "" for none."""
    word = plain(text)
    return next((str(extent) for stem, extent in _EXTENTS.items() if word.startswith(stem)), "")


def hours_of(text: str) -> tuple[dt.time, dt.time] | None:
    """Return the two hours that a text says, None when it does not say two that differ."""
    found = _HOURS.fullmatch(" ".join(text[:TEXT_LENGTH].split()))
    start, end = (read_time(part) for part in found.groups()) if found else (None, None)
    return (start, end) if start and end and start != end else None


def _holds(word: str, name: str) -> bool:
    return name in word or (len(word) >= _ENOUGH and word in name)


def _alone(services: set[str]) -> str:
    return services.pop() if len(services) == 1 else ""


def _reader(profile: Profile) -> Reader:
    rules = {plain(rule["type"]): rule.get("code", "") for rule in profile.tables.get("types", ())}
    services = words_of(Service)

    def read(values: Values, remarks: list[str]) -> dict[str, Any] | str:
        word = plain(values.get("type", ""))
        service = rules.get(word, services.get(word))
        if not service:
            return "type_left_out" if word in rules else "unknown_service"
        extent = extent_of(values.get("extent", ""))
        if not extent:
            return "unknown_extent"
        hours = hours_of(values.get("hours", ""))
        if extent == Extent.IMPOSSIBLE and not (hours and service == Service.STAFF_PRESENCE):
            return "no_hours" if service == Service.STAFF_PRESENCE else "not_presence"
        if extent != Extent.IMPOSSIBLE:
            hours = None
            if values.get("hours"):
                remarks.append("hours_unused")
        start, end = hours or (None, None)
        daily = said_yes(values.get("daily", ""), remarks, "bad_daily")
        return {"service": service, "extent": extent, "daily": daily, "hours_from": start, "hours_until": end}

    return read


def _told(values: dict[str, Any]) -> list[str]:
    said = [
        str(Service(values["service"]).label) if values["service"] else "",
        str(Extent(values["extent"]).label) if values["extent"] else "",
        hours_between(values["hours_from"], values["hours_until"]) if values["hours_from"] else "",
        *(long_date(values[name]) for name in ("starts_on", "ends_on") if values[name]),
    ]
    return [text for text in said if text]


DISRUPTIONS = Kind(
    table="incidents_disruption",
    required=("type", "extent", "day"),
    staged={
        "service": "text",
        "extent": "text",
        "daily": "boolean",
        "hours_from": "time",
        "hours_until": "time",
    },
    meaning={"service": "service", "starts_on": "day"},
    content={
        # Of a file without hours too: another extent than an impossible presence has none.
        "extent": {"extent": "extent", "hours_from": "hours_from", "hours_until": "hours_until"},
        "span_end": {"ends_on": "ends"},
        "daily": {"recurs_daily": "daily"},
    },
    words=("type", "extent"),
    reader=_reader,
    told=_told,
    rereads=("former_rule = false",),
    take=(
        """
        UPDATE incidents_disruption i SET seen_at = now(), seen_by_id = %(author)s FROM import_staging s
        WHERE s.known_id = i.id AND s.reason = 'record_updated' AND i.seen_at IS NULL AND %(author)s IS NOT NULL
        """,
    ),
    insert=(
        """
        INSERT INTO incidents_disruption (landlord_id, commune_id, residence_id, address_id, service, extent, starts_on,
            ends_on, recurs_daily, hours_from, hours_until, created_by_id, created_at, import_run_id, seen_at, seen_by_id)
        SELECT landlord_id, commune_id, residence_id, address_id, service, extent, day, ends, daily,
            hours_from, hours_until, %(author)s, now(), %(run)s, CASE WHEN %(author)s IS NOT NULL THEN now() END, %(author)s
        FROM import_staging WHERE reason IS NULL ORDER BY line
        """,
    ),
)
