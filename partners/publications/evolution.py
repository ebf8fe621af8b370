"""How published levels moved from one publication of a circle to the next."""

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
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from partners.models import Publication, PublishedSite

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Compared(TypedDict):
        before: int | None
        change: int | None

    ComparedSite = WithAnnotations[PublishedSite, _Compared]


class Way(TextChoices):
    """How a site's level compares with the publication before."""

    RISEN = "risen", _("en hausse")
    FALLEN = "fallen", _("en baisse")
    SAME = "same", _("inchangé")
    NEW = "new", _("nouveau")


# What each way means of a site as :func:`compared` gives it.
_MEANING = {
    Way.RISEN: Q(change__gt=0),
    Way.FALLEN: Q(change__lt=0),
    Way.SAME: Q(change=0),
    Way.NEW: Q(before=None),
}


@dataclass(frozen=True, slots=True)
class Evolution:
    """How many sites moved since ``previous``.

    Where recording stopped, a lower level is no improvement: it counts as ``unheard``, not as fallen.
    """

    previous: Publication
    risen: int
    fallen: int
    unheard: int


def states(publication: Publication) -> QuerySet[Publication]:
    """Return every publication to the same circle, oldest first."""
    return Publication.objects.filter(circle_id=publication.circle_id).order_by("as_of")


def evolution(publication: Publication) -> Evolution | None:
    """Compare with the publication before it to the same circle; None for the first."""
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
    """Return the publication to the same circle before this one, if there is one."""
    return states(publication).filter(as_of__lt=publication.as_of).last()


def compared(sites: QuerySet[PublishedSite], previous: Publication) -> "QuerySet[ComparedSite]":
    """Add to each site its level ``before``, in ``previous``, and the ``change`` since.

    Both are null for a site that ``previous`` does not know by its key. The change is null too
    where a level fell because recording stopped.
    """
    same = PublishedSite.objects.filter(publication=previous, key=OuterRef("key")).order_by()
    then = Cast(F("level"), IntegerField())
    now = Cast(OuterRef("level"), IntegerField())
    unheard = Q(level__gt=OuterRef("level")) & Q(ExpressionWrapper(OuterRef("silent"), BooleanField()))
    change = Case(When(unheard, then=None), default=now - then, output_field=IntegerField())
    return sites.annotate(
        before=Subquery(same.values("level")),
        change=Subquery(same.annotate(by=change).values("by")),
    )


def moved(sites: QuerySet[PublishedSite], way: str) -> QuerySet[PublishedSite]:
    """Keep of :func:`compared` sites those that moved that way."""
    return sites.filter(_MEANING[Way(way)])


def frozen_levels(publications: Iterable[int]) -> dict[int, dict[uuid.UUID, int]]:
    """Return the level of each site by its key, by publication."""
    rows = PublishedSite.objects.filter(publication__in=publications).exclude(key=None).order_by()
    levels: dict[int, dict[uuid.UUID, int]] = defaultdict(dict)
    for publication, key, level in rows.values_list("publication_id", "key", "level"):
        if key is not None:
            levels[publication][key] = level
    return levels
