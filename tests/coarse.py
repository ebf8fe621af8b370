"""Plant a town of two landlords, and circles of each precision that are given its levels."""

from types import SimpleNamespace

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from partners.models import Publication
from partners.publications.services import publish
from tests import factories as f
from tests.deciding import residence_at
from tests.sharing import today


def circle_of(side, precision: str, name: str = "") -> SimpleNamespace:
    """Open a circle of a side's territory with one member."""
    with system_scope("seeding"):
        member = f.MembershipFactory(organisation=side.police, role=Role.PARTNER).user
        circle = f.CircleFactory(
            territory=side.territory, precision=precision, name=name or f"Cellule {precision}"
        )
        mandate = f.MandateFactory(circle=circle, user=member)
    return SimpleNamespace(circle=circle, member=member, mandate=mandate)


def publish_to(side, circle) -> Publication:
    with acting_as(side.coordinator) as scope:
        return publish(scope, circle=circle, as_of=today())


def town_of(world) -> SimpleNamespace:
    """Have two landlords share with territory A; with those of the world they have 7 sites of level 3, 2 of level 2, 8 of level 1."""
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    homes = {3: [], 2: [], 1: []}
    for level, number in ((3, 5), (2, 2), (1, 6)):
        for n in range(number):
            landlord = (world.a, world.b)[n % 2].landlord
            home = residence_at(landlord, world.commune, level, name=f"Mur {level}{n}")
            homes[level].append(home)
    return SimpleNamespace(**vars(world), homes=homes)
