from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as
from core.jobs import JobState
from partners.circles.services import state_of
from partners.models import PublicationRequest, SynthesisNote
from partners.notes.content import freeze
from partners.notes.services import issue_note
from partners.publications.services import publish, request_publication
from tests.access.people import town, town_and_landlord
from tests.versions import planted

COORDINATOR, LEAD, PARTNER = Role.COORDINATOR, Role.LEAD, Role.PARTNER


def _publication(side):
    with acting_as(side.coordinator) as scope:
        return publish(scope, circle=side.circle, as_of=timezone.localdate())


def _request(side):
    with acting_as(side.coordinator) as scope:
        return request_publication(scope, circle=side.circle, as_of=timezone.localdate())[0]


def _failed_request(side):
    asked = _request(side)
    with acting_as(side.coordinator):
        PublicationRequest.objects.filter(pk=asked.pk).update(state=JobState.FAILED)
    return asked


def _note(side, *, issued):
    with acting_as(side.coordinator) as scope:
        note = SynthesisNote.objects.create(
            territory=side.territory, landlord=side.landlord, as_of=timezone.localdate()
        )
        freeze(note)
        SynthesisNote.objects.filter(pk=note.pk).update(state=JobState.DONE)
        if issued:
            issue_note(scope, note, circle=side.circle)
    return note


def _failed_note(side):
    with acting_as(side.coordinator):
        return SynthesisNote.objects.create(
            territory=side.territory,
            landlord=side.landlord,
            as_of=timezone.localdate(),
            state=JobState.FAILED,
        )


def _copy(side):
    note = _note(side, issued=True)
    with acting_as(side.coordinator):
        return note.copies.get().pk


def _pair(**row):
    """A row whose object exists on both sides: ``pk`` makes one for a side."""
    make = row.pop("make")
    return row | {"kwargs": lambda w: make(w.a), "foreign": lambda w: make(w.b)}


def _circle_data(world):
    return {
        "territory": world.a.territory.pk,
        "name": "Nouvelle",
        "purpose": "Essai",
        "starts_on": "2026-01-01",
    }


ROWS = {
    "partners:dashboard": {"GET": {COORDINATOR}},
    "partners:territory_dashboard": _pair(GET={COORDINATOR}, make=lambda s: {"pk": s.territory.pk}),
    "partners:circles": {"GET": {COORDINATOR, PARTNER}},
    "partners:circle_create": {
        "GET": {COORDINATOR},
        "POST": {COORDINATOR},
        "data": _circle_data,
        "journal": town,
    },
    "partners:circle": _pair(GET={COORDINATOR, PARTNER}, make=lambda s: {"pk": s.circle.pk}),
    "partners:circle_edit": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=lambda w: _circle_data(w) | planted(w.a.circle, state_of),
        make=lambda s: {"pk": s.circle.pk},
        journal=town,
    ),
    "partners:circle_end": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": s.circle.pk}),
    "partners:mandate_create": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=lambda w: {"email": w.b.partner.email, "starts_on": "2026-01-01"},
        journal=town,
        make=lambda s: {"pk": s.circle.pk},
    ),
    "partners:mandate_end": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": s.mandate.pk}),
    "partners:publish": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        query=lambda w: {"as_of": timezone.localdate().isoformat()},
        data=lambda w: {"as_of": timezone.localdate().isoformat()},
        journal=town,
        make=lambda s: {"pk": s.circle.pk},
    ),
    "partners:publication_request": _pair(GET={COORDINATOR}, make=lambda s: {"pk": _request(s).pk}),
    "partners:publication_request_retry": _pair(
        POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _request(s).pk}
    ),
    "partners:publication_request_abandon": _pair(
        POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _failed_request(s).pk}
    ),
    "partners:publications": {"GET": {COORDINATOR, LEAD, PARTNER}},
    "partners:publication": _pair(
        GET={COORDINATOR, LEAD, PARTNER}, make=lambda s: {"pk": _publication(s).pk}
    ),
    "partners:publication_points": _pair(
        GET={COORDINATOR, LEAD, PARTNER}, make=lambda s: {"pk": _publication(s).pk}
    ),
    "partners:site": _pair(
        GET={COORDINATOR, LEAD, PARTNER}, make=lambda s: {"pk": _publication(s).pk, "rank": 1}
    ),
    "partners:notes": {"GET": {COORDINATOR, LEAD, PARTNER}},
    "partners:note_create": {
        "GET": {COORDINATOR},
        "POST": {COORDINATOR},
        "data": lambda w: {"territory": w.a.territory.pk, "as_of": timezone.localdate().isoformat()},
        "journal": town,
    },
    "partners:note": _pair(GET={COORDINATOR}, make=lambda s: {"pk": _note(s, issued=True).pk}),
    "partners:note_retry": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _failed_note(s).pk}),
    "partners:note_abandon": _pair(
        POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _note(s, issued=False).pk}
    ),
    "partners:note_issue": _pair(
        POST={COORDINATOR},
        data=lambda w: {"circle": w.a.circle.pk},
        journal=town_and_landlord,
        make=lambda s: {"pk": _note(s, issued=False).pk},
    ),
    "partners:note_document": _pair(GET={COORDINATOR, LEAD}, make=lambda s: {"pk": _note(s, issued=True).pk}),
    "partners:copy_document": _pair(GET={PARTNER}, make=lambda s: {"pk": _copy(s)}),
    "partners:copy_revoke": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _copy(s)}),
}
