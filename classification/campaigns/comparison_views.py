"""Show what became of each site between two campaigns of a territory, and export it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from classification.grids.comparison import differences
from classification.models import Campaign, CampaignState, Closing
from core.files import KINDS, attachment
from core.opaque import read, written
from sites.reading import write_reading

from . import flow, reading
from .comparison import ORDERS, Change, Move, explained, in_order, moves, numbers
from .comparison_exports import changes_file
from .sides import Frozen, Running, Sites, is_proposed
from .views import coordinated

_READERS = (Role.COORDINATOR, Role.LEAD)
_PER_PAGE = 25
# More sites than these are neither put on one page nor explained one by one in one file.
_WHOLE, _MOST = 1_000, 10_000
_ALL = "tout"
_ORDER_NAMES = {
    "mouvement": gettext_lazy("évolution"), "niveau": gettext_lazy("niveau"), "bailleur": gettext_lazy("bailleur"),
    "commune": gettext_lazy("commune"), "logements": gettext_lazy("logements"), "nom": gettext_lazy("nom"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks to compare; ``sides`` is None where the territory closed no other campaign."""

    campaign: Campaign
    manages: bool
    others: list[Closing]
    other: Closing | None
    sides: tuple[Sites, Sites] | None
    move: str
    order: str

    def chosen(self, found: list[Change]) -> list[Change]:
        """Return the changes of the move and in the order that the address asks for."""
        kept = [one for one in found if one.move == self.move] if self.move else found
        return in_order(kept, self.order)


@never_cache
@require_safe
@for_roles(*_READERS)
def campaign_comparison(request: ScopedRequest, pk: int) -> HttpResponse:
    """Compare a campaign with another one of its territory, by default the one before it."""
    asked = _asked(request, pk)
    if asked is None:
        return redirect("classification:campaign", pk)
    context: dict[str, Any] = {
        "campaign": asked.campaign,
        "manages": asked.manages,
        "others": [(written("campaign", one.campaign_id), one.campaign) for one in asked.others],
        "other": asked.other,
        "with_key": request.GET.get("avec", ""),
    }
    if asked.sides:
        context |= _compared(request, asked, *asked.sides)
    return render(request, "classification/campaign_comparison.html", context)


def _compared(request: ScopedRequest, asked: _Asked, before: Sites, after: Sites) -> dict[str, Any]:
    """Return what became of the sites, one page of it with its reasons, and journal the reading of a coordinator."""
    found = [] if _waits(before, after) else moves(before, after)
    chosen = asked.chosen(found)
    whole = request.GET.get("par_page") == _ALL and len(chosen) <= _WHOLE
    page = Paginator(chosen, max(len(chosen), 1) if whole else _PER_PAGE).get_page(request.GET.get("page"))
    if asked.manages and asked.other:
        write_reading(
            request.scope, asked.campaign, concerns=_landlords(chosen), compared=asked.other.campaign_id,
            page=page.number,
        )  # fmt: skip
    rows = flow.flows(found)
    grids = before.campaign.grid_version, after.campaign.grid_version
    return {
        "before": before.campaign,
        "after": after.campaign,
        "runs": CampaignState.OPEN in {after.campaign.state, before.campaign.state},
        "total": len(found),
        "numbers": [(move, number) for move, number in numbers(found).items()],
        "move": asked.move,
        "order": asked.order,
        "orders": list(_ORDER_NAMES.items()),
        "flows": rows,
        "picture": flow.picture(rows),
        "changed_grid": differences(*grids) if grids[0].pk != grids[1].pk else [],
        "page": page,
        "rows": explained(list(page), before, after),
        "kinds": KINDS,
        "query": (query := _query(request, page=None)),
        "query_before": f"{query}&" if query else "",
        "unmoved": _query(request, page=None, mouvement=None),
        "whole": "" if whole or len(chosen) > _WHOLE else _query(request, page=None, par_page=_ALL),
    }


@needs_fresh_factor(Role.COORDINATOR, file=True)
@require_safe
@for_roles(*_READERS)
def campaign_comparison_export(request: ScopedRequest, pk: int, kind: str) -> HttpResponseBase:
    """Return what the page lists as a file, with the reasons."""
    if kind not in KINDS:
        raise Http404
    asked = _asked(request, pk)
    if asked is None or asked.sides is None or asked.other is None:
        return redirect("classification:campaign", pk)
    page = f"{reverse('classification:campaign_comparison', args=[pk])}?{request.GET.urlencode()}"
    if _waits(*asked.sides):
        messages.info(request, _("Les niveaux de cette campagne ne sont pas encore proposés."))
        return redirect(page)
    chosen = asked.chosen(moves(*asked.sides))
    if len(chosen) > _MOST:
        messages.error(request, _("Trop de sites pour un fichier : choisissez une évolution à la fois."))
        return redirect(page)
    file = changes_file(kind, chosen, *asked.sides, several_landlords=asked.manages)
    write_entry(
        request.scope, AuditAction.EXPORT, asked.campaign, acting_in=_READERS,
        concerns=_landlords(chosen) if asked.manages else (),
        format=kind, rows=len(chosen), compared=asked.other.campaign_id,
    )  # fmt: skip
    return attachment(file, f"confidentiel-comparaison-{asked.campaign.as_of:%Y-%m-%d}", kind)


def _asked(request: ScopedRequest, pk: int) -> _Asked | None:
    """Return what the address asks for; None for a campaign that has no levels: in preparation, or cancelled."""
    found = get_object_or_404(Campaign.objects.select_related("territory", "grid_version"), pk=pk)
    manages = coordinated(request).filter(pk=found.territory_id).exists()
    here = _side(found, manages=manages)
    if here is None:
        return None
    others = reading.closings_beside(found)
    other = _other(request, found, others)
    sides = _in_order(here, Frozen(other, manages)) if other else None
    move, order = request.GET.get("mouvement", ""), request.GET.get("tri") or ORDERS[0]
    if order not in ORDERS or (move and move not in Move.values):
        raise Http404
    return _Asked(found, manages, others, other, sides, move, order)


def _side(found: Campaign, *, manages: bool) -> Sites | None:
    if found.state == CampaignState.OPEN:
        return Running(found, manages)
    closing = reading.last_closing(found)
    return Frozen(closing, manages) if closing else None


def _other(request: HttpRequest, found: Campaign, others: list[Closing]) -> Closing | None:
    """Return the closing to compare with: the one asked for, else that of the campaign before, else any."""
    if text := request.GET.get("avec"):
        try:
            number = read("campaign", text)
        except ValueError as error:
            raise Http404 from error
        asked = next((one for one in others if one.campaign_id == number), None)
        if asked is None:
            raise Http404
        return asked
    day = (found.as_of, found.pk)
    earlier = (one for one in others if (one.campaign.as_of, one.campaign_id) < day)
    return next(earlier, others[0] if others else None)


def _waits(*sides: Sites) -> bool:
    """Say whether the worker has yet to propose levels: until then an open campaign holds no site, and none left."""
    return any(isinstance(side, Running) and not is_proposed(side.campaign) for side in sides)


def _in_order(one: Sites, other: Sites) -> tuple[Sites, Sites]:
    first, last = sorted((one, other), key=lambda side: (side.campaign.as_of, side.campaign.pk))
    return first, last


def _landlords(found: list[Change]) -> list[int]:
    return sorted({one.site.landlord_id for one in found})


def _query(request: HttpRequest, **values: str | None) -> str:
    """Return the query string of the same page with other values; None takes one away."""
    query = request.GET.copy()
    for name, value in values.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return query.urlencode()
