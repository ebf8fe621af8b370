"""Name the values of a disruption or a standing observation that its form writes."""

from core.versions import State
from incidents.models import Disruption, Lasting, StandingObservation

STATED: dict[type[Lasting], tuple[str, ...]] = {
    Disruption: ("service", "extent", "hours_from", "hours_until", "starts_on", "ends_on", "recurs_daily"),
    StandingObservation: ("fact_type", "frequency", "since", "ended_on"),
}


def state_of(record: Lasting) -> State:
    """Return the values that the form of a record writes, the place included."""
    return {name: getattr(record, name) for name in STATED[type(record)]} | {"place": record.place}
