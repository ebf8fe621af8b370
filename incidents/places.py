"""Finding the place of a record: last used, or searched for."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from sites.models import Address, Residence
from sites.perimeter import is_own
from sites.places import find

from .models import Incident
from .services import Place

_LAST_USED = 3
_LOOKED_BACK = 50
# An identifier of the database has no more.
_DIGITS = 18


@dataclass(frozen=True)
class Choice:
    """A place as a form offers it: ``key`` is ``a<id>`` or ``r<id>``."""

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
    """Return the place that ``key`` names, if the acting person may record there."""
    kind, number = key[:1], key[1:]
    if kind not in {"a", "r"} or not (number.isascii() and number.isdigit()) or len(number) > _DIGITS:
        return None
    if kind == "a":
        return _addresses().filter(pk=number).first()
    return _residences().filter(pk=number).first()


def last_used(user_id: int | None) -> list[Choice]:
    """Return the places of the person's latest facts, the latest first."""
    latest = (
        Incident.objects.own()
        .filter(reported_by_id=user_id)
        .order_by("-id")
        .values_list("address_id", "residence_id")[:_LOOKED_BACK]
    )
    keys = dict.fromkeys(f"a{a}" if a else f"r{r}" for a, r in latest)
    return _choices(list(keys)[:_LAST_USED])


def search(text: str) -> list[Choice]:
    """Return the places of the acting person that hold every word of ``text``."""
    return [Choice.of(place) for place in find(text, _residences(), _addresses())]


def _choices(keys: list[str]) -> list[Choice]:
    addresses = _addresses().in_bulk([int(key[1:]) for key in keys if key[0] == "a"])
    residences = _residences().in_bulk([int(key[1:]) for key in keys if key[0] == "r"])
    found = ((addresses if key[0] == "a" else residences).get(int(key[1:])) for key in keys)
    return [Choice.of(place) for place in found if place]


def _addresses():
    return Address.objects.filter(is_own()).select_related("residence")


def _residences():
    return Residence.objects.filter(is_own(residence="id"))
