"""End a standing observation or a disruption on a day."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of
from incidents.agreement import asked
from incidents.foreseen import attempt
from incidents.history import changer_of
from incidents.models import Disruption, StandingObservation

from .forms import EndForm
from .holding import EndedMeanwhileError, end_of
from .services import end_disruption, end_observation, today_there
from .views import WRITERS, ended, own


@form_page
@for_roles(*WRITERS)
def observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """End a standing observation on a day."""
    going_on = {} if request.method == "POST" else {"ended_on": None, "cancelled_at": None}
    record = own(StandingObservation.objects.select_related("fact_type"), pk, **going_on)
    end = partial(end_observation, scope=request.scope, observation=record)
    return _end(request, record, record.since, end, _("Constat terminé : %(what)s."))


@form_page
@for_roles(*WRITERS)
def disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """End a disruption on its last day."""
    going_on = {} if request.method == "POST" else {"ends_on": None, "cancelled_at": None}
    record = own(Disruption.objects.all(), pk, **going_on)
    end = partial(end_disruption, scope=request.scope, disruption=record)
    return _end(request, record, record.starts_on, end, _("Perturbation terminée : %(what)s."))


def _end(
    request: ScopedRequest,
    record: StandingObservation | Disruption,
    since: dt.date,
    end: Callable[..., None],
    said: str,
) -> HttpResponse:
    kind = "observation" if isinstance(record, StandingObservation) else "disruption"
    name = f"incidents:{kind}"
    page, state = reverse(name, args=[record.pk]), end_of(record)
    initial, version = {key: value for key, value in state.items() if value}, version_of(record, state)
    blank = partial(EndForm, since=since, today=today_there(record), initial=initial, version=version)
    form = open_form(request, blank)
    shown = {"subject": record, "back": page, "kind": kind}
    if is_sent(request) and form.is_valid():
        try:
            tried = attempt(request, [record.residence_id], partial(end, **form.cleaned_data))
        except EndedMeanwhileError:
            return ended(request, record, f"{name}s")
        except StaleError as stale:
            by = (changer_of(record), record.changed_at)
            return render_conflict(request, form, stale, back=page, by=by)
        if tried.asks:
            return asked(request, form, shown, tried, "incidents/end.html")
        messages.success(request, f"{said % {'what': record}} {tried.told}".strip())
        return redirect(page)
    return render_form(request, "incidents/end.html", form, **shown)
