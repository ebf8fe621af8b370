"""Read the residences of a lead by whether somebody has decided about their level, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from classification import engine
from classification.models import Assessment, Decision, Finding, GridVersion, Settlement, SiteLevel
from classification.residence.explanation import explain_place
from classification.workshop.reading import recommended_for
from core.opaque import written
from incidents.enums import Service
from sites.perimeter import is_led

from .reading import contested_among, last_lapsed
from .services import shown_version

# The sites of each tab of the page, by its name in the address.
TABS: dict[str, Q] = {
    "a-valider": Q(decided_on=None),
    "retenus": Q(decided_on__isnull=False),
    "ecarts": Q(decided_on__isnull=False) & ~Q(retained=F("level")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A residence with what its lead decides on.

    Attributes:
        key: the residence as forms name it.
        version: of what is shown here.
        sentence: why the level is proposed.
        standing: the decision that stands, None where there is none.
        lapsed: the last decision, where it lapsed and none stands.
        contested: whether its level is not for confirming in bulk.
        advised: what the workshop of an open campaign concluded, where it recommends a level.
        then: the level proposed for the day of the campaign, in the queue of one.
        last: what the campaign before froze of it.
        settled: whether the workshop of the campaign settled it; None where it is not contested there.
    """

    site: SiteLevel
    key: str
    version: str
    sentence: str
    standing: Decision | None
    lapsed: Decision | None
    contested: bool
    advised: Settlement | None = None
    then: int | None = None
    last: Assessment | None = None
    settled: bool | None = None


def led_sites() -> QuerySet[SiteLevel]:
    """Return the levels of the residences of the landlords that the acting person leads."""
    return SiteLevel.objects.filter(is_led(), address=None)


def ordered(sites: QuerySet[SiteLevel]) -> QuerySet[SiteLevel]:
    """Return the sites by proposed level, the highest first, then by name."""
    rows = sites.select_related("residence", "landlord", "commune", "grid_version")
    return rows.order_by("-level", "residence__name__french", "pk")


def rows_of(sites: Sequence[SiteLevel]) -> list[Row]:
    """Return the rows of a page of sites, in their order."""
    ids = [site.residence_id for site in sites]
    standing = {row.residence_id: row for row in Decision.objects.filter(residence__in=ids, ended_on=None)}
    lapsed, contested, sentences = last_lapsed(ids), contested_among(sites), sentences_of(sites)
    advised = recommended_for(ids)
    return [
        Row(
            site=site,
            key=written("residence", site.residence_id),
            version=shown_version(site, standing.get(site.residence_id)),
            sentence=sentences[site.residence_id],
            standing=standing.get(site.residence_id),
            lapsed=lapsed.get(site.residence_id),
            contested=site.residence_id in contested,
            advised=advised.get(site.residence_id),
        )
        for site in sites
    ]


def sentences_of(sites: Sequence[SiteLevel]) -> dict[int, str]:
    """Return the sentence that says why each level is proposed, by residence id."""
    ids = [site.residence_id for site in sites]
    findings: dict[int, list[dict[str, Any]]] = {pk: [] for pk in ids}
    rows = Finding.objects.filter(residence__in=ids, address=None).select_related("fact_type")
    for row in rows.order_by("-level", "-frequency", "-fact_type__gravity", "fact_type__code"):
        findings[row.residence_id].append({"fact_type": str(row.fact_type), "level": row.level})
    services = _services(sites)
    return {
        site.residence_id: explain_place(
            site.facts_level,
            site.impact_level,
            findings[site.residence_id],
            services.get((site.residence_id, site.impact_level), []),
            stopped=site.silent,
        )
        for site in sites
    }


def _services(sites: Sequence[SiteLevel]) -> dict[tuple[int, int], list[str]]:
    """Return the labels of the services disrupted, by residence id and level of table 1."""
    found: dict[tuple[int, int], list[str]] = {}
    grids: dict[GridVersion, list[SiteLevel]] = {}
    for site in sites:
        grids.setdefault(site.grid_version, []).append(site)
    for version, group in grids.items():
        for row in engine.disruptions(version, group[0].as_of, [site.residence_id for site in group]):
            labels = found.setdefault((row["residence_id"], row["level"]), [])
            if (label := str(Service(row["service"]).label)) not in labels:
                labels.append(label)
    return found
