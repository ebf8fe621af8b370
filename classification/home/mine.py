"""Read what became of the facts that a person entered: whether each counts, which level it gives, who read it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from classification.models import Finding, SiteLevel
from incidents.facts.services import ENTERED
from incidents.models import FactReply, Incident


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a fact.

    Attributes:
        fact: the fact.
        site: the level of its residence now, None where it has none.
        level: the level that its type gives the residence, where it counts; None where it does not.
        alone: that of its address, likewise; None for a fact of the residence as a whole.
        reply: what a lead did with it, None before they have read it.
    """

    fact: Incident
    site: SiteLevel | None
    level: int | None
    alone: int | None
    reply: FactReply | None

    @property
    def makes(self) -> bool:
        """True when the level of the residence rests on its type."""
        return self.site is not None and self.level == self.site.level

    @property
    def too_old(self) -> bool:
        """True when it does not count, and nobody cancelled it."""
        return self.level is None and self.fact.cancelled_at is None


def mine(user_id: int | None) -> QuerySet[Incident]:
    """Return the facts that a person entered by hand, the latest entered first."""
    facts = Incident.objects.own().filter(reported_by_id=user_id, external_source__in=ENTERED)
    return facts.select_related("fact_type", "subtype", "residence", "address").order_by("-id")


def became(facts: Sequence[Incident]) -> list[Became]:
    """Return what became of each fact, in a fixed number of queries."""
    residences = {fact.residence_id for fact in facts}
    sites = {
        site.residence_id: site
        for site in SiteLevel.objects.filter(residence__in=residences, address=None).order_by()
    }
    types = {fact.fact_type_id for fact in facts}
    found = Finding.objects.filter(residence__in=residences, fact_type__in=types).order_by()
    findings = {(one.residence_id, one.address_id, one.fact_type_id): one for one in found}
    replies = FactReply.objects.in_bulk([fact.pk for fact in facts])

    def level(fact: Incident, address: int | None) -> int | None:
        finding = findings.get((fact.residence_id, address, fact.fact_type_id))
        return finding.level if finding and _counted(fact, finding) else None

    return [
        Became(
            fact=fact,
            site=sites.get(fact.residence_id),
            level=level(fact, None),
            alone=level(fact, fact.address_id) if fact.address_id else None,
            reply=replies.get(fact.pk),
        )
        for fact in facts
    ]


def _counted(fact: Incident, finding: Finding) -> bool:
    """Say whether a finding rests on a fact, by its day or its span."""
    if fact.cancelled_at:
        return False
    if fact.span_end is None:
        return fact.day in finding.days
    spans = {(_day(first), _day(last)) for first, last, _number in finding.spans or ()}
    return (fact.day, fact.span_end) in spans


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
