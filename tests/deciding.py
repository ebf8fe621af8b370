"""Have leads decide about levels as their pages do: on what they were shown."""

import datetime as dt

from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.decisions.reading import standing_of
from classification.decisions.services import decide, shown_version, withdraw
from classification.engine.services import evaluate
from classification.models import Decision, SiteLevel
from tests import factories as f

MINOR = "LITTERING"


def site_of(residence) -> SiteLevel:
    with system_scope("evaluation"):
        return SiteLevel.objects.select_related("residence").get(residence=residence, address=None)


def version_for(residence) -> str:
    """The version that a page sends now."""
    site = site_of(residence)
    with system_scope("evaluation"):
        return shown_version(site, standing_of(residence.pk))


def decides(lead, residence, retained=None, reason="", version=None) -> Decision:
    """Have a lead decide, by default to confirm."""
    version, retained = version or version_for(residence), retained or site_of(residence).level
    with acting_as(lead) as scope:
        return decide(scope, residence.pk, retained=retained, reason=reason, version=version)


def takes_back(lead, decision, reason="Saisie par erreur.") -> None:
    with acting_as(lead) as scope:
        withdraw(scope, decision, reason=reason)


def residence_at(landlord, commune, level: int, **named):
    """Plant a residence whose proposed level is ``level`` today, by one standing kind of facts."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=landlord, commune=commune, **named)
        address = f.AddressFactory(residence=residence)
        today = timezone.localdate()
        # One fact type of gravity 1 to 3, as often as its cell of the grid needs.
        code, days = {1: (MINOR, 1), 2: (MINOR, 8), 3: ("PETTY_DEALING", 8), 4: ("URBAN_VIOLENCE", 8)}[level]
        for back in range(days):
            f.IncidentFactory(address=address, code=code, day=today - dt.timedelta(3 * back))
    evaluate([residence.pk])
    assert site_of(residence).level == level
    return residence


def raise_to_3(residence) -> None:
    """Record what makes the proposed level of a quiet residence 3."""
    with system_scope("seeding"):
        address = residence.addresses.get()
        for back in range(8):
            f.IncidentFactory(
                address=address, code="PETTY_DEALING", day=timezone.localdate() - dt.timedelta(3 * back)
            )
    evaluate([residence.pk])


def decision_now(decision) -> Decision:
    with system_scope("evaluation"):
        return Decision.objects.get(pk=decision.pk)
