"""Plant reasons to watch a residence, and have people put it to rest as their page does."""

import datetime as dt
import re

from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from classification.foresight.services import put_to_rest, state_of
from classification.models import Rest, Signal, SignalKind
from core.versions import version_of

WHY = "La ronde de nuit passe déjà."


def watched(side, residence=None, kind=SignalKind.FADING, fact_type=None, **figures):
    """Plant a reason to watch a residence of a side, by default that recording fell; return the residence."""
    residence = residence or side.residence
    figures = figures or {"now": 2, "expected": 12.5, "before": 50}
    with system_scope("evaluation"):
        Signal.objects.update_or_create(
            landlord_id=residence.landlord_id, commune_id=residence.commune_id, residence=residence, kind=kind,
            fact_type=fact_type, defaults={"as_of": timezone.localdate(), "figures": figures},
        )  # fmt: skip
    return residence


def in_days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(number)


def rested(side, who=Role.LEAD, *, reason=WHY, until=None) -> Rest:
    """Have the lead or the coordinator of a side put its residence to rest."""
    residence = watched(side)
    person = side.lead if who == Role.LEAD else side.coordinator
    with acting_as(person) as scope:
        version = version_of(residence, state_of(None))
        return put_to_rest(scope, residence, reason=reason, until=until or in_days(30), version=version)


def rest_data(world) -> dict[str, str]:
    version = version_of(world.a.residence, state_of(None))
    return {"reason": WHY, "until": in_days(30).isoformat(), "version": version}


def named(client, query="") -> list[str]:
    """The names of the residences that the list of places to watch shows, in its order."""
    page = client.get(f"/a-surveiller/{query}").content.decode()
    return re.findall(r'<a href="/residences/[^"]{32}/">([^<]+)</a>', page)
