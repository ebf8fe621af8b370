"""Find the place of a record: among the last used ones, nearby, or by a search."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import F, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from core.earth import METRES_OF_A_DEGREE, narrowing
from incidents.models import Incident
from sites.match_key import along_the_street
from sites.models import Address, Residence
from sites.perimeter import is_assigned, is_of_own_landlord, is_own
from sites.places import find

from .services import ENTERED, Place

NEARBY_M = 2000
_LAST_USED = 4
# Enough places for an agent in charge of a few buildings, offline, where no search is possible.
AT_HAND = 12
_LOOKED_BACK = 200
_NEAREST = 6
_METRES_OF_A_KILOMETRE = 1000
# A primary key has no more digits.
_DIGITS = 18


@dataclass(frozen=True)
class Choice:
    """A place to choose in a form; ``key`` is ``a`` or ``r`` and the id of an address or a residence."""

    key: str
    label: str
    detail: str

    @classmethod
    def of(cls, place: Place) -> "Choice":
        """Return the choice that stands for ``place``."""
        if isinstance(place, Address):
            return cls(f"a{place.pk}", place.label, place.residence.name)
        return cls(f"r{place.pk}", place.name, str(_("toute la résidence")))


def recordable(key: str) -> Place | None:
    """Return the place that ``key`` names, if the acting person may record there, and it is not closed."""
    return next((place for place in _named(key, _residences(), _addresses())), None)


def closed(key: str) -> Place | None:
    """Return the closed place that ``key`` names, if the acting person could record there while it was open."""
    residences = Residence.objects.filter(is_own(residence="id")).select_related("commune")
    addresses = Address.objects.filter(is_own()).select_related("residence", "commune")
    shut = Q(closed_on__isnull=False)
    found = _named(
        key, residences.filter(shut), addresses.filter(shut | Q(residence__closed_on__isnull=False))
    )
    return next(iter(found), None)


def _named(key: str, residences: QuerySet[Residence], addresses: QuerySet[Address]) -> list[Place]:
    kind, number = key[:1], key[1:]
    if kind not in {"a", "r"} or not (number.isascii() and number.isdigit()) or len(number) > _DIGITS:
        return []
    return list(addresses.filter(pk=number) if kind == "a" else residences.filter(pk=number))


def last_used(user_id: int | None, most: int = _LAST_USED) -> list[Choice]:
    """Return the places of the facts that the person entered last, the latest first; imports do not count."""
    latest = (
        Incident.objects.own()
        .filter(reported_by_id=user_id, external_source__in=ENTERED)
        .order_by("-id")
        .values_list("address_id", "residence_id")[:_LOOKED_BACK]
    )
    keys = dict.fromkeys(f"a{a}" if a else f"r{r}" for a, r in latest)
    return _choices(list(keys)[:most])


def exist() -> bool:
    """Say whether there is any place at which the acting person may record."""
    return _residences().exists()


def few_own() -> list[Choice]:
    """Return all one's own addresses, sorted by street, if they are no more than :data:`AT_HAND`; else none."""
    own = _some_of(is_assigned()) or _some_of(is_of_own_landlord())
    if len(own) > AT_HAND:
        return []
    return [
        Choice.of(address) for address in sorted(own, key=lambda address: along_the_street(address.label))
    ]


def _some_of(where: Q) -> list[Address]:
    # Unordered: thousands of addresses need not be sorted to find that they are too many.
    return list(Address.objects.open().filter(where).select_related("residence").order_by()[: AT_HAND + 1])


def search(text: str) -> list[Choice]:
    """Return the acting person's own places whose names hold every word of ``text``.

    Before the buildings of one number stands their residence, for whoever does not know which building it was.
    """
    return _choosing(find(text, _residences(), _addresses()))


def _choosing(places: Iterable[Place]) -> list[Choice]:
    """Return the choices of these places, and of the residences that have several of them at one number."""
    places = list(places)
    doors = Counter(_door(place) for place in places if isinstance(place, Address))
    choices: dict[str, Choice] = {}
    for place in places:
        if isinstance(place, Address) and doors[_door(place)] > 1:
            whole = Choice.of(place.residence)
            choices.setdefault(whole.key, whole)
        choice = Choice.of(place)
        choices.setdefault(choice.key, choice)
    return list(choices.values())


def _door(address: Address) -> tuple[int, str]:
    return address.residence_id, address.match_key.partition(" # ")[0]


def nearest(longitude: float, latitude: float) -> list[Choice]:
    """Return one's own addresses within 2 km of a point in degrees, the closest first.

    Before the buildings of one number stands their residence.
    The distances are computed on a plane, which is exact to a metre within this radius.
    """
    shorter = narrowing(latitude)
    north = NEARBY_M / METRES_OF_A_DEGREE
    east = north / shorter
    within = _addresses().filter(
        latitude__range=(latitude - north, latitude + north),
        longitude__range=(longitude - east, longitude + east),
    )
    across, along = (F("longitude") - longitude) * shorter, F("latitude") - latitude
    closest = within.annotate(apart=across * across + along * along).order_by("apart", "id")[:_NEAREST]
    apart = {address.pk: METRES_OF_A_DEGREE * math.sqrt(address.apart) for address in closest}
    choices = _choosing(closest)
    return [
        _at_a_distance(choice, apart[int(choice.key[1:])]) if choice.key[0] == "a" else choice
        for choice in choices
    ]


def _at_a_distance(choice: Choice, metres: float) -> Choice:
    told = {"residence": choice.detail, "distance": _distance(metres)}
    return replace(choice, detail=_("%(residence)s, à %(distance)s") % told)


def _distance(metres: float) -> str:
    rounded = max(10, round(metres, -1))
    if rounded < _METRES_OF_A_KILOMETRE:
        return _("%(number)s m") % {"number": number_format(rounded, 0)}
    return _("%(number)s km") % {"number": number_format(rounded / _METRES_OF_A_KILOMETRE, 1)}


def _choices(keys: list[str]) -> list[Choice]:
    addresses = _addresses().in_bulk([int(key[1:]) for key in keys if key[0] == "a"])
    residences = _residences().in_bulk([int(key[1:]) for key in keys if key[0] == "r"])
    found = ((addresses if key[0] == "a" else residences).get(int(key[1:])) for key in keys)
    return [Choice.of(place) for place in found if place]


def _addresses() -> QuerySet[Address]:
    return Address.objects.open().filter(is_own()).select_related("residence", "commune")


def _residences() -> QuerySet[Residence]:
    return Residence.objects.open().filter(is_own(residence="id")).select_related("commune")
