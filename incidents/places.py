"""Finding the place of a record: last used, or searched for among 600,000 addresses."""

from dataclasses import dataclass

from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from sites.match_key import match_key, plain
from sites.models import Address, Residence
from sites.perimeter import is_own

from .models import Incident
from .services import Place

MIN_LENGTH = 2
_LIMIT = 12
_LAST_USED = 3
_LOOKED_BACK = 50
_LONGEST = 100
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
    """Return places whose address or residence holds every word of ``text``.

    Residences come first: recording at the whole residence is then one of the answers.
    """
    words = match_key(text[:_LONGEST]).split()
    if len("".join(words)) < MIN_LENGTH:
        return []
    residences = list(_residences().filter(_named(plain(text[:_LONGEST]).split()))[:_LIMIT])
    door_first = _addresses().filter(_keyed(words)).order_by(_other_door(words), "label", "id")
    by_key = list(door_first[:_LIMIT])
    rest = _LIMIT - len(by_key)
    within = _addresses().filter(residence__in=residences).exclude(pk__in=[a.pk for a in by_key])[:rest]
    return [Choice.of(place) for place in (*residences[: _LIMIT // 2], *by_key, *within)]


def _choices(keys: list[str]) -> list[Choice]:
    addresses = _addresses().in_bulk([int(key[1:]) for key in keys if key[0] == "a"])
    residences = _residences().in_bulk([int(key[1:]) for key in keys if key[0] == "r"])
    found = ((addresses if key[0] == "a" else residences).get(int(key[1:])) for key in keys)
    return [Choice.of(place) for place in found if place]


def _addresses():
    return Address.objects.filter(is_own()).select_related("residence")


def _residences():
    return Residence.objects.filter(is_own(residence="id"))


def _keyed(words: list[str]) -> Q:
    # Capitals without accents on both sides: a plain LIKE, that reads no other column.
    return Q(*(("match_key__contains", word) for word in words))


def _other_door(words: list[str]) -> Case:
    # "3 rue" asks for number 3: 13 and 30 come after it.
    number = next((word for word in words if word[0].isdigit()), "")
    return Case(When(match_key__startswith=f"{number} ", then=0), default=1)


def _named(words: list[str]) -> Q:
    condition = Q()
    for word in words:
        condition &= Q(name__unaccent__icontains=word) | Q(reference__icontains=word)
    return condition
