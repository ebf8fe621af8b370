"""Say why two campaigns say otherwise of a site: its findings, disruptions, decision, silence, grid and dwellings."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from classification.grids.reasons import sentence_of
from classification.residence.explanation import name_disruption
from classification.residence.wording import typeset
from core.dates import long_date
from incidents.enums import Service
from incidents.models import FactType
from sites.models import Residence

from .replay import reclassified
from .sides import Evidence, Side, Sites

_NOTHING = Evidence([], [])
# Both sides of a site.
Pair = tuple[Side | None, Side | None]


def whys(pairs: Sequence[Pair], before: Sites, after: Sites) -> list[tuple[str, ...]]:
    """Return for each site the sentences that say why, in a constant number of queries."""
    both = [one.residence_id for one, other in pairs if one and other]
    then, now = (side.evidence(both) if both else {} for side in (before, after))
    types = {kind.code: kind for kind in FactType.objects.all()} if both else {}
    places = Residence.objects.in_bulk([one.residence_id for one, other in pairs if one and not other])
    found = []
    for one, other in pairs:
        if one and other:
            evidence = then.get(one.residence_id, _NOTHING), now.get(one.residence_id, _NOTHING)
            said = [
                *_of_site(one, other),
                *_of_grid(before, after, *evidence),
                *_of_evidence(types, *evidence),
            ]
        elif other:
            said = [_new(other, before)]
        else:
            said = [_gone(one, after, places)] if one else []
        found.append(tuple(typeset(sentence) for sentence in said))
    return found


def _of_site(before: Side, after: Side) -> Iterator[str]:
    """Yield what the landlord decided, and what the site itself says otherwise."""
    if after.departs and (before.level, before.retained) != (after.level, after.retained):
        said = _("Décision du bailleur : niveau %(retained)s retenu, proposé %(proposed)s")
        yield said % {"retained": after.retained, "proposed": after.level}
    elif before.departs and not after.departs:
        said = _("Le niveau %(retained)s que le bailleur avait retenu, proposé %(proposed)s, ne l’est plus")
        yield said % {"retained": before.retained, "proposed": before.level}
    if after.silent and not before.silent:
        yield _("La saisie s’est interrompue")
    elif before.silent and not after.silent:
        yield _("La saisie a repris")
    if after.unseen and not before.unseen:
        yield _("Une perturbation ne compte pas encore : aucun référent sûreté ne l’a vue")
    if before.dwellings != after.dwellings:
        said = _("Logements : %(after)s au lieu de %(before)s")
        yield said % {"after": after.dwellings, "before": before.dwellings}


def _of_grid(before: Sites, after: Sites, then: Evidence, now: Evidence) -> Iterator[str]:
    versions = before.campaign.grid_version, after.campaign.grid_version
    if versions[0].pk != versions[1].pk and reclassified(then.findings, now.findings):
        yield _("La grille a changé : %(after)s au lieu de %(before)s") % {
            "after": versions[1],
            "before": versions[0],
        }


def _of_evidence(types: Mapping[str, FactType], then: Evidence, now: Evidence) -> Iterator[str]:
    yield from _of_findings(types, then.findings, now.findings)
    yield from _of_disruptions(then.disruptions, now.disruptions)


def _of_findings(
    types: Mapping[str, FactType], then: list[dict[str, Any]], now: list[dict[str, Any]]
) -> Iterator[str]:
    """Yield the types that give another level; what is rare and minor gives level 1, as what is not found does."""
    before, after = (
        {row["code"]: (row["frequency"], row["level"]) for row in rows if row["code"] in types}
        for rows in (then, now)
    )
    changed = [code for code in before | after if before.get(code, (0, 1))[1] != after.get(code, (0, 1))[1]]
    changed.sort(
        key=lambda code: (
            -max(before.get(code, (0, 1))[1], after.get(code, (0, 1))[1]),
            -types[code].gravity,
            code,
        )
    )
    for code in changed:
        yield sentence_of(types[code], before.get(code), after.get(code))


def _of_disruptions(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> Iterator[str]:
    before, after = _by_kind(then), _by_kind(now)
    for key, row in after.items():
        values = {"what": _named(row), "level": row["level"]}
        if key not in before:
            yield _("Perturbation de plus : %(what)s → niveau d’impact %(level)s") % values
        elif before[key]["level"] != row["level"]:
            said = _("%(what)s → niveau d’impact %(level)s au lieu de %(before)s")
            yield said % (values | {"before": before[key]["level"]})
    for key, row in before.items():
        if key not in after:
            said = _("Perturbation qui ne compte plus : %(what)s (niveau d’impact %(level)s)")
            yield said % {"what": _named(row), "level": row["level"]}


def _by_kind(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return disruptions by what tells one from another, of equal ones that of the highest level."""
    rows = sorted(rows, key=lambda row: row["level"])
    return {(row["service_code"], row["extent"], row["starts_on"]): row for row in rows}


def _named(row: dict[str, Any]) -> str:
    times = {
        name: dt.time.fromisoformat(row[name]) for name in ("hours_from", "hours_until") if row.get(name)
    }
    return name_disruption({**row, **times, "service": str(Service(row["service_code"]).label)})


def _new(site: Side, before: Sites) -> str:
    if site.landlord_id not in before.campaign.landlords:
        return _("Son bailleur n’était pas interrogé par la campagne d’avant")
    return _("La résidence n’était pas dans la campagne d’avant : ajoutée, rouverte ou partagée depuis")


def _gone(site: Side, after: Sites, places: Mapping[int, Residence]) -> str:
    place = places.get(site.residence_id)
    if site.landlord_id not in after.campaign.landlords:
        return _("Son bailleur n’est pas interrogé par cette campagne")
    if place is not None and place.merged_into_id:
        return _("La résidence a été fusionnée avec une autre")
    if place is not None and place.closed_on:
        return _("La résidence a été fermée le %(day)s") % {"day": long_date(place.closed_on)}
    return _("La résidence n’est plus partagée avec le territoire, ou n’existe plus")
