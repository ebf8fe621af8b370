"""Create the rows of the access tests: two landlords, two territories, two circles, every role.

Nobody of "a" may see, count, find or guess anything of "b". Landlord A shares with territory A;
landlord B has residences in the same communes but shares only with territory B. Landlord C (``world.c``)
shares with territory A too, but all its residences lie in a commune of no territory; those of landlord D
(``world.d``) lie in a commune of territory A, ``world.added``, that its agreement does not name: only their own
people see them.
"""

import datetime as dt
import time
from types import SimpleNamespace

from django.conf import settings
from django.contrib import auth
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.enums import OrganisationKind, Role
from accounts.models import ApiToken
from accounts.scope import system_scope
from accounts.sessions.store import SessionStore
from accounts.tokens.services import digest
from classification.engine.services import evaluate
from tests import factories as f

TOKEN = "palier_of-landlord-a"


def _outside(name: str, territory, commune, *, names=()) -> SimpleNamespace:
    """Plant a landlord, and one of each kind of record where its agreement with ``territory`` does not reach.

    All lie in ``commune``; the agreement names the communes ``names``.
    """
    landlord = f.OrganisationFactory(name=f"Bailleur {name}")
    residence = f.ResidenceFactory(landlord=landlord, commune=commune, name=f"Hors périmètre {name}")
    address = f.AddressFactory(residence=residence, label=f"3 chemin Hors {name}")
    today = timezone.localdate()
    incident = f.IncidentFactory(address=address, code="WEAPONS", day=today)
    f.NarrativeFactory(incident=incident, text=f"Récit secret {name}")
    observation = f.StandingObservationFactory(address=address, since=today - dt.timedelta(30))
    f.ConfirmationFactory(observation=observation, day=today)
    return SimpleNamespace(
        landlord=landlord, commune=commune, residence=residence, address=address, incident=incident,
        observation=observation,
        disruption=f.DisruptionFactory(address=address, starts_on=today - dt.timedelta(3), extent="total"),
        lead=f.MembershipFactory(organisation=landlord, role=Role.LEAD, user__full_name=f"Référent {name}").user,
        agreement=f.SharingAgreementFactory(
            landlord=landlord, territory=territory, terms__communes=[commune.pk for commune in names],
        ),
    )  # fmt: skip


def _landlord(name: str, commune) -> SimpleNamespace:
    landlord = f.OrganisationFactory(name=f"Bailleur {name}")
    residence = f.ResidenceFactory(landlord=landlord, commune=commune, name=f"Résidence {name}")
    other = f.ResidenceFactory(landlord=landlord, commune=commune, name=f"Résidence {name} bis")
    address = f.AddressFactory(residence=residence, label=f"1 rue {name}")
    other_address = f.AddressFactory(residence=other, label=f"2 rue {name}")
    alias = f.ResidenceAliasFactory(residence=residence, reference=f"ANCIENNE-{name}")
    today = timezone.localdate()
    incidents = [
        f.IncidentFactory(address=address, code="PETTY_DEALING", day=today - dt.timedelta(n))
        for n in range(9)
    ]
    other_incident = f.IncidentFactory(address=other_address, day=today - dt.timedelta(1))
    f.NarrativeFactory(incident=incidents[0], text=f"Récit secret {name}")
    observation = f.StandingObservationFactory(address=address, since=today - dt.timedelta(30))
    f.ConfirmationFactory(observation=observation, day=today)
    disruption = f.DisruptionFactory(address=address, starts_on=today - dt.timedelta(3))
    lead = f.MembershipFactory(organisation=landlord, role=Role.LEAD, user__full_name=f"Référent {name}")
    agent = f.MembershipFactory(organisation=landlord, role=Role.AGENT, user__full_name=f"Agent {name}")
    return SimpleNamespace(
        landlord=landlord, residence=residence, other=other, address=address, other_address=other_address,
        alias=alias, incidents=incidents, other_incident=other_incident, observation=observation, disruption=disruption,
        lead=lead.user, agent=agent.user, agent_membership=agent,
    )  # fmt: skip


def _territory(name: str, communes, landlord) -> SimpleNamespace:
    town = f.OrganisationFactory(name=f"Ville {name}", kind=OrganisationKind.MUNICIPALITY)
    territory = f.TerritoryFactory(name=f"CLSPD {name}", organisation=town, communes=communes)
    agreement = f.SharingAgreementFactory(landlord=landlord, territory=territory)
    coordinator = f.MembershipFactory(organisation=town, role=Role.COORDINATOR).user
    police = f.OrganisationFactory(name=f"Commissariat {name}", kind=OrganisationKind.POLICE)
    partner = f.MembershipFactory(organisation=police, role=Role.PARTNER).user
    circle = f.CircleFactory(territory=territory, name=f"Cellule {name}")
    mandate = f.MandateFactory(circle=circle, user=partner)
    return SimpleNamespace(
        town=town, territory=territory, agreement=agreement, coordinator=coordinator, police=police,
        partner=partner, circle=circle, mandate=mandate,
    )  # fmt: skip


def plant() -> SimpleNamespace:
    """Plant the world and return it: ``world.a``, ``world.b`` and the people without a side."""
    with system_scope("seeding"):
        commune = f.CommuneFactory(name="Partagée")
        added = f.CommuneFactory(name="Ajoutée")
        a, b = _landlord("A", commune), _landlord("B", commune)
        for side, name, communes in ((a, "A", [commune, added]), (b, "B", [commune])):
            side.__dict__.update(vars(_territory(name, communes, side.landlord)))
        c = _outside("C", a.territory, f.CommuneFactory(name="Voisine"), names=[commune, added])
        d = _outside("D", a.territory, added, names=[commune])
        operator = f.OrganisationFactory(name="Exploitant", kind=OrganisationKind.OPERATOR)
        admin = f.MembershipFactory(organisation=operator, role=Role.ADMIN).user
        dpo = f.MembershipFactory(organisation=a.landlord, role=Role.DPO).user
        stranger = f.UserFactory(full_name="Sans rattachement")
        evaluate()
    people = {
        Role.AGENT: a.agent, Role.LEAD: a.lead, Role.COORDINATOR: a.coordinator, Role.PARTNER: a.partner,
        Role.ADMIN: admin, Role.DPO: dpo,
    }  # fmt: skip
    return SimpleNamespace(
        a=a, b=b, c=c, d=d, commune=commune, added=added, operator=operator, admin=admin, dpo=dpo, stranger=stranger,
        people=people,
    )  # fmt: skip


def signed_in(user) -> Client:
    """Return a client logged in as ``user``, in a fraction of the time of ``force_login``, which tests would call 2,000 times."""
    client = Client()
    with system_scope("authentication"):
        session = SessionStore()
        session[auth.SESSION_KEY] = str(user.pk)
        session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
        # As after a first request, so that query counts do not depend on which one is first.
        session["kept"] = int(time.time() // settings.SESSION_KEPT_EVERY_S)
        # Drawn here: `create` would first look for another session of that key.
        session._session_key = get_random_string(32)
        session.save(must_create=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def program_of(world) -> Client:
    """A client that speaks as a program of landlord A."""
    with system_scope("seeding"):
        ApiToken.objects.create(
            organisation=world.a.landlord, name="essai", rights=["write", "read", "narratives"], digest=digest(TOKEN), created_by=world.a.lead,
            expires_on=timezone.localdate() + dt.timedelta(1),
        )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})
