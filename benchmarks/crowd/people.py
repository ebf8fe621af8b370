"""Plant the people of the crowd, each with a session, and print what a client needs: ``python -m benchmarks.crowd.people``.

Arguments: how many addresses, agents and partners. It prints JSON: the name of the session's cookie, and for each person
the kind, the session's key, and what they act on.
"""

import datetime as dt
import json
import sys
from types import SimpleNamespace

import django
from django.conf import settings
from django.contrib import auth
from django.utils import timezone

_CIRCLE_SINCE = dt.timedelta(60)
_GIVEN_SINCE = dt.timedelta(20)
# Residences that an agent minds.
_MINDED = 12


def main(addresses: int, agents: int, partners: int) -> None:
    """Plant in an empty, migrated database."""
    from accounts.models import Organisation
    from accounts.scope import system_scope
    from benchmarks.map_requests import plant

    coordinator = plant(addresses)
    with system_scope("seeding"):
        landlords = list(Organisation.objects.filter(kind="landlord").order_by("pk"))
        staff = [_agent(number, landlords[number % len(landlords)]) for number in range(agents)]
        police = Organisation.objects.create(name="Banc police", kind="police")
        readers = [_reader(number, police) for number in range(partners)]
    given = _given(coordinator, readers)
    today = timezone.localdate().isoformat()
    people = [
        {"kind": "agent", "key": _key(user), "places": places, "today": today} for user, places in staff
    ]
    people += [{"kind": "partner", "key": _key(user), **given(user)} for user in readers]
    json.dump({"cookie": settings.SESSION_COOKIE_NAME, "people": people}, sys.stdout)


def _agent(number, landlord):
    """Make an agent with residences of their own; return the account and the ids of these."""
    from accounts.enums import Role
    from accounts.models import Membership, User
    from sites.models import Residence, ResidenceAssignment

    user = User.objects.create_user(f"agent{number}@banc.invalid", f"Agent {number}")
    held = Membership.objects.create(user=user, organisation=landlord, role=Role.AGENT)
    own = list(Residence.objects.filter(landlord=landlord).order_by("pk"))
    start = number * _MINDED % len(own)
    minded = (own + own)[start : start + min(_MINDED, len(own))]
    ResidenceAssignment.objects.bulk_create(
        ResidenceAssignment(membership=held, residence=residence) for residence in minded
    )
    return user, [residence.pk for residence in minded]


def _reader(number, organisation):
    from accounts.enums import Role
    from accounts.models import Membership, User

    user = User.objects.create_user(f"partenaire{number}@banc.invalid", f"Partenaire {number}")
    since = timezone.localdate() - 2 * _CIRCLE_SINCE
    Membership.objects.create(user=user, organisation=organisation, role=Role.PARTNER, starts_on=since)
    return user


def _given(coordinator, readers):
    """Give a publication and a note to a circle of all readers; return what each of them opens."""
    from accounts.models import Proposal
    from accounts.proposals.answering import accept
    from accounts.scope import acting_as
    from core.jobs import JobState
    from core.opaque import written
    from core.versions import version_of
    from partners.charters import services as charters
    from partners.circles.invitations import Invited, propose
    from partners.circles.services import create_circle
    from partners.enums import Precision
    from partners.models import Circle, NoteCopy, PublishedSite, SynthesisNote
    from partners.notes.content import freeze
    from partners.notes.services import issue_note
    from partners.publications.services import publish
    from sites.models import Territory

    today = timezone.localdate()
    with acting_as(coordinator) as scope:
        territory = Territory.objects.get()
        circle = Circle(
            territory=territory, name="Cellule du banc", purpose="Banc", precision=Precision.ADDRESS,
            starts_on=today - _CIRCLE_SINCE,
        )  # fmt: skip
        create_circle(scope, circle)
        version = version_of(territory, charters.state_of(territory))
        charter = charters.write(scope, territory=territory, text="Charte du banc.", version=version)
        for user in readers:
            with acting_as(user):
                organisation = user.memberships.get().organisation
            invited = Invited(user.email, user.full_name, organisation)
            mandate = propose(scope, circle=circle, invited=invited, starts_on=today - _CIRCLE_SINCE)
            with acting_as(user) as own:
                accept(own, proposal=Proposal.objects.get(mandate=mandate))
                charters.accept(own, charter=charter)
        publication = publish(scope, circle=circle, as_of=today - _GIVEN_SINCE)
        note = SynthesisNote.objects.create(
            territory=territory, as_of=today - _GIVEN_SINCE, created_by_id=scope.user_id, state=JobState.DONE
        )
        freeze(note)
        note.refresh_from_db()
        issue_note(scope, note, circle=circle)
        keys = list(PublishedSite.objects.filter(publication=publication).values_list("key", flat=True)[:200])
        copies = dict(NoteCopy.objects.filter(note=note).values_list("mandate__user_id", "pk"))

    def of(user):
        return {
            "publication": written("publication", publication.pk),
            "copy": written("copy", copies[user.pk]),
            "sites": [str(key) for key in keys],
        }

    return of


def _key(user):
    """Make a session of a person who gave a second factor just now; return its key."""
    from allauth.account.internal.flows.login import record_authentication

    from accounts.scope import system_scope
    from accounts.sessions.store import SessionStore

    with system_scope("authentication"):
        session = SessionStore()
        session[auth.SESSION_KEY] = str(user.pk)
        session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
        record_authentication(SimpleNamespace(session=session), user, method="mfa", type="totp")
        session.create()
    return session.session_key


if __name__ == "__main__":
    django.setup()
    main(*map(int, sys.argv[1:]))
