"""Find the pages where the steps of a guided visit take place, and say which of them a person has done already."""

from collections.abc import Callable

from django.urls import reverse

from accounts.models import User
from classification.campaigns.reading import open_campaigns
from classification.models import Campaign, CampaignState, SiteLevel
from incidents.models import Incident
from partners.enums import Precision
from partners.models import Circle, Publication, SynthesisNote
from partners.publications.positions import name_of
from sites.models import ImportRun
from sites.perimeter import is_coordinated


def page(name: str, *args: object) -> Callable[[], str]:
    """Return a function that returns the URL of the page of that name."""
    return lambda: reverse(name, args=args)


def highest_residence() -> str:
    """Return the URL of the residence with the highest level, or of the list while there is none."""
    highest = SiteLevel.objects.filter(address=None).order_by("-level", "-last_day", "residence_id").first()
    if highest is None:
        return reverse("classification:residences")
    return reverse("classification:residence", args=[highest.residence_id])


def latest_publication() -> str:
    """Return the URL of the last publication, or of the circles while there is none."""
    latest = Publication.objects.filter(withdrawn_at=None).order_by("-as_of", "-id").first()
    return reverse("partners:publication", args=[latest.pk]) if latest else reverse("partners:circles")


def first_site() -> str:
    """Return the URL of the first site of the last publication that names sites."""
    named = Publication.objects.filter(withdrawn_at=None).exclude(precision=Precision.NEIGHBOURHOOD)
    latest = named.order_by("-as_of", "-id").first()
    first = latest.sites.order_by("rank").only("key").first() if latest else None
    if latest is None or first is None:
        return latest_publication()
    return reverse("partners:site", args=[latest.pk, name_of(first.pk, first.key)])


def campaign_to_decide() -> str:
    """Return the URL of the queue of the campaign that is due first, or of the campaigns while none is open."""
    return _of(next(iter(open_campaigns()), None), "classification:campaign_queue")


def running_campaign() -> str:
    """Return the URL of the campaign that is open in a territory of the coordinator, or of the last one."""
    return _of(_open_campaign() or _closed_campaign(), "classification:campaign")


def workshop() -> str:
    """Return the URL of the workshop of the campaign that is open in a territory of the coordinator."""
    return _of(_open_campaign(), "classification:workshop")


def campaigns_compared() -> str:
    """Return the URL of the comparison of the last campaign with the one before."""
    return _of(_open_campaign() or _closed_campaign(), "classification:campaign_comparison")


def plenary() -> str:
    """Return the URL where the figures of the last closed campaign are prepared for a plenary session."""
    last = _closed_campaign()
    return _of(last, "partners:plenary_prepare") if last else reverse("partners:plenary_releases")


def _of(campaign: Campaign | None, page: str) -> str:
    return reverse(page, args=[campaign.pk]) if campaign else reverse("classification:campaigns")


def _open_campaign() -> Campaign | None:
    found = Campaign.objects.filter(is_coordinated(), state=CampaignState.OPEN)
    return found.order_by("deadline", "pk").first()


def _closed_campaign() -> Campaign | None:
    found = Campaign.objects.filter(is_coordinated(), state=CampaignState.CLOSED)
    return found.order_by("-as_of", "-pk").first()


def publish() -> str:
    """Return the URL where levels are given to a circle, or where a circle is opened while there is none."""
    circle = Circle.objects.live().order_by("id").first()
    return reverse("partners:publish", args=[circle.pk]) if circle else reverse("partners:circle_create")


def has_recorded(user: User) -> bool:
    """Say whether a person has recorded a fact by the form."""
    return Incident.objects.filter(reported_by=user, external_source="form", cancelled_at=None).exists()


def has_imported(user: User) -> bool:
    """Say whether a person has imported a file."""
    return ImportRun.objects.filter(created_by=user, created_at__gte=user.created_at).exists()


def has_published(user: User) -> bool:
    """Say whether a person has given levels to a circle."""
    return Publication.objects.filter(published_by=user, published_at__gte=user.created_at).exists()


def has_made_a_note(user: User) -> bool:
    """Say whether a person has had a note made."""
    return SynthesisNote.objects.filter(created_by=user, created_at__gte=user.created_at).exists()
