"""Show and change the other names of a landlord."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import OrganisationKind, Role
from accounts.journal.reading import last_change_of
from accounts.models import Organisation
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of

from . import services
from .forms import OtherNamesForm


@form_page
@for_roles(Role.ADMIN, Role.LEAD)
def other_names(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change the names under which files name a landlord: one's own, or any for an administrator."""
    landlords = Organisation.objects.filter(kind=OrganisationKind.LANDLORD)
    if not request.scope.has(Role.ADMIN):
        landlords = landlords.filter(pk__in=request.scope.roles[Role.LEAD])
    organisation = get_object_or_404(landlords, pk=pk)
    page = reverse("accounts:other_names", args=[pk])
    state = services.state_of_other_names(organisation)
    version = version_of(organisation, state)
    form = open_form(request, lambda data: OtherNamesForm(data, initial=state, version=version))
    if is_sent(request) and form.is_valid():
        try:
            services.set_other_names(request.scope, organisation=organisation, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page, by=last_change_of(organisation))
        messages.success(request, _("Les autres noms sont enregistrés."))
        return redirect(page)
    return render_form(
        request,
        "accounts/other_names.html",
        form,
        organisation=organisation,
        administers=request.scope.has(Role.ADMIN),
    )
