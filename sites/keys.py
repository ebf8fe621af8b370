"""Bring the stored keys of addresses to what the installed code reads in their labels.

A key is derived: :mod:`sites.match_key` computes it from the label. When a new version reads addresses otherwise, the
stored keys follow after ``migrate``, from the labels, which nothing changes; the former version does the same when it
is installed again. It takes about a minute for a million addresses, and writes only those whose key differs.
"""

import logging
from dataclasses import dataclass
from typing import Any

from core.rls import as_system

from .match_key import parse
from .models import Address

_LOGGER = logging.getLogger("palier.keys")
_BATCH = 5_000
_UNIT_LENGTH = 80


@dataclass
class Recomputed:
    """How many addresses were given another key, and those left since their residence has the key already."""

    changed: int
    left: list[int]


def recompute_keys(using: str = "default") -> Recomputed:
    """Store the key, the building and the entrance that each address's label says; return what was done.

    Each batch is a transaction of its own: interrupted, it can be run again. An address whose new key its residence
    has already keeps its old one.
    """
    done = Recomputed(0, [])
    last: int | None = 0
    while last is not None:
        last = _next_batch(using, last, done)
    if done.changed or done.left:
        _LOGGER.info("keys of addresses: %d changed, %d left", done.changed, len(done.left))
    return done


def _next_batch(using: str, last: int, done: Recomputed) -> int | None:
    """Recompute the addresses after ``last``; return the last id seen, None at the end."""
    with as_system("stock_import", using):
        fields = ("id", "residence_id", "label", "match_key", "building", "entrance")
        rows = list(Address.objects.using(using).filter(pk__gt=last).order_by("pk").only(*fields)[:_BATCH])
        changed = [address for address in rows if _apply(address)]
        if changed:
            _store(using, changed, done)
    return rows[-1].pk if rows else None


def _apply(address: Address) -> bool:
    """Set what the label of ``address`` says; return whether that differs from what was stored."""
    before = address.match_key, address.building, address.entrance
    parsed = parse(address.label)
    address.match_key = parsed.key
    address.building = parsed.building[:_UNIT_LENGTH] or address.building
    address.entrance = parsed.entrance[:_UNIT_LENGTH] or address.entrance
    return before != (address.match_key, address.building, address.entrance)


def _store(using: str, changed: list[Address], done: Recomputed) -> None:
    residences = {address.residence_id for address in changed}
    stored = Address.objects.using(using).filter(residence_id__in=residences)
    taken = {
        (residence, key): pk for residence, key, pk in stored.values_list("residence_id", "match_key", "pk")
    }
    free: list[Address] = []
    for address in changed:
        place: tuple[Any, ...] = (address.residence_id, address.match_key)
        if taken.setdefault(place, address.pk) == address.pk:
            free.append(address)
        else:
            done.left.append(address.pk)
    Address.objects.using(using).bulk_update(free, ["match_key", "building", "entrance"], batch_size=1_000)
    done.changed += len(free)
