"""Show which levels await a lead's word, and let them confirm, retain another one, or take a decision back."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.models import Organisation
from classification.models import Decision, SiteLevel
from classification.residence.wording import listing
from classification.workshop.reading import recommended_for
from core.back import back, page_before
from core.opaque import read, written
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError
from sites.perimeter import is_led

from . import queue
from .forms import DecisionForm, WithdrawForm
from .reading import former_of, standing_of
from .services import Confirmed, EndedMeanwhileError, confirm, decide, shown_version, withdraw

_PER_PAGE = 25
# Names that a message quotes; more are counted.
_NAMED = 5


@never_cache
@require_safe
@for_roles(Role.LEAD)
def decisions(request: ScopedRequest) -> HttpResponse:
    """List the residences of the lead whose level awaits a decision, or those that were decided about."""
    tab = request.GET.get("etat", "a-valider")
    if tab not in queue.TABS:
        raise Http404
    sites = queue.led_sites()
    landlords, asked = _landlords(request), request.GET.get("bailleur", "")
    if asked:
        sites = sites.filter(landlord__in=[one for key, one in landlords if key == asked])
    counts = sites.aggregate(
        **{name.replace("-", "_"): Count("pk", filter=q) for name, q in queue.TABS.items()}
    )
    page = Paginator(queue.ordered(sites.filter(queue.TABS[tab])), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "tab": tab,
        "counts": counts,
        "page": page,
        "rows": queue.rows_of(list(page)),
        "landlords": landlords,
        "asked": asked,
        "here": request.get_full_path(),
    }
    return render(request, "classification/decisions.html", context)


@require_POST
@for_roles(Role.LEAD)
def confirm_levels(request: ScopedRequest) -> HttpResponse:
    """Confirm the proposed levels of the ticked residences, or of the one whose button was pressed."""
    only = request.POST.get("only")
    keys = [only] if only else request.POST.getlist("residence")[:_PER_PAGE]
    versions = {pk: request.POST.get(f"version-{key}", "") for key in keys if (pk := _read(key)) is not None}
    if not versions:
        messages.error(request, _("Cochez au moins une résidence."))
        return back(request, "classification:decisions")
    _tell(request, confirm(request.scope, versions))
    return back(request, "classification:decisions")


@never_cache
@form_page
@for_roles(Role.LEAD)
def decide_level(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm the level proposed for a residence, or retain another one with a reason."""
    site = get_object_or_404(
        queue.led_sites().select_related("residence", "landlord", "commune", "grid_version"), residence=pk
    )
    standing = standing_of(pk)
    form = DecisionForm(
        sent(request),
        proposed=site.level,
        silent=site.silent,
        initial={
            "retained": standing.retained if standing else site.level_before or site.level,
            "reason": standing.reason if standing else "",
            "version": shown_version(site, standing),
        },
    )
    if is_sent(request):
        form.is_valid()
        stale = request.POST.get("version") != shown_version(site, standing)
        # What is retained says what the person read; without it there is nothing to keep from them.
        if stale and "retained" in form.cleaned_data and not _says(form, standing):
            return _moved(request, form, site, standing)
        if form.is_valid():
            return _decided(request, form, site, standing)
    return render_form(request, "classification/decide.html", form, **_shown(request, site, standing))


