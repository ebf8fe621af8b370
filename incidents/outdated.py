"""Show what changed to whoever decides on a page that no longer shows what is there.

Cancelling a record, confirming it, reading it again and marking it as seen write none of the values that the page shows:
nothing of a colleague's change would be lost, but the decision would be about something else than what the person read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from core.versions import StaleError, State, differing, version_of

from .facts.services import STATED as FACT_STATED
from .facts.services import state_of as fact_state
from .foreseen import AGREED
from .history import Record, Revision, changes
from .models import Incident
from .ongoing.states import STATED, state_of

# The field with the version of what a page shows; for one of several records, with its id behind a hyphen.
VERSION = "version"
# The narrative of a fact is in no history: its page tells it as it is.
_UNTOLD = frozenset({"narrative"})


@dataclass(frozen=True)
class Outdated:
    """A record of which the page showed another state.

    Attributes:
        field: the name of the field with its version.
        version: its version now.
        revisions: the changes of what the page showed, the latest first.
        reworded: whether the free text of a fact changed.
    """

    record: Record
    field: str
    version: str
    revisions: list[Revision]
    reworded: bool


def shown_version(record: Record) -> str:
    """Return the version of what a page shows of a record, for the form of a decision about it."""
    return version_of(record, _state(record))


def render_outdated(
    request: HttpRequest, stale: Sequence[StaleError], *, act: str | Promise, back: str, several: bool = False
) -> HttpResponse:
    """Answer 409 with what changed since the page was opened, and with the choice to decide all the same.

    Args:
        request: the decision that was sent.
        stale: the errors of the service, one for each record that changed.
        act: the words of the button that decides all the same.
        back: the page to return to.
        several: whether the decision is about several records, each with a version of its own.
    """
    found = [_outdated(one, several=several) for one in stale]
    fresh = {one.field for one in found}
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", AGREED, *fresh}
        for value in values
    ]
    context = {"found": found, "sent": sent, "act": act, "back": back}
    return render(request, "incidents/outdated.html", context, status=HTTPStatus.CONFLICT)


def _outdated(stale: StaleError, *, several: bool) -> Outdated:
    record = cast("Record", stale.record)
    changed = differing(stale.opened, record, stale.state)
    stated = FACT_STATED if isinstance(record, Incident) else STATED[type(record)]
    names = changed | ({"residence", "address"} if "place" in changed else set())
    told = [
        revision
        for revision in changes(record, stated)
        if any(difference.name in names for difference in revision.differences)
    ]
    field = f"{VERSION}-{record.pk}" if several else VERSION
    return Outdated(record, field, version_of(record, stale.state), told, bool(changed & _UNTOLD))


def _state(record: Record) -> State:
    return fact_state(record) if isinstance(record, Incident) else state_of(record)
