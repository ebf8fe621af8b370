"""Read which grid counts for which territory, what is proposed, and whose answer is awaited, in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Scope
from classification.models import AdoptionState, AdoptionStep, GridAdoption
from sites.models import SharingAgreement
from sites.perimeter import in_force, is_of_territory

# The last ones; a territory governs its grid once a year or so.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Governed:
    """An adoption with what was said of it, as far as the acting person may read it.

    Attributes:
        counts: whether its version is the one that counts today for its territory.
    """

    adoption: GridAdoption
    steps: list[AdoptionStep]
    counts: bool

    @property
    def coming(self) -> bool:
        """True when it was adopted for a day that has not come."""
        return self.adoption.state == AdoptionState.ADOPTED and not self.adoption.begun


def counting_on(day: dt.date) -> dict[int, int]:
    """Return the adoption that counts on ``day`` for each territory that has one, by the territory's id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT territory_id, adoption_id FROM palier_grids_on(%s)", [day])
        return dict(cursor.fetchall())


def governed(adoptions: Iterable[GridAdoption]) -> list[Governed]:
    """Return adoptions with what was said of each, in their order."""
    found = list(adoptions)
    counting = {*counting_on(timezone.localdate()).values()}
    steps: dict[int, list[AdoptionStep]] = {}
    for step in AdoptionStep.objects.filter(adoption__in=[one.pk for one in found]).order_by("pk"):
        steps.setdefault(step.adoption_id, []).append(step)
    return [Governed(one, steps.get(one.pk, []), one.pk in counting) for one in found]


def latest() -> list[Governed]:
    """Return the last adoptions that the acting person sees, proposed ones first, then the last to begin."""
    rows = GridAdoption.objects.select_related("territory", "grid_version").order_by("-starts_on", "-pk")
    found = sorted(rows[:SHOWN], key=lambda one: one.state != AdoptionState.PROPOSED)
    return governed(found)


def of_ones_territories() -> Q:
    """Return the condition that an adoption is of a territory of the person's, or with which a landlord they lead shares."""
    return is_of_territory()


def awaits(adoption: GridAdoption) -> int:
    """Return how many landlords have still to accept what is proposed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT palier_adoption_awaits(%s)", [adoption.pk])
        return int(cursor.fetchone()[0])


def asked_of(scope: Scope, adoption: GridAdoption) -> list[Organisation]:
    """Return the landlords for which the acting person may still answer, by name."""
    if adoption.state != AdoptionState.PROPOSED or adoption.passed:
        return []
    return [landlord for one, landlord in _asked(scope, [adoption]) if one == adoption]


def awaiting_answer(scope: Scope) -> list[GridAdoption]:
    """Return what is proposed to landlords that the acting person leads, and not yet answered for one of them."""
    rows = GridAdoption.objects.filter(state=AdoptionState.PROPOSED, starts_on__gte=timezone.localdate())
    proposed = list(rows.select_related("territory", "grid_version").order_by("starts_on", "pk"))
    return list(dict.fromkeys(one for one, _landlord in _asked(scope, proposed)))


def _asked(scope: Scope, adoptions: list[GridAdoption]) -> list[tuple[GridAdoption, Organisation]]:
    """Return the adoptions with each landlord of the acting lead that shares with the territory and has not answered."""
    if not adoptions:
        return []
    shared = SharingAgreement.objects.filter(
        in_force(),
        landlord__in=scope.roles.get(Role.LEAD, ()),
        territory__in=[one.territory_id for one in adoptions],
    )
    landlords: dict[int, dict[int, Organisation]] = {}
    for agreement in shared.select_related("landlord").order_by("landlord__name__french", "pk"):
        landlords.setdefault(agreement.territory_id, {})[agreement.landlord_id] = agreement.landlord
    steps = AdoptionStep.objects.filter(adoption__in=adoptions, kind__in=("accepted", "refused"))
    said = {*steps.values_list("adoption_id", "organisation_id")}
    return [
        (one, landlord)
        for one in adoptions
        for landlord in landlords.get(one.territory_id, {}).values()
        if (one.pk, landlord.pk) not in said
    ]
