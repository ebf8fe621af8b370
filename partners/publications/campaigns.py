"""Find what circles were given of a campaign: which publications, and of which version."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from classification.campaigns.onward import Onward
from classification.models import Campaign, Closing
from classification.residence.wording import typeset
from partners.closings import last_closing
from partners.models import Circle, Publication


class Given(NamedTuple):
    """A circle of the territory of a campaign, and what stands of the campaign's day in it, None where nothing does."""

    circle: Circle
    standing: Publication | None
    closing: Closing

    @property
    def is_current(self) -> bool:
        """True when the circle has the version that counts."""
        return self.standing is not None and self.standing.closing_id == self.closing.pk


def gives(closing: OuterRef) -> Exists:
    """Return the condition that a publication which stands gives a version of a campaign."""
    return Exists(Publication.objects.filter(closing=closing, withdrawn_at=None).order_by())


def given_of(closing: Closing) -> list[Given]:
    """Return the circles of the territory that live today, by name, each with what it has of the campaign's day."""
    circles = Circle.objects.live().filter(territory=closing.territory_id).order_by("name__french", "pk")
    standing = {row.circle_id: row for row in standing_of(closing.campaign)}
    return [Given(circle, standing.get(circle.pk), closing) for circle in circles]


def standing_of(campaign: Campaign) -> QuerySet[Publication]:
    """Return the publications that stand of the territory and the day of a campaign, out of it or not."""
    return Publication.objects.filter(
        territory=campaign.territory_id, as_of=campaign.as_of, withdrawn_at=None
    ).order_by("pk")


def outdated(campaign: Campaign) -> list[Onward]:
    """Return, for its coordinators, which circles that live have a version of a campaign that was superseded since."""
    closing = last_closing(campaign)
    if closing is None:
        return []
    former = standing_of(campaign).filter(closing__campaign=campaign, circle__in=Circle.objects.live())
    said = _("« %(circle)s » a la version %(former)s : publier la version %(n)s")
    return [
        Onward(
            typeset(said % {"circle": row.circle.name, "former": row.campaign_version, "n": closing.number}),
            reverse("partners:campaign_publish", args=[campaign.pk, row.circle_id]),
        )
        for row in former.exclude(closing=closing).select_related("circle")
    ]


def newer_than(publication: Publication) -> int | None:
    """Return the number of the version that superseded the one a publication gives, for its coordinators; None where none did."""
    if publication.closing is None:
        return None
    last = last_closing(publication.closing.campaign)
    return last.number if last is not None and last.number > publication.closing.number else None
