"""Answer whoever entered a fact."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of
from incidents.models import FactReply

from .forms import ReplyForm
from .replies import answer_fact, concerns, state_of
from .views import own


@form_page
@for_roles(Role.LEAD)
def answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Answer whoever entered a fact, in a sentence; an empty answer takes a former one back."""
    incident = own(pk)
    if not concerns(request.scope, incident):
        raise Http404
    reply = FactReply.objects.filter(incident=incident).first() or FactReply(incident=incident)
    state = state_of(reply)
    version = version_of(reply, state)
    form = open_form(request, lambda data: ReplyForm(data, initial=dict(state), version=version))
    page = reverse("incidents:detail", args=[pk])
    if is_sent(request) and form.is_valid():
        try:
            made = answer_fact(scope=request.scope, incident=incident, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page)
        if made:
            messages.success(request, _("Réponse enregistrée : la personne qui a saisi le fait la lira."))
        else:
            messages.info(request, _("Rien n’a été modifié."))
        return redirect(page)
    return render_form(request, "incidents/answer.html", form, incident=incident)
