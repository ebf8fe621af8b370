"""Ask about the disruptions of the staff's presence that were entered under the former rule."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.pages import form_page, render_form, sent
from core.versions import StaleError
from incidents.agreement import asked
from incidents.foreseen import attempt
from incidents.models import Disruption
from incidents.outdated import render_outdated, shown_version

from . import services as ongoing
from .forms import RereadForm
from .views import own


@form_page
@for_roles(Role.LEAD)
def reread_disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say how far a disruption of the staff's presence went that was entered under the former rule."""
    disruption = own(Disruption.objects.all(), pk)
    initial = {"extent": disruption.extent}
    form = RereadForm(sent(request), initial=initial, version=shown_version(disruption))
    if not disruption.to_reread:
        return _reread_before(request, disruption)
    if request.method == "POST" and form.is_valid():
        reread = partial(
            ongoing.reread_disruption, scope=request.scope, disruption=disruption, **form.cleaned_data
        )
        try:
            tried = attempt(request, [disruption.residence_id], reread)
        except ongoing.RereadMeanwhileError:
            return _reread_before(request, disruption)
        except StaleError as stale:
            page = reverse("incidents:disruption", args=[pk])
            return render_outdated(request, [stale], act=_("Enregistrer quand même"), back=page)
        if tried.asks:
            return asked(request, form, {"subject": disruption}, tried, "incidents/reread.html")
        said = _("Perturbation relue : %(what)s.") % {"what": disruption}
        messages.success(request, f"{said} {tried.told}".strip())
        return redirect("incidents:disruptions")
    return render_form(request, "incidents/reread.html", form, subject=disruption)


def _reread_before(request: ScopedRequest, disruption: Disruption) -> HttpResponse:
    messages.error(request, _("%(what)s : déjà relue. Rien n’a été modifié.") % {"what": disruption})
    return redirect("incidents:disruptions")
