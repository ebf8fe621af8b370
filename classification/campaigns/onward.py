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
Notice = Callable[[Campaign], list[Onward]]
_offers: list[Offer] = []
_notices: list[Notice] = []


def go_on_with(offer: Offer) -> None:
    """Register a page that its coordinators are offered once a campaign is closed."""
    _offers.append(offer)


def offered(campaign: Campaign) -> list[Onward]:
    """Return the pages that go on from a closed campaign."""
    return [offer(campaign) for offer in _offers]


def tell_with(notice: Notice) -> None:
    """Register what its coordinators are told of a closed campaign, each with the page where something can be done about it."""
    _notices.append(notice)


def told(campaign: Campaign) -> list[Onward]:
    """Return what is told of a closed campaign."""
    return [said for notice in _notices for said in notice(campaign)]
