"""Plant the people of the fiction, with one demonstration account per role."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from demo.accounts import DELEGATE, DEMO_ACCOUNTS, DEMO_PASSWORD, ENROLLING
from sites.match_key import plain
from sites.models import ResidenceAssignment

from .stock import Stock

_BODIES = (
    ("Commissariat de Brumeval", OrganisationKind.POLICE),
    ("Police municipale de Brumeval", OrganisationKind.MUNICIPAL_POLICE),
    ("Parquet de Brumeval", OrganisationKind.JUSTICE),
    ("Préfecture de Brumeval", OrganisationKind.STATE),
    ("Exploitant de la démonstration", OrganisationKind.OPERATOR),
)
_OTHERS = (
    ("Ondine Exemple", Role.AGENT, "Brumeval Habitat"),
    ("Tristan Modèle", Role.AGENT, "Logis de l’Écume"),
    ("Flore Spécimen", Role.LEAD, "Logis de l’Écume"),
    ("Ulysse Échantillon", Role.LEAD, "Foyer des Landes"),
    ("Céleste Prototype", Role.LEAD, "La Tourelle Résidences"),
    ("Anatole Maquette", Role.PARTNER, "Police municipale de Brumeval"),
    ("Blanche Ébauche", Role.PARTNER, "Parquet de Brumeval"),
    ("Achille Esquisse", Role.PARTNER, "Préfecture de Brumeval"),
)


@dataclass(frozen=True, slots=True)
class People:
    """The planted people: demonstration accounts by role, ``leads`` and ``staff`` by landlord id, partners.

    ``delegate`` is the partner who is in the circle by neighbourhood, and none of ``partners``.
    """

    by_role: dict[Role, User]
    leads: dict[int, User]
    staff: dict[int, list[User]]
    partners: list[User]
    delegate: User


def plant_people(stock: Stock) -> People:
    """Plant the organisations of the partners and everybody's accounts and memberships."""
    for name, kind in _BODIES:
        Organisation.objects.create(name=name, kind=kind)
    organisations = {organisation.name: organisation for organisation in Organisation.objects.all()}
    hashed = make_password(DEMO_PASSWORD)
    by_role = {}
    for account in DEMO_ACCOUNTS:
        user = User.objects.create(email=account.email, full_name=account.full_name, password=hashed)
        by_role[account.role] = user
        membership = _join(user, account.role, organisations[account.organisation])
        if account.role == Role.AGENT:
            _assign(membership, stock)
    for account in (ENROLLING, DELEGATE):
        user = User.objects.create(email=account.email, full_name=account.full_name, password=hashed)
        _join(user, account.role, organisations[account.organisation])
    for full_name, role, organisation in _OTHERS:
        email = f"{_ascii(full_name)}@demonstration.invalid"
        user = User.objects.create(email=email, full_name=full_name, password=UNUSABLE_PASSWORD_PREFIX)
        _join(user, role, organisations[organisation])
    return _gathered(by_role)


def _ascii(full_name: str) -> str:
    """Return the name as written in an e-mail address: lower case, without accents."""
    return plain(full_name).lower().replace(" ", ".")


def _join(user: User, role: Role, organisation: Organisation) -> Membership:
    started = timezone.localdate() - dt.timedelta(600)
    return Membership.objects.create(user=user, role=role, organisation=organisation, starts_on=started)


def _assign(membership: Membership, stock: Stock) -> None:
    own = [r for r in stock.residences if r.landlord_id == membership.organisation_id][:4]
    ResidenceAssignment.objects.bulk_create(
        ResidenceAssignment(membership=membership, residence=residence) for residence in own
    )


def _gathered(by_role: dict[Role, User]) -> People:
    leads: dict[int, User] = {}
    staff: dict[int, list[User]] = {}
    partners: list[User] = []
    for membership in Membership.objects.select_related("user").order_by("id"):
        if membership.role == Role.LEAD:
            # The first of each landlord: a further one only shows how a second factor is enrolled.
            leads.setdefault(membership.organisation_id, membership.user)
        if membership.role == Role.PARTNER and membership.user.email != DELEGATE.email:
            partners.append(membership.user)
        if membership.role in {Role.LEAD, Role.AGENT}:
            staff.setdefault(membership.organisation_id, []).append(membership.user)
    delegate = User.objects.get(email=DELEGATE.email)
    return People(by_role, leads, staff, partners, delegate)
