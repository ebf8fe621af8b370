"""Show the charter of a territory, write a new text of it, accept it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.factors.rules import needs_fresh_factor
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of
from partners.circles.managing import coordinated_territories, manages
from partners.models import Charter, Mandate
from sites.models import Territory

from . import services
from .forms import CharterForm
from .reading import current_charter, members, own_acceptance, signings


@require_safe
@for_roles(Role.COORDINATOR, Role.PARTNER)
def charter(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the current text of a territory's charter: to accept it, and to its coordinator who has."""
    territory = _territory_or_404(request, pk)
    current = current_charter(pk)
    coordinates = manages(request, territory)
    if not (current or coordinates):
        raise Http404
    accepted = own_acceptance(request.scope, current) if current else None
    context = {
        "territory": territory,
        "charter": current,
        "accepted": accepted,
        "former": Charter.objects.filter(territory=pk).exclude(pk=current.pk) if current else (),
        "manages": coordinates,
        "signings": signings(current) if current and coordinates else (),
        "to_accept": bool(current and not coordinates and not accepted),
    }
    return render(request, "partners/charter.html", context)


@needs_fresh_factor()
@form_page
@for_roles(Role.COORDINATOR)
def write(request: ScopedRequest, pk: int) -> HttpResponse:
    """Write a new text of a territory's charter."""
    territory = get_object_or_404(coordinated_territories(request.scope), pk=pk)
    state = services.state_of(territory)
    version = version_of(territory, state)
    form = open_form(request, lambda data: CharterForm(data, initial=state, version=version))
    if is_sent(request) and form.is_valid():
        try:
            services.write(request.scope, territory=territory, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("partners:charter", args=[pk]))
        except ValidationError as error:
            form.add_error("text", error)
        else:
            messages.success(
                request, _("Ce texte est en vigueur : les membres en sont prévenus et doivent l’accepter.")
            )
            return redirect("partners:charter", pk)
    suspended = len(set(members(pk).values_list("user_id", flat=True)))
    return render_form(request, "partners/charter_form.html", form, territory=territory, suspended=suspended)


@require_POST
@for_roles(Role.PARTNER)
def accept(request: ScopedRequest, pk: int) -> HttpResponse:
    """Accept the text of a charter that the person was shown."""
    found = get_object_or_404(Charter.objects.select_related("territory"), pk=pk)
    try:
        services.accept(request.scope, charter=found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("partners:charter", found.territory_id)
    messages.success(request, _("Vous avez accepté la charte : vos cellules vous sont ouvertes."))
    return redirect("partners:circles")


def _territory_or_404(request: ScopedRequest, pk: int) -> Territory:
    """Return a territory that the person coordinates, or where they have a mandate."""
    territory = get_object_or_404(Territory, pk=pk)
    invited = Mandate.objects.live().filter(territory=pk, user=request.user, membership__isnull=False)
    if not (manages(request, territory) or invited.exists()):
        raise Http404
    return territory
