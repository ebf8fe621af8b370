"""Ask about the disruptions of the staff's presence that were entered under the former rule."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.pages import form_page, render_form, sent
from incidents.changes import level_of
from incidents.foreseen import to_agree
from incidents.models import Disruption

from . import services as ongoing
from .forms import ExtentForm
from .views import asked, moved, own


@form_page
@for_roles(Role.LEAD)
def reread_disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say how far a disruption of the staff's presence went that was entered under the former rule."""
    disruption = own(Disruption.objects.all(), pk)
    form = ExtentForm(sent(request), initial={"extent": disruption.extent})
    if not disruption.to_reread:
        return _reread_before(request, disruption)
    if request.method == "POST" and form.is_valid():
        residence = disruption.residence_id
        reread = partial(
            ongoing.reread_disruption, scope=request.scope, disruption=disruption, **form.cleaned_data
        )
        before = level_of(residence, None)
        try:
            if foreseen := to_agree(request, residence, reread):
                return asked(request, form, {"subject": disruption}, foreseen, "incidents/reread.html")
            reread()
        except ongoing.RereadMeanwhileError:
            return _reread_before(request, disruption)
        said = _("Perturbation relue : %(what)s.") % {"what": disruption}
        messages.success(request, f"{said} {moved(before, level_of(residence, None))}".strip())
        return redirect("incidents:disruptions")
    return render_form(request, "incidents/reread.html", form, subject=disruption)


def _reread_before(request: ScopedRequest, disruption: Disruption) -> HttpResponse:
    messages.error(request, _("%(what)s : déjà relue. Rien n’a été modifié.") % {"what": disruption})
    return redirect("incidents:disruptions")
