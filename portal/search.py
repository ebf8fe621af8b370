"""Search the residences and addresses that a person may see, by a few words, from any page."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.dates import long_date
from core.words import first_words, is_cut
from partners.models import PublishedSite
from partners.publications.positions import name_of
from partners.publications.search import find_published
from sites.match_key import plain
from sites.models import Address, Residence
from sites.places import LIMIT, find, too_short

SEARCHERS = (Role.AGENT, Role.LEAD, Role.COORDINATOR, Role.PARTNER)
_RECORD_ROLES = (Role.AGENT, Role.LEAD, Role.COORDINATOR)
_ON_THE_PAGE = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: its name, the detail that distinguishes it from others of that name, and the URL of its page."""

    label: str
    detail: str
    url: str


@require_safe
@for_roles(*SEARCHERS)
def search(request: ScopedRequest) -> HttpResponse:
    """Show the results of a search as a page, or for htmx as the options of the field."""
    text = request.GET.get("q", "").strip()
    found = hits(request.scope, text, LIMIT if request.htmx else _ON_THE_PAGE)
    # Suggestions while one types are part of the search that follows; what was typed is nobody's to read.
    if text and not request.htmx:
        write_entry(request.scope, AuditAction.SEARCH, "portal.search", rows=len(found))
    context = {"text": text, "too_short": too_short(text), "is_cut": is_cut(text), "hits": found}
    return render(request, "search/_options.html" if request.htmx else "search/page.html", context)


def hits(scope: Scope, text: str, limit: int) -> list[Hit]:
    """Return the places that match the words of ``text``, among those the acting person may see."""
    if too_short(text):
        return []
    found = []
    if scope.has(*_RECORD_ROLES):
        residences = Residence.objects.apart().select_related("commune", "landlord")
        residences = residences.order_by("name__french", "pk")
        addresses = Address.objects.apart().select_related("commune", "residence")
        found += [_hit(place) for place in find(text, residences, addresses, limit)]
    if scope.has(Role.PARTNER):
        found += [
            _published(site)
            for site in find_published(scope, plain(" ".join(first_words(text))).split(), limit)
        ]
    return found[: limit + limit // 2]


def _hit(place: Residence | Address) -> Hit:
    if isinstance(place, Address):
        url = reverse("classification:residence", args=[place.residence_id])
        shut = place.closed_on or place.residence.closed_on
        return Hit(place.label, _told(place.commune.name, place.residence.name, closed=bool(shut)), url)
    detail = _told(_("Résidence"), place.commune.name, place.landlord.name, closed=bool(place.closed_on))
    return Hit(place.name, detail, reverse("classification:residence", args=[place.pk]))


def _told(*parts: str, closed: bool) -> str:
    return " · ".join([*parts, *([_("fermée")] if closed else [])])


def _published(site: PublishedSite) -> Hit:
    url = reverse("partners:site", args=[site.publication_id, name_of(site.pk, site.key)])
    given = _("niveaux au %(day)s") % {"day": long_date(site.publication.as_of)}
    detail = f"{_('Résidence')} · {site.commune} · {site.landlord} · {given}, {site.publication.circle}"
    return Hit(site.name, detail, url)
