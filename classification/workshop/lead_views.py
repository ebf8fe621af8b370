"""Let a lead retain the level that the workshop of a campaign recommends for a residence."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.decisions import queue
from classification.decisions.services import decide
from classification.models import Settlement, SiteLevel
from core.back import page_before
from core.dates import long_date
from core.opaque import written
from core.versions import StaleError
from sites.perimeter import is_led

from .reading import recommended_for


@require_POST
@for_roles(Role.LEAD)
def follow_workshop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Retain the level that the conclusion of a workshop recommends for a residence; the reason of the decision says so."""
    asked = get_object_or_404(Settlement.objects.filter(is_led(), recommended__isnull=False), pk=pk)
    site = get_object_or_404(queue.led_sites().select_related("residence"), residence=asked.residence_id)
    advised = recommended_for([site.residence_id]).get(site.residence_id)
    if advised is None or advised.recommended is None or advised.pk != pk:
        said = _("Entre-temps, la recommandation de l’atelier a changé : rien n’a été enregistré.")
        messages.warning(request, said)
        return redirect("classification:decide_level", site.residence_id)
    # A reason is kept, and read by others: in French, as documents are, whoever decides.
    with override("fr"):
        day = long_date(timezone.localdate(advised.settled_at))
        reason = _("Recommandé par l’atelier du %(day)s.") % {"day": day}
    version = request.POST.get(f"version-{written('residence', site.residence_id)}", "")
    try:
        made = decide(
            request.scope, site.residence_id, retained=advised.recommended, reason=reason, version=version
        )
    except StaleError:
        said = _(
            "Depuis que vous avez ouvert la page, le niveau proposé ou la décision a changé : relisez, puis décidez."
        )
        messages.warning(request, said)
        return redirect("classification:decide_level", site.residence_id)
    except SiteLevel.DoesNotExist as error:
        raise Http404 from error
    values = {"name": site.residence.name, "retained": made.retained}
    messages.success(
        request, _("%(name)s : niveau %(retained)s retenu, comme l’atelier le recommande.") % values
    )
    return redirect(page_before(request, "classification:residence", site.residence_id))
