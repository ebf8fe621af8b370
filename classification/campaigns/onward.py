"""Offer, on the page of a closed campaign, what the floors above make of it."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise

from classification.models import Campaign


class Onward(NamedTuple):
    """A page that goes on from a closed campaign: what it is called, and its address."""

    label: str | Promise
    url: str


Offer = Callable[[Campaign], Onward]
_offers: list[Offer] = []


def go_on_with(offer: Offer) -> None:
    """Register a page that its coordinators are offered once a campaign is closed."""
    _offers.append(offer)


def offered(campaign: Campaign) -> list[Onward]:
    """Return the pages that go on from a closed campaign."""
    return [offer(campaign) for offer in _offers]
