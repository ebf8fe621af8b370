"""Show one disruption or standing observation, correct it, cancel it, and take the cancellation back."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.back import back, page_before
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from incidents.agreement import agree, asked, shut_or
from incidents.facts.forms import CancelForm, initial_of
from incidents.facts.services import CancelledMeanwhileError, NotCancelledError, may_restore, placed_at
from incidents.foreseen import Attempt, attempt
from incidents.history import author_of, changer_of, changes
from incidents.models import Confirmation, Disruption, Lasting, StandingObservation
from incidents.outdated import VERSION, render_outdated, shown_version
from incidents.retention.services import holds_of
from sites.perimeter import is_own
from sites.reading import write_reading

from . import correcting
from .forms import DisruptionCorrection, ObservationCorrection
from .seeing import OutdatedError, mark_seen
from .services import followed, today_there, withdrawable
from .states import STATED, state_of
from .views import DIGITS, READERS, WRITERS

Record = Disruption | StandingObservation


@dataclass(frozen=True)
class Kind:
    """What the pages of a kind of record need.

    Attributes:
        name: of the URL of its page, and in those of what is done to it.
        list: of the URL of the list.
        form: the form that corrects it.
    """

    name: str
    list: str
    rows: type[Record]
    form: type[DisruptionCorrection | ObservationCorrection]
    correct: Promise | str
    cancel: Promise | str
    restore: Promise | str
    cancelled: Promise | str
    restored: Promise | str

    @property
    def page(self) -> str:
        """The name of the URL of its page."""
        return f"incidents:{self.name}"


DISRUPTION = Kind(
    "disruption",
    "incidents:disruptions",
    Disruption,
    DisruptionCorrection,
    gettext_lazy("Corriger une perturbation"),
    gettext_lazy("Annuler une perturbation"),
    gettext_lazy("Rétablir une perturbation"),
    gettext_lazy("Perturbation annulée : elle ne compte plus dans le niveau du lieu."),
    gettext_lazy("Perturbation rétablie : elle compte de nouveau."),
)
OBSERVATION = Kind(
    "observation",
    "incidents:observations",
    StandingObservation,
    ObservationCorrection,
    gettext_lazy("Corriger un constat permanent"),
    gettext_lazy("Annuler un constat permanent"),
    gettext_lazy("Rétablir un constat permanent"),
    gettext_lazy("Constat annulé : il ne compte plus dans le niveau du lieu."),
    gettext_lazy("Constat rétabli : il compte de nouveau."),
)


# After a change, the back button must not show the browser's cached copy.
@never_cache
@require_GET
@for_roles(*READERS)
def disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a disruption: with its history to its landlord; what and where to others."""
    return _detail(request, DISRUPTION, pk)


@form_page
@for_roles(*WRITERS)
def edit_disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a disruption."""
    return _edit(request, DISRUPTION, pk)


@form_page
@for_roles(*WRITERS)
def cancel_disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel a disruption, with a reason."""
    return _cancel(request, DISRUPTION, pk)


@require_POST
@for_roles(*WRITERS)
def restore_disruption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the cancellation of a disruption back."""
    return _restore(request, DISRUPTION, pk)


@require_POST
@for_roles(Role.LEAD)
def see_disruptions(request: ScopedRequest) -> HttpResponse:
    """Mark the chosen disruptions as seen by the lead."""
    chosen = [int(pk) for pk in request.POST.getlist("disruption") if pk.isdecimal() and len(pk) < DIGITS]
    versions = {pk: request.POST.get(f"{VERSION}-{pk}", "") for pk in chosen}
    try:
        number = mark_seen(scope=request.scope, disruptions=chosen, versions=versions)
    except OutdatedError as outdated:
        return render_outdated(
            request, outdated.stale, act=_("Marquer quand même comme vu"), several=True,
            back=page_before(request, "incidents:disruptions"),
        )  # fmt: skip
    if number:
        said = ngettext(
            "%(n)s perturbation marquée comme vue.", "%(n)s perturbations marquées comme vues.", number
        )
        messages.success(request, said % {"n": number})
    elif chosen:
        messages.info(request, _("Il n’y avait plus rien à marquer comme vu."))
    else:
        messages.error(request, _("Cochez au moins une perturbation."))
    return back(request, "incidents:disruptions")


@never_cache
@require_GET
@for_roles(*READERS)
def observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a standing observation, as :func:`disruption` does."""
    return _detail(request, OBSERVATION, pk)


@form_page
@for_roles(*WRITERS)
def edit_observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a standing observation."""
    return _edit(request, OBSERVATION, pk)


@form_page
@for_roles(*WRITERS)
def cancel_observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel a standing observation, with a reason."""
    return _cancel(request, OBSERVATION, pk)


