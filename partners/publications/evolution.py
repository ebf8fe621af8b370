"""Compare the levels of a publication with those of the circle's previous one; withdrawn ones are ignored."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from classification.method.scale import Level, shown_level
from partners.models import Publication, PublishedSite

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Compared(TypedDict):
        before: int | None
        change: int | None

    ComparedSite = WithAnnotations[PublishedSite, _Compared]


class Way(TextChoices):
    """The change of a site's level since the previous publication."""

    RISEN = "risen", _("en hausse")
    FALLEN = "fallen", _("en baisse")
    SAME = "same", _("inchangé")
    NEW = "new", _("nouveau")


# The condition of each way, on sites annotated by :func:`compared`.
_MEANING = {
    Way.RISEN: Q(change__gt=0),
    Way.FALLEN: Q(change__lt=0),
    Way.SAME: Q(change=0),
    Way.NEW: Q(before=None),
}


# The level that a site was last known to have: a silent one has the lowest because nothing is recorded there, unless its
# landlord retained a higher one; one that is retained as quiet is shown as silent all the same. What was published before the former level was kept has none.
_HEARD = Case(
    When(
        Q(retained=None) | Q(retained=Level.QUIET),
        silent=True,
        level_before__isnull=False,
        then=F("level_before"),
    ),
    default=shown_level(),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class Evolution:
    """The numbers of sites whose level changed since ``previous``.

    Where recording stopped, a lower level is no improvement: the site counts as ``unheard``, not as fallen.
    """

    previous: Publication
    risen: int
    fallen: int
    unheard: int


def states(publication: Publication) -> QuerySet[Publication]:
    """Return the publications to the circle of ``publication`` that stand, the oldest first."""
    return Publication.objects.filter(circle_id=publication.circle_id, withdrawn_at=None).order_by("as_of")


def evolution(publication: Publication) -> Evolution | None:
    """Compare a publication with the previous one to the same circle; return None for the first."""
    previous = previous_of(publication)
    if previous is None:
        return None
    sites = compared(publication.sites.order_by(), previous)
    counts = sites.aggregate(
        risen=Count("pk", filter=_MEANING[Way.RISEN]),
        fallen=Count("pk", filter=_MEANING[Way.FALLEN]),
        unheard=Count("pk", filter=Q(before__isnull=False, change=None)),
    )
    return Evolution(previous, **counts)


def previous_of(publication: Publication) -> Publication | None:
    """Return the previous publication to the same circle, None for the first."""
    return states(publication).filter(as_of__lt=publication.as_of).last()


def compared(sites: QuerySet[PublishedSite], previous: Publication) -> "QuerySet[ComparedSite]":
    """Annotate each site with its level ``before``, in ``previous``, and the ``change`` since, by the levels shown.

    Of a site whose recording had stopped then, ``before`` is the level before the silence. Both are null for a site whose key ``previous`` does not hold. The change is null too where a level
    fell at a site whose recording stopped, or where a disruption is not counted until a lead has seen it.
    """
    same = PublishedSite.objects.filter(publication=previous, key=OuterRef("key")).order_by()
    then = Cast(_HEARD, IntegerField())
    now = Cast(Coalesce(OuterRef("retained"), OuterRef("level")), IntegerField())
    doubted = Q(ExpressionWrapper(OuterRef("silent"), BooleanField()))
    doubted |= Q(ExpressionWrapper(OuterRef("unseen"), BooleanField()))
    unheard = Q(heard__gt=Coalesce(OuterRef("retained"), OuterRef("level"))) & doubted
    change = Case(When(unheard, then=None), default=now - then, output_field=IntegerField())
    same = same.annotate(heard=_HEARD)
    return sites.annotate(
        before=Subquery(same.values("heard")),
        change=Subquery(same.annotate(by=change).values("by")),
    )


def moved(sites: QuerySet[PublishedSite], way: str) -> QuerySet[PublishedSite]:
    """Keep the sites, annotated by :func:`compared`, whose level changed in that way."""
    return sites.filter(_MEANING[Way(way)])


def frozen_levels(publications: Iterable[int], *, heard: bool = False) -> dict[int, dict[uuid.UUID, int]]:
    """Return the levels of the sites with a key, by publication id and key.

    Args:
        publications: ids.
        heard: return the level that each site was shown with, of one whose recording had stopped that before the silence, to
            compare another day with; by default the proposed one.
    """
    rows = PublishedSite.objects.filter(publication__in=publications).exclude(key=None).order_by()
    levels: dict[int, dict[uuid.UUID, int]] = defaultdict(dict)
    for publication, key, level in rows.values_list("publication_id", "key", _HEARD if heard else "level"):
        if key is not None:
            levels[publication][key] = level
    return levels
