"""Work out what a release tells: tables that are complete in themselves, and what was left out of them and why."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Organisation
from accounts.scope import system_scope
from classification.campaigns.families import families
from classification.method.scale import Frequency
from classification.models import Closing
from core.jobs import JobState
from core.order import in_french
from partners.models import COUNTED, PlenaryRelease
from sites.models import Territory

from .counting import SOME_PRIORITY_NEIGHBOURHOOD, Share, Town, grounds_of, towns_of
from .secrecy import facts_told, is_shared_out, sites_told

# The least number of days between the days of two releases of a territory.
APART = dt.timedelta(80)

# Why nothing is told of an area or a commune.
FEW, CHANGED, ELSEWHERE = "few", "changed", "elsewhere"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is ready to leave: the content, its digest, and the ids that go with it (:class:`PlenaryRelease`)."""

    content: dict[str, Any]
    landlords: list[int]
    communes: list[int]
    grounds: dict[str, str]

    @property
    def digest(self) -> str:
        """The SHA-256 of the content in its canonical form."""
        text = json.dumps(self.content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def tells(self) -> bool:
        """True when some number is told."""
        return any(town["sites"] or town["facts"] for town in self.content["communes"])


def last_release(territory: Territory) -> PlenaryRelease | None:
    """Return the release of a territory with the latest day, a withdrawn one too: it was read."""
    rows = PlenaryRelease.objects.filter(territory=territory, state=JobState.DONE)
    return rows.order_by("-as_of").first()


def told_elsewhere(territory: Territory) -> set[int]:
    """Return the ids of the communes of which another territory has told: two sets of landlords must not be subtracted."""
    with system_scope("jobs"):
        others = PlenaryRelease.objects.exclude(territory=territory).filter(state=JobState.DONE)
        return {pk for communes in others.values_list("communes", flat=True) for pk in communes}


def prepared(closing: Closing) -> Prepared:
    """Return what a closing has to tell, as the acting coordinator sees it.

    It is read by several statements: what is released needs a transaction of isolation level REPEATABLE READ.
    """
    towns = towns_of(closing)
    grounds = grounds_of(towns)
    former = last_release(closing.territory)
    before = former.grounds if former else {}
    elsewhere = told_elsewhere(closing.territory)
    said = []
    for pk, town in sorted(towns.items(), key=lambda item: (in_french(item[1].name), item[0])):
        why = ELSEWHERE if pk in elsewhere else ""
        if not why and before.get(str(pk), grounds[str(pk)]) != grounds[str(pk)]:
            why = CHANGED
        said.append(_town(town, why))
    shares = {pk for town in towns.values() for area in town.areas.values() for pk in area}
    with override("fr"):
        content = {**_about(closing, shares), "communes": said}
    mine = sorted(set(towns) - elsewhere)
    return Prepared(content, sorted(shares), mine, {str(pk): grounds[str(pk)] for pk in mine})


def _about(closing: Closing, landlords: Collection[int]) -> dict[str, Any]:
    campaign = closing.campaign
    names = Organisation.objects.filter(pk__in=landlords).order_by("name__french", "pk")
    return {
        "territory": closing.territory.name,
        "organisation": closing.territory.organisation.name,
        "campaign": campaign.name,
        "as_of": campaign.as_of.isoformat(),
        "days": campaign.grid_version.grid.thresholds[Frequency.OCCASIONAL].days,
        "landlords": list(names.values_list("name", flat=True)),
        "marks": [mark.value for mark in COUNTED],
        "families": [list(family) for family in families()],
    }


def _town(town: Town, why: str) -> dict[str, Any]:
    """Return what is told of a commune: its areas, the rest of it last, and the sum of what is told of them."""
    order = sorted(town.areas, key=lambda name: (not name, in_french(name)))
    alone = order == [""]
    areas = [_area(_called(name, alone=alone), town.areas[name], why) for name in order]
    return {
        "name": town.name,
        "why": why,
        "homes": sum(area["homes"] for area in areas),
        "sites": _sum(area["sites"] for area in areas),
        "facts": _sum(area["facts"] for area in areas),
        "areas": areas,
    }


def _called(name: str, *, alone: bool) -> str:
    """Return what an area is called, in French: documents are, whoever reads them."""
    with override("fr"):
        if name == SOME_PRIORITY_NEIGHBOURHOOD:
            return _("Quartier prioritaire")
        return name or (_("Ensemble de la commune") if alone else _("Hors quartier prioritaire"))


def _area(name: str, shares: Mapping[int, Share], why: str) -> dict[str, Any]:
    each = list(shares.values())
    why = why or ("" if is_shared_out([share.homes for share in each]) else FEW)
    sites = {} if why else sites_told([share.sites for share in each])
    facts = {} if why else facts_told([share.facts for share in each])
    return {
        "name": name,
        "why": why,
        "homes": sum(share.homes for share in each),
        "sites": {str(mark): number for mark, number in sites.items()},
        "facts": facts,
    }


def _sum(parts: Any) -> dict[str, int]:
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part)
    return dict(found)
