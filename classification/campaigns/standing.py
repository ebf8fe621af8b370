"""Say where a campaign stands: in the state that it stores, and of a closed one whether it was published or superseded since.

Both are derived, as far as the reader sees publications and campaigns; :mod:`partners` registers what publishes a version:

- *published*: its last version, the one that counts, is given by a publication that stands. A further version takes that back until
  it is published too, and so does a withdrawal.
- *superseded*: a later campaign of the same territory is published, whether this one was or not. It is of a later day, or was prepared
  after it for the same day.
"""

from collections.abc import Callable

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from classification.models import Campaign, CampaignState, Closing
from core.jobs import JobState


class Standing(TextChoices):
    """Where a campaign stands for whoever looks at it."""

    DRAFT = CampaignState.DRAFT.value, CampaignState.DRAFT.label
    OPEN = CampaignState.OPEN.value, CampaignState.OPEN.label
    CLOSED = CampaignState.CLOSED.value, CampaignState.CLOSED.label
    PUBLISHED = "published", _("publiée")
    SUPERSEDED = "superseded", _("remplacée")
    CANCELLED = CampaignState.CANCELLED.value, CampaignState.CANCELLED.label


Given = Callable[[OuterRef], Exists]
_given: list[Given] = []


def published_where(given: Given) -> None:
    """Register the condition under which the version of a campaign with that primary key is published."""
    _given.append(given)


def with_standing(rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Annotate campaigns with the value of their :class:`Standing`, in the same query."""
    later = Campaign.objects.filter(
        Q(as_of__gt=OuterRef("as_of")) | Q(as_of=OuterRef("as_of"), pk__gt=OuterRef("pk")),
        _is_published(),
        territory=OuterRef("territory"),
    )
    standing = Case(
        When(~Q(state=CampaignState.CLOSED), then=F("state")),
        When(Exists(later.order_by()), then=Value(Standing.SUPERSEDED.value)),
        When(_is_published(), then=Value(Standing.PUBLISHED.value)),
        default=F("state"),
        output_field=CharField(),
    )
    return rows.annotate(standing=standing)


def _is_published() -> Exists:
    """Return the condition of campaigns whose last version is published."""
    done = Closing.objects.filter(state=JobState.DONE).order_by()
    further = done.filter(campaign=OuterRef("campaign"), number__gt=OuterRef("number"))
    published = Q(pk__in=())
    for given in _given:
        published |= Q(given(OuterRef("pk")))
    return Exists(done.filter(~Exists(further), published, campaign=OuterRef("pk")))
