"""Say what a standing observation is to the import: known by its place, its fact type and its first day."""

from typing import Any

from core.dates import long_date
from incidents.enums import ObservedFrequency
from incidents.imports.moments import refuse_days
from incidents.imports.types import Types
from incidents.imports.written_places import TEXT_LENGTH
from incidents.models import FactType
from sites.imports.profiles import Profile, Values
from sites.match_key import plain

from .kind import Kind, Reader

# How the words of a frequency begin, in agreement with any fact type.
_FREQUENCIES = {
    "PONCTUEL": ObservedFrequency.OCCASIONAL,
    "OCCASION": ObservedFrequency.OCCASIONAL,
    "REGULI": ObservedFrequency.REGULAR,
    "REGULAR": ObservedFrequency.REGULAR,
    "QUOTIDIEN": ObservedFrequency.DAILY,
    "DAILY": ObservedFrequency.DAILY,
}


def _reader(profile: Profile) -> Reader:
    types = Types(profile)

    def read(values: Values, _remarks: list[str]) -> dict[str, Any] | str:
        fact_type, reason = types.find(values.get("type", ""), "")
        if fact_type is None:
            return reason
        frequency = frequency_of(values.get("frequency", ""))
        if not frequency:
            return "unknown_frequency"
        confirmed = values.get("confirmed", "")[:TEXT_LENGTH]
        return {"fact_type_id": fact_type, "frequency": int(frequency), "confirm_text": confirmed}

    return read


def frequency_of(text: str) -> str:
    """Return the rank of the frequency that a text says, in figures; "" for none."""
    word = plain(text)
    if word in {str(value) for value in ObservedFrequency.values}:
        return word
    return next((str(int(value)) for stem, value in _FREQUENCIES.items() if word.startswith(stem)), "")


def _settle(cursor: Any) -> None:
    """Set the days of confirmation at the places, within the same bounds as the other days."""
    cursor.execute(_CONFIRMED)
    refuse_days(cursor, ("confirmed",), _QUOTING)
    cursor.execute(
        "UPDATE import_staging SET reason = 'confirmed_outside' WHERE reason IS NULL"
        " AND (confirmed < day OR confirmed > ends)"
    )


def _told(values: dict[str, Any]) -> list[str]:
    fact_type, frequency = values["fact_type_id"], values["frequency"]
    said = [
        str(FactType.objects.get(pk=fact_type)) if fact_type else "",
        str(ObservedFrequency(frequency).label) if frequency else "",
        *(long_date(values[name]) for name in ("since", "ended_on") if values[name]),
    ]
    return [text for text in said if text]


# The day that the report quotes is the one at fault.
_QUOTING = ", day_text = confirm_text, end_text = ''"
_CONFIRMED = f"""
UPDATE import_staging s SET confirmed = coalesce((m.at AT TIME ZONE s.zone)::date, m.day)
FROM import_moments m
WHERE s.reason IS NULL AND m.field = 'confirm_text' AND m.text = s.confirm_text AND m.span_end IS NULL;
UPDATE import_staging SET reason = 'bad_date'{_QUOTING}
WHERE reason IS NULL AND confirm_text <> '' AND confirmed IS NULL
"""
_CONFIRM = """
INSERT INTO incidents_confirmation (observation_id, day, confirmed_by_id)
SELECT o.id, s.confirmed, %(author)s
FROM import_staging s JOIN incidents_standingobservation o ON o.id = s.known_id
WHERE s.reason = 'record_updated' AND s.confirmed IS NOT NULL
ON CONFLICT (observation_id, day) DO NOTHING
"""

OBSERVATIONS = Kind(
    table="incidents_standingobservation",
    required=("type", "frequency", "day"),
    staged={"fact_type_id": "bigint", "frequency": "smallint", "confirm_text": "text"},
    settled={"confirmed": "date"},
    meaning={"fact_type_id": "fact_type_id", "since": "day"},
    content={"frequency": {"frequency": "frequency"}, "span_end": {"ended_on": "ends"}},
    words=("type", "frequency"),
    reader=_reader,
    days=("confirm_text",),
    settle=_settle,
    told=_told,
    differs="""s.confirmed IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM incidents_confirmation k WHERE k.observation_id = {known}.id AND k.day = s.confirmed)""",
    take=(_CONFIRM,),
    insert=(
        """
        INSERT INTO incidents_standingobservation (landlord_id, commune_id, residence_id, address_id, fact_type_id,
            frequency, since, ended_on, created_by_id, created_at, import_run_id)
        SELECT landlord_id, commune_id, residence_id, address_id, fact_type_id, frequency, day, ends,
            %(author)s, now(), %(run)s
        FROM import_staging WHERE reason IS NULL ORDER BY line
        """,
        # Who sends a file states today what it says, as who fills in the form does; what has ended, on its last day.
        """
        INSERT INTO incidents_confirmation (observation_id, day, confirmed_by_id)
        SELECT o.id, coalesce(s.confirmed, s.ends, (%(todays)s::jsonb ->> s.zone)::date), %(author)s
        FROM import_staging s JOIN incidents_standingobservation o ON o.import_run_id = %(run)s
            AND o.residence_id = s.residence_id AND o.address_id IS NOT DISTINCT FROM s.address_id
            AND o.fact_type_id = s.fact_type_id AND o.since = s.day
        WHERE s.reason IS NULL
        """,
    ),
)
