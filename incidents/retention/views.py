"""Show what is kept, for how long, what was erased; set the terms of a territory."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.models import Erasure
from accounts.retention import rules
from accounts.retention import services as nightly
from core.dates import long_date
from core.pages import form_page, is_sent, render_form, sent
from incidents.models import FactTotal, LegalHold, RetentionTerms
from incidents.models.retention import FACTS_MOST, NARRATIVES_MOST
from sites.models import Territory

from . import services
from .forms import TermsForm
from .terms import standing, with_replaced

READERS = (Role.DPO, Role.LEAD)
SOON_DAYS = 30
# Of fewer facts, the number is not shown: it would tell of single ones.
SHOWN_FROM = 5
_LATEST = 100


@require_GET
@for_roles(*READERS, Role.COORDINATOR)
def retention(request: ScopedRequest) -> HttpResponse:
    """Show the terms, what was erased and is about to be, what is held, and what is left of erased facts."""
    own_ids = {pk for role in READERS for pk in request.scope.roles.get(role, ())}
    labels = {rule.name: rule.label for rule in rules()}
    erased = Erasure.objects.select_related("organisation")[:_LATEST]
    context = {
        "terms": standing().select_related("territory").order_by("territory_id", "-counts_from", "-id"),
        "settable": Territory.objects.filter(organisation__in=request.scope.roles.get(Role.COORDINATOR, ())),
        "reads": request.scope.has(*READERS),
        "due": _due(own_ids) if own_ids else [],
        "soon_days": SOON_DAYS,
        "erased": [(row, labels.get(row.rule, row.rule)) for row in erased],
        "holds": LegalHold.objects.filter(lifted_at=None),
        "totals": _totals(),
        "shown_from": SHOWN_FROM,
    }
    return render(request, "incidents/retention.html", context)


def _due(organisations: set[int]) -> list[dict[str, Any]]:
    """Return what the next run would erase of these organisations, and what more one in :data:`SOON_DAYS` days."""
    today = timezone.localdate()
    now, then = nightly.due(today), nightly.due(today + dt.timedelta(SOON_DAYS))
    rows = []
    for rule in rules():
        due, later = (
            {pk: n for pk, n in found[rule.name].items() if pk in organisations} for found in (now, then)
        )
        if later:
            rows.append({"label": rule.label, "now": sum(due.values()), "soon": sum(later.values())})
    return rows


def _totals() -> list[dict[str, Any]]:
    """Return the totals of erased facts, without numbers under :data:`SHOWN_FROM`; there is no sum to subtract them from."""
    rows = FactTotal.objects.select_related("commune", "fact_type").order_by("-month", "fact_type_id", "id")
    return [
        {"total": row, "number": row.number if row.number >= SHOWN_FROM else None} for row in rows[:_LATEST]
    ]


@form_page
@for_roles(Role.COORDINATOR)
def terms(request: ScopedRequest, pk: int) -> HttpResponse:
    """Set how long records that are shared with a territory are kept."""
    territory = get_object_or_404(
        Territory.objects.filter(organisation__in=request.scope.roles[Role.COORDINATOR]), pk=pk
    )
    history = with_replaced(territory).select_related("set_by")
    last = history.first()
    initial = {
        "narratives_months": last.narratives_months if last else NARRATIVES_MOST,
        "facts_months": last.facts_months if last else FACTS_MOST,
    }
    form = TermsForm(sent(request), initial=initial)
    if is_sent(request) and form.is_valid():
        _say_set(request, services.set_terms(request.scope, territory=territory, **form.cleaned_data))
        return redirect("incidents:retention_terms", pk=pk)
    context = {"territory": territory, "history": history, "notice": services.NOTICE_DAYS}
    return render_form(request, "incidents/retention_terms.html", form, **context)


def _say_set(request: ScopedRequest, made: RetentionTerms | None) -> None:
    if made is None:
        messages.info(request, _("Rien n’a été modifié : ces durées sont celles déjà fixées."))
        return
    said = (
        _("Enregistré : ces durées s’appliqueront à partir du %(day)s.")
        if made.counts_from > timezone.localdate()
        else _("Enregistré : ces durées s’appliquent dès aujourd’hui, %(day)s.")
    )
    told = _("Les bailleurs concernés le lisent dans leur journal.")
    messages.success(request, f"{said % {'day': long_date(made.counts_from)}} {told}")
