"""The restricted circle of the fiction: its mandates, what it was given, its notes."""

import datetime as dt

from django.utils import timezone

from accounts.enums import Role
from accounts.jobs import JobState
from accounts.scope import Scope, acting_as
from partners.circles import create_circle, give_mandate
from partners.content import freeze
from partners.models import Circle, SynthesisNote
from partners.notes import issue_note
from partners.publishing import publish

from .people import People
from .stock import Stock

_GIVEN_DAYS_AGO = (200, 17)


def plant_circle(stock: Stock, people: People, today: dt.date) -> None:
    """Have the coordinator open a circle, give mandates, publish twice and issue two notes."""
    with acting_as(people.by_role[Role.COORDINATOR]) as scope:
        circle = Circle(
            territory=stock.territory,
            name="Cellule tranquillité de Brumeval",
            purpose="Priorités communes et opérations conjointes dans les résidences",
            starts_on=today - dt.timedelta(300),
        )
        create_circle(scope, circle)
        for partner in people.partners:
            give_mandate(scope, circle=circle, user=partner, starts_on=today - dt.timedelta(290))
        for days_ago in _GIVEN_DAYS_AGO:
            as_of = today - dt.timedelta(days_ago)
            publish(scope, circle=circle, as_of=as_of)
            _issue(scope, circle, as_of)


def _issue(scope: Scope, circle: Circle, as_of: dt.date) -> None:
    note = SynthesisNote.objects.create(
        territory=circle.territory, as_of=as_of, created_by_id=scope.user_id, state=JobState.DONE
    )
    freeze(note)
    SynthesisNote.objects.filter(pk=note.pk).update(finished_at=timezone.now())
    note.refresh_from_db()
    issue_note(scope, note, circle=circle)
