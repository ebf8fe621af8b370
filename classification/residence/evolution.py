"""Tell how the proposed level of residences changed over some weeks, as the first page of a lead does."""

import datetime as dt
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.fields import DateField, SmallIntegerField
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from classification.engine.services import MOVED_DAYS
from classification.models import PastLevel, SiteLevel
from incidents.models import Incident
from incidents.retention.horizon import landlords_erased

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Change(TypedDict):
        before: int | None
        change: int | None

    ChangedLevel = WithAnnotations[SiteLevel, _Change]


SINCE = format_lazy(_("Depuis {days} jours"), days=MOVED_DAYS)
PROPOSED_SINCE = format_lazy(_("Niveau proposé, depuis {days} jours"), days=MOVED_DAYS)


class Way(TextChoices):
    """The change of a residence's proposed level over :data:`MOVED_DAYS`."""

    RISEN = "risen", _("en hausse")
    FALLEN = "fallen", _("en baisse")


_MEANING = {Way.RISEN: Q(change__gt=0), Way.FALLEN: Q(change__lt=0)}


def moved(sites: "QuerySet[ChangedLevel]", way: str) -> "QuerySet[ChangedLevel]":
    """Keep the levels, annotated by :func:`with_change`, that changed in that way."""
    return sites.filter(_MEANING[Way(way)])


def with_change(sites: QuerySet[SiteLevel]) -> "QuerySet[ChangedLevel]":
    """Annotate levels of residences with the level ``before``, :data:`MOVED_DAYS` earlier, and the ``change`` since.

    Both are null where the landlord had recorded nothing then, where a record that counted then was erased, and where
    no level of that day is stored. The change is null too where the level did not rise at a site whose recording stopped.
    """
    day = ExpressionWrapper(OuterRef("as_of") - Value(dt.timedelta(MOVED_DAYS)), output_field=DateField())
    past = PastLevel.objects.filter(
        residence=OuterRef("residence"), grid_version=OuterRef("grid_version"), day=day
    )
    known = When(landlord__in=_comparable(), then=Subquery(past.order_by().values("level")))
    unheard = Q(silent=True, before__gte=F("level"))
    return sites.annotate(before=Case(known, output_field=SmallIntegerField())).annotate(
        change=Case(
            When(unheard, then=None), default=F("level") - F("before"), output_field=SmallIntegerField()
        )
    )


def _comparable() -> list[int]:
    """Return the ids of the visible landlords whose levels of that day rest on records that are all still there."""
    day = timezone.localdate() - dt.timedelta(MOVED_DAYS)
    facts = Incident.objects.filter(landlord=OuterRef("pk"), day__lte=day, cancelled_at=None)
    recording = Organisation.objects.filter(Exists(facts.order_by())).order_by().values_list("pk", flat=True)
    return sorted(set(recording) - landlords_erased(day))
