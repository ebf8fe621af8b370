"""Hold a fact, a standing observation or a disruption beyond its term; lift its hold."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from incidents.models import Disruption, Incident, StandingObservation

from . import services
from .forms import HoldForm

_HOLD = "incidents/hold.html"


@dataclass(frozen=True)
class Kind:
    """What the page of the holds of a kind of record needs.

    Attributes:
        rows: the model of the record.
        suffix: what the names of its URLs end with.
        page: the name of the URL of the record's page.
        list: that of the list of such records, with what the list is called.
        heading: what the page is called.
        explained: what a hold does to such a record.
        act: the button that sets a hold.
        asked: the question before a hold is lifted.
        held, lifted: what is said once that is done.
        already: what is said where it was held before.
        no_longer: what is said where no hold was left to lift.
        outdated: what is said where the page showed another hold.
    """

    rows: type[services.Record]
    suffix: str
    page: str
    list: tuple[str, Promise | str]
    heading: Promise | str
    explained: Promise | str
    act: Promise | str
    asked: Promise | str
    held: Promise | str
    lifted: Promise | str
    already: Promise | str
    no_longer: Promise | str
    outdated: Promise | str

    @property
    def lift(self) -> str:
        """The name of the URL that lifts a hold."""
        return f"incidents:lift{self.suffix}"

    @property
    def hold(self) -> str:
        """The name of the URL of the page."""
        return f"incidents:hold{self.suffix}"


_STALE = gettext_lazy("Rien n’a été levé : relisez les motifs ci-dessous, puis décidez.")
FACT = Kind(
    Incident,
    "",
    "incidents:detail",
    ("incidents:list", gettext_lazy("Faits")),
    gettext_lazy("Geler un fait"),
    gettext_lazy(
        "Un fait gelé est gardé, avec ses précisions, au-delà de son terme, par exemple pour une procédure."
    ),
    gettext_lazy("Geler le fait"),
    gettext_lazy("Lever le gel ? Si le terme est passé, le fait sera effacé la nuit prochaine."),
    gettext_lazy("Fait gelé : il sera gardé, avec ses précisions, au-delà de son terme."),
    gettext_lazy("Gel levé : le fait sera effacé à son terme."),
    gettext_lazy("Ce fait était déjà gelé : son premier motif est gardé."),
    gettext_lazy("Ce fait n’était plus gelé."),
    gettext_lazy("Depuis que vous avez ouvert la page, un autre gel a été posé sur ce fait."),
)
OBSERVATION = Kind(
    StandingObservation,
    "_observation",
    "incidents:observation",
    ("incidents:observations", gettext_lazy("Constats permanents")),
    gettext_lazy("Geler un constat permanent"),
    gettext_lazy(
        "Un constat gelé est gardé, avec ses confirmations et son historique, au-delà de son terme, par exemple"
        " pour une procédure."
    ),
    gettext_lazy("Geler le constat"),
    gettext_lazy("Lever le gel ? Si le terme est passé, le constat sera effacé la nuit prochaine."),
    gettext_lazy("Constat gelé : il sera gardé, avec ses confirmations, au-delà de son terme."),
    gettext_lazy("Gel levé : le constat sera effacé à son terme."),
    gettext_lazy("Ce constat était déjà gelé : son premier motif est gardé."),
    gettext_lazy("Ce constat n’était plus gelé."),
    gettext_lazy("Depuis que vous avez ouvert la page, un autre gel a été posé sur ce constat."),
)
DISRUPTION = Kind(
    Disruption,
    "_disruption",
    "incidents:disruption",
    ("incidents:disruptions", gettext_lazy("Perturbations")),
    gettext_lazy("Geler une perturbation"),
    gettext_lazy(
        "Une perturbation gelée est gardée, avec son historique, au-delà de son terme, par exemple pour une"
        " procédure."
    ),
    gettext_lazy("Geler la perturbation"),
    gettext_lazy("Lever le gel ? Si le terme est passé, la perturbation sera effacée la nuit prochaine."),
    gettext_lazy("Perturbation gelée : elle sera gardée au-delà de son terme."),
    gettext_lazy("Gel levé : la perturbation sera effacée à son terme."),
    gettext_lazy("Cette perturbation était déjà gelée : son premier motif est gardé."),
    gettext_lazy("Cette perturbation n’était plus gelée."),
    gettext_lazy("Depuis que vous avez ouvert la page, un autre gel a été posé sur cette perturbation."),
)


@form_page
@for_roles(Role.LEAD)
def hold(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hold a fact beyond its term; show its holds."""
    return _hold(request, FACT, pk)


@require_POST
@for_roles(Role.LEAD)
def lift(request: ScopedRequest, pk: int) -> HttpResponse:
    """Lift the hold of a fact."""
    return _lift(request, FACT, pk)


@form_page
@for_roles(Role.LEAD)
def hold_observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hold a standing observation beyond its term; show its holds."""
    return _hold(request, OBSERVATION, pk)


@require_POST
@for_roles(Role.LEAD)
def lift_observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Lift the hold of a standing observation."""
    return _lift(request, OBSERVATION, pk)


@form_page
@for_roles(Role.LEAD)
def hold_disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Hold a disruption beyond its term; show its holds."""
    return _hold(request, DISRUPTION, pk)


@require_POST
@for_roles(Role.LEAD)
def lift_disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Lift the hold of a disruption."""
    return _lift(request, DISRUPTION, pk)


def _led(request: ScopedRequest, kind: Kind, pk: int) -> services.Record:
    """Return a record of a landlord that the person leads, as the policy of holds asks."""
    rows: QuerySet[Any] = kind.rows._default_manager.select_related("residence", "address")
    record: services.Record = get_object_or_404(rows, pk=pk)
    if record.landlord_id not in request.scope.roles[Role.LEAD]:
        raise Http404
    return record


def _hold(request: ScopedRequest, kind: Kind, pk: int) -> HttpResponse:
    record = _led(request, kind, pk)
    form = HoldForm(sent(request))
    if is_sent(request) and form.is_valid():
        try:
            services.hold(request.scope, record=record, **form.cleaned_data)
        except services.AlreadyHeldError:
            messages.info(request, str(kind.already))
        else:
            messages.success(request, str(kind.held))
        return redirect(kind.hold, pk=pk)
    return render_form(request, _HOLD, form, **_holds_of(kind, record))


def _holds_of(kind: Kind, record: services.Record) -> dict[str, Any]:
    holds = list(services.holds_of(record).select_related("set_by", "lifted_by"))
    held = next((each for each in holds if each.in_force), None)
    version = version_of(held, services.state_of_hold(held)) if held else ""
    called = record.what if isinstance(record, Incident) else record
    return {
        "kind": kind,
        "record": record,
        "called": called,
        "holds": holds,
        "held": held,
        "version": version,
    }


def _lift(request: ScopedRequest, kind: Kind, pk: int) -> HttpResponse:
    """Lift a hold; answer 409 with all holds of the record where the page showed another one."""
    record = _led(request, kind, pk)
    try:
        lifted = services.lift(request.scope, record=record, version=request.POST.get("version", ""))
    except StaleError:
        outdated = f"{kind.outdated} {_STALE}"
        context = {"form": HoldForm(), "outdated": outdated, **_holds_of(kind, record)}
        return render(request, _HOLD, context, status=HTTPStatus.CONFLICT)
    if lifted:
        messages.success(request, str(kind.lifted))
    else:
        messages.info(request, str(kind.no_longer))
    return redirect(kind.hold, pk=pk)
