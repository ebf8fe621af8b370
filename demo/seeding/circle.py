"""Plant the restricted circle of the fiction: its mandates, its publications, its notes."""

import datetime as dt

from django.utils import timezone

from accounts.enums import Role
from accounts.models import Proposal, User
from accounts.proposals.answering import accept
from accounts.scope import Scope, acting_as
from core.jobs import JobState
from partners.circles.invitations import Invited, propose
from partners.circles.services import create_circle
from partners.models import Circle, SynthesisNote
from partners.notes.content import freeze
from partners.notes.services import issue_note
from partners.publications.services import publish

from .people import People
from .stock import Stock

# Half a year apart. A publication follows two days after the day it shows.
_GIVEN_DAYS_AGO = (200, 17)
_MORNING = dt.time(10, 15)


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
            _join(scope, circle, partner, today - dt.timedelta(290))
        for days_ago in _GIVEN_DAYS_AGO:
            as_of = today - dt.timedelta(days_ago)
            at = timezone.make_aware(dt.datetime.combine(as_of + dt.timedelta(2), _MORNING))
            publish(scope, circle=circle, as_of=as_of, at=at)
            _issue(scope, circle, as_of, at)


def _join(scope: Scope, circle: Circle, partner: User, since: dt.date) -> None:
    """Invite a partner to the circle in their own organisation, and have them accept."""
    with acting_as(partner):
        held = partner.memberships.select_related("organisation").get(role=Role.PARTNER)
    invited = Invited(partner.email, partner.full_name, held.organisation)
    mandate = propose(scope, circle=circle, invited=invited, starts_on=since)
    with acting_as(partner) as own:
        accept(own, proposal=Proposal.objects.get(mandate=mandate))


def _issue(scope: Scope, circle: Circle, as_of: dt.date, at: dt.datetime) -> None:
    note = SynthesisNote.objects.create(
        territory=circle.territory, as_of=as_of, created_by_id=scope.user_id, state=JobState.DONE
    )
    freeze(note)
    SynthesisNote.objects.filter(pk=note.pk).update(created_at=at, finished_at=at)
    note.refresh_from_db()
    issue_note(scope, note, circle=circle, at=at)