@require_POST
@for_roles(*WRITERS)
def restore_observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the cancellation of a standing observation back."""
    return _restore(request, OBSERVATION, pk)


def _detail(request: ScopedRequest, kind: Kind, pk: int) -> HttpResponse:
    record = get_object_or_404(_rows(kind).visible().annotate(own=is_own()), pk=pk)
    context: dict[str, Any] = {"kind": kind, "record": record, "today": today_there(record)}
    if isinstance(record, StandingObservation):
        context["counts"] = followed(StandingObservation.objects.filter(pk=pk)).get()
    if not record.own:
        write_reading(request.scope, record, concerns=[record.landlord_id])
        return render(request, "incidents/lasting.html", context)
    context |= {
        "writes": request.scope.has(*WRITERS),
        "leads": record.landlord_id in request.scope.roles.get(Role.LEAD, ()),
        "may": correcting.may_correct(request.scope, record)
        and (record.cancelled_at is None or may_restore(request.scope, record)),
        "author": author_of(record),
        "changes": changes(record, STATED[kind.rows]),
        "confirmations": _confirmations(record),
        "withdrawable": _withdrawable(request, record),
        "held": holds_of(record).filter(lifted_at=None).exists(),
    }
    return render(request, "incidents/lasting.html", context)


def _edit(request: ScopedRequest, kind: Kind, pk: int) -> HttpResponse:
    record = _own(kind, pk, counting=request.method != "POST")
    correcting.check(request.scope, record)
    state = state_of(record)
    initial, version = initial_of(state), version_of(record, state)
    form = open_form(
        request, lambda data: kind.form(data, scope=request.scope, initial=initial, version=version)
    )
    context = {"heading": kind.correct, "subject": record, "back": reverse(kind.page, args=[pk])}
    if is_sent(request) and form.is_valid():
        places = {record.residence_id, placed_at(form.cleaned_data["place"])["residence_id"]}
        correct = partial(correcting.correct, scope=request.scope, record=record, **form.cleaned_data)
        try:
            tried = attempt(request, places, correct)
        except CancelledMeanwhileError:
            form.add_error(
                None, _("Annulé entre-temps : il n’y a plus rien à corriger. Rien n’a été enregistré.")
            )
        except StaleError as stale:
            return _conflict(request, kind, form, stale)
        else:
            if tried.asks:
                return asked(request, form, context, tried, "incidents/ongoing_form.html")
            _say_corrected(request, tried)
            return redirect(kind.page, pk=pk)
    return render_form(request, "incidents/ongoing_form.html", form, **context)


def _conflict(
    request: ScopedRequest, kind: Kind, form: DisruptionCorrection | ObservationCorrection, stale: StaleError
) -> HttpResponse:
    changed = get_object_or_404(_rows(kind).own(), pk=stale.record.pk)
    page = reverse(kind.page, args=[changed.pk])
    return render_conflict(request, form, stale, back=page, by=(changer_of(changed), changed.changed_at))


def _say_corrected(request: ScopedRequest, tried: Attempt[bool]) -> None:
    if not tried.made:
        messages.info(request, _("Rien n’a été modifié."))
        return
    said = _("Correction enregistrée. L’état précédent reste dans l’historique.")
    messages.success(request, f"{said} {tried.told}".strip())


def _cancel(request: ScopedRequest, kind: Kind, pk: int) -> HttpResponse:
    record = _own(kind, pk, counting=request.method != "POST")
    correcting.check(request.scope, record)
    form = CancelForm(sent(request), version=shown_version(record))
    context = {"kind": kind, "record": record}
    if request.method == "POST" and form.is_valid():
        cancel = partial(correcting.cancel, scope=request.scope, record=record, **form.cleaned_data)
        try:
            tried = attempt(request, [record.residence_id], cancel)
        except CancelledMeanwhileError:
            messages.info(request, _("Déjà annulé : le premier motif est gardé."))
            return redirect(kind.page, pk=pk)
        except StaleError as stale:
            page = reverse(kind.page, args=[pk])
            return render_outdated(request, [stale], act=_("Annuler quand même"), back=page)
        if tried.asks:
            return asked(request, form, context, tried, "incidents/cancel_lasting.html")
        messages.success(request, f"{kind.cancelled} {tried.told}".strip())
        return redirect(kind.page, pk=pk)
    return render_form(request, "incidents/cancel_lasting.html", form, **context)


def _restore(request: ScopedRequest, kind: Kind, pk: int) -> HttpResponse:
    record = _own(kind, pk)
    restore = partial(correcting.restore, scope=request.scope, record=record)
    try:
        tried = attempt(request, [record.residence_id], restore)
    except NotCancelledError:
        messages.info(request, _("Déjà rétabli : rien n’a été modifié."))
        return redirect(kind.page, pk=pk)
    if tried.asks:
        return agree(request, tried, heading=kind.restore, subject=record, back=reverse(kind.page, args=[pk]))
    messages.success(request, f"{shut_or(record, kind.restored)} {tried.told}".strip())
    return redirect(kind.page, pk=pk)


def _rows(kind: Kind) -> Any:
    names = ("residence", "residence__landlord", "address")
    return kind.rows.objects.select_related(*names, "fact_type" if kind is OBSERVATION else "seen_by")


def _own(kind: Kind, pk: int, *, counting: bool = False) -> Record:
    rows = _rows(kind).own()
    found: Record = get_object_or_404(rows.current() if counting else rows, pk=pk)
    return found


def _confirmations(record: Lasting) -> QuerySet[Confirmation] | None:
    if not isinstance(record, StandingObservation):
        return None
    return record.confirmations.select_related("confirmed_by").order_by("-day")


def _withdrawable(request: ScopedRequest, record: Lasting) -> set[int]:
    """Return the ids of the confirmations that the reader may withdraw."""
    if not isinstance(record, StandingObservation) or record.ended_on or record.cancelled_at:
        return set()
    return set(withdrawable(request.scope, record).values_list("pk", flat=True))
