"""Say whose sites are counted, and how many had each level on a day."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Scope
from classification.method.scale import Level, Mark
from sites.models import Commune, Residence, SharingAgreement, Territory
from sites.perimeter import in_force, is_led, is_shared_with

# How many sites have each mark.
Marks = Counter[int]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose sites are counted.

    Attributes:
        rows: the condition on rows with a landlord and a commune.
        landlords: the landlords, by name.
        territory: the territory, None for the landlords that a person leads.
        commune: the one commune that is counted, None for all.
    """

    rows: Q
    landlords: Sequence[Organisation]
    territory: Territory | None = None
    commune: Commune | None = None

    def of(self, landlord: Organisation | None, commune: Commune | None) -> "Reach":
        """Return what is left of it for one landlord, one commune."""
        landlords = [one for one in self.landlords if landlord is None or one == landlord]
        return replace(self, landlords=landlords, commune=commune)

    def among(self, model: type[Model]) -> QuerySet[Any]:
        """Return the rows of a model that are counted, of all communes."""
        ids = [one.pk for one in self.landlords]
        return model._default_manager.filter(self.rows, landlord__in=ids).order_by()

    @property
    def number(self) -> Count:
        """How many rows of a group are of the commune."""
        if self.commune is None:
            return Count("*")
        return Count("commune", filter=Q(commune=self.commune))


class Point(NamedTuple):
    """How many sites had each mark on a day, in the order of :func:`classification.home.movements.spread`.

    ``missing`` names the landlords whose sites count on that day and are not worked out yet; they are not in ``counts``.
    """

    day: dt.date
    counts: list[int]
    missing: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many sites were counted."""
        return sum(self.counts)

    @property
    def high(self) -> int:
        """How many of them had level 3 or 4."""
        return sum(self.counts[Level.DELINQUENCY - 1 : Level.TENSION])

    def share(self, number: int) -> float | None:
        """Return a number of its sites in percent; None where none was counted."""
        return 100 * number / self.total if self.total else None


def led_by(scope: Scope) -> Reach:
    """Return the reach of a lead: the landlords that they lead."""
    landlords = Organisation.objects.filter(pk__in=scope.roles.get(Role.LEAD, ()))
    return Reach(Q(is_led()), list(landlords.order_by("name__french", "pk")))


def shared_with(territory: Territory) -> Reach:
    """Return the reach of a territory: what agreements in force open to it."""
    rows = Q(is_shared_with(territory.pk))
    agreements = SharingAgreement.objects.filter(in_force(), territory=territory).order_by()
    open_to_it = Exists(Residence.objects.filter(rows, landlord=OuterRef("pk")).order_by())
    landlords = Organisation.objects.filter(open_to_it, pk__in=agreements.values("landlord"))
    return Reach(rows, list(landlords.order_by("name__french", "pk")), territory)


def spread(marks: Iterable[Marks]) -> list[int]:
    """Add numbers of sites up, in the order of :func:`classification.home.movements.spread`."""
    total: Marks = Counter()
    for one in marks:
        total.update(one)
    return [total[mark] for mark in (*Level, Mark.STOPPED)]
