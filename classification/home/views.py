"""Show the first page of a security lead, and what became of the facts that a person entered."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.models import Organisation
from classification.campaigns.reading import open_campaigns
from classification.engine.services import MOVED_DAYS
from classification.grids.governing import awaiting_answer
from sites.sharing.terms import awaited_of

from . import mine
from .movements import bars
from .reading import ENTERED_DAYS, awaiting

_PER_PAGE = 25


@never_cache
@require_safe
@for_roles(Role.AGENT, Role.LEAD)
def my_facts(request: ScopedRequest) -> HttpResponse:
    """List the facts that the person entered, with what became of each."""
    page = Paginator(mine.mine(request.scope.user_id), _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "classification/my_facts.html", {"page": page, "mine": mine.became(list(page))})


@never_cache
@require_safe
@for_roles(Role.LEAD)
def home(request: ScopedRequest) -> HttpResponse:
    """Show what awaits a security lead, each item with the page on which to handle it."""
    found = awaiting()
    agreements = awaited_of(request.scope)
    context = {
        "found": found,
        "agreements": agreements,
        "campaigns": open_campaigns(),
        "grids": awaiting_answer(request.scope),
        "landlords": Organisation.objects.filter(pk__in=request.scope.roles[Role.LEAD]).order_by(
            "name__french"
        ),
        "bars": bars([(_("Résidences"), found.counts)]),
        "levels": [(mark, found.counts[mark - 1]) for mark in (4, 3, 2, 1, 0)],
        "moved_days": MOVED_DAYS,
        "entered_days": ENTERED_DAYS,
    }
    return render(request, "classification/home.html", context)