@never_cache
@form_page
@for_roles(Role.LEAD)
def withdraw_decision(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a decision back, with a reason: the site is shown with the proposed level again."""
    decision = get_object_or_404(Decision.objects.filter(is_led()).select_related("residence"), pk=pk)
    form = WithdrawForm(sent(request))
    if is_sent(request) and form.is_valid():
        try:
            withdraw(request.scope, decision, reason=form.cleaned_data["end_reason"])
        except EndedMeanwhileError:
            messages.info(request, _("Cette décision ne valait déjà plus : rien n’a été changé."))
        else:
            said = _("Décision retirée : %(name)s est de nouveau au niveau proposé, %(level)s.")
            messages.success(request, said % {"name": decision.residence.name, "level": decision.proposed})
        return redirect("classification:residence", decision.residence_id)
    if decision.ended_on is not None and not is_sent(request):
        messages.info(request, _("Cette décision ne valait déjà plus : rien n’a été changé."))
        return redirect("classification:residence", decision.residence_id)
    return render_form(request, "classification/withdraw_decision.html", form, decision=decision)


def _decided(
    request: ScopedRequest, form: DecisionForm, site: SiteLevel, standing: Decision | None
) -> HttpResponse:
    stated = {name: form.cleaned_data[name] for name in ("retained", "reason", "version")}
    try:
        decision = decide(request.scope, site.residence_id, **stated)
    except StaleError:
        return _moved(request, form, site, standing)
    except SiteLevel.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _told(decision))
    return redirect(page_before(request, "classification:residence", site.residence_id))


def _says(form: DecisionForm, standing: Decision | None) -> bool:
    """Say whether the form was sent before, and the decision that stands is the one that it made."""
    if standing is None or not form.is_valid():
        return False
    return bool(
        (standing.retained, standing.reason) == (form.cleaned_data["retained"], form.cleaned_data["reason"])
    )


def _moved(
    request: ScopedRequest, form: DecisionForm, site: SiteLevel, standing: Decision | None
) -> HttpResponse:
    """Answer 409 with the form as typed, on what the site is now."""
    typed = {name: form.data.get(name, "") for name in ("retained", "reason")}
    fresh = DecisionForm(
        initial={**typed, "version": shown_version(site, standing)}, proposed=site.level, silent=site.silent
    )
    context = {"form": fresh, "moved": True, **_shown(request, site, standing)}
    return render(request, "classification/decide.html", context, status=HTTPStatus.CONFLICT)


def _shown(request: HttpRequest, site: SiteLevel, standing: Decision | None) -> dict[str, object]:
    return {
        "site": site,
        "standing": standing,
        "sentence": queue.sentences_of([site])[site.residence_id],
        "former": former_of(site.residence_id),
        "advised": recommended_for([site.residence_id]).get(site.residence_id),
        "key": written("residence", site.residence_id),
        "shown_version": shown_version(site, standing),
        "next": page_before(request, "classification:residence", site.residence_id),
    }


def _told(decision: Decision) -> str:
    values = {
        "name": decision.residence.name,
        "retained": decision.retained,
        "proposed": decision.proposed,
    }
    if decision.confirms:
        return _("%(name)s : niveau %(retained)s confirmé.") % values
    return _("%(name)s : niveau %(retained)s retenu, le niveau proposé est %(proposed)s.") % values


def _tell(request: HttpRequest, found: Confirmed) -> None:
    if found.decisions:
        said = ngettext("%(n)s niveau confirmé.", "%(n)s niveaux confirmés.", len(found.decisions))
        messages.success(request, said % {"n": len(found.decisions)})
    if found.already:
        said = _("Déjà confirmé, rien n’a été changé : %(names)s.")
        messages.info(request, said % {"names": _named(found.already)})
    if found.changed:
        said = _("Non confirmé, parce que le niveau ou la décision a changé depuis l’affichage : %(names)s.")
        messages.warning(request, said % {"names": _named(found.changed)})
    if found.contested:
        said = _("À décider un par un, avec un motif ou après lecture : %(names)s.")
        messages.warning(request, said % {"names": _named(found.contested)})


def _named(names: list[str]) -> str:
    rest = len(names) - _NAMED
    more = [ngettext("%(n)s autre", "%(n)s autres", rest) % {"n": rest}] if rest > 0 else []
    return listing([*names[:_NAMED], *more])


def _read(key: str) -> int | None:
    try:
        return read("residence", key)
    except ValueError:
        return None


def _landlords(request: ScopedRequest) -> list[tuple[str, Organisation]]:
    """Return the landlords that the person leads, each as the address of the list writes it."""
    led = Organisation.objects.filter(pk__in=request.scope.roles.get(Role.LEAD, ()))
    return [(written("organisation", one.pk), one) for one in led.order_by("name__french")]
