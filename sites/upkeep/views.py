"""Show what can be put right of a residence, and do it."""

from functools import partial
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.conflicts import open_form, render_conflict
from core.pages import form_page
from core.versions import StaleError, version_of
from sites.match_key import along_the_street
from sites.models import Address, PlaceChange, Residence
from sites.perimeter import is_led
from sites.zones import today_at

from . import services
from .acts import state_of_address, state_of_residence
from .answering import Act, answer
from .forms import ActForm, AddressForm, CloseForm, NewAddressForm, ResidenceForm
from .history import history_of
from .ledger import ChangedSinceError


def led_residence(pk: int) -> Residence:
    """Return a residence that the person leads, 404 for any other."""
    found: Residence = get_object_or_404(
        Residence.objects.filter(is_led()).select_related("landlord", "commune", "merged_into"), pk=pk
    )
    return found


def led_address(pk: int) -> Address:
    """Return an address of a residence that the person leads, 404 for any other."""
    rows = Address.objects.filter(is_led()).select_related("residence", "commune")
    found: Address = get_object_or_404(rows.apart(), pk=pk)
    return found


def version_of_residence(residence: Residence) -> str:
    """Return the version of a residence that forms send along."""
    return version_of(residence, state_of_residence(residence))


def version_of_address(address: Address) -> str:
    """Return the version of an address that forms send along."""
    return version_of(address, state_of_address(address))


def page_of(residence_id: int) -> str:
    """Return the address of the page on which a residence is put right."""
    return reverse("sites:manage", args=[residence_id])


@never_cache
@require_GET
@for_roles(Role.LEAD)
def manage(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what was entered of a residence, its addresses, and what was done to them."""
    residence = led_residence(pk)
    addresses = sorted(
        Address.objects.apart().filter(residence=residence),
        key=lambda address: (address.closed_on is not None, along_the_street(address.label)),
    )
    context = {
        "residence": residence,
        "addresses": addresses,
        "opened": [address for address in addresses if not address.closed_on],
        "also": Address.objects.filter(merged_into__residence=residence).order_by("label__french", "id"),
        "history": history_of(residence),
    }
    return render(request, "sites/manage.html", context)


@form_page
@for_roles(Role.LEAD)
def correct_residence(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct the name, the reference, the dwellings and the neighbourhood of a residence."""
    residence = led_residence(pk)
    state, version = state_of_residence(residence), version_of_residence(residence)
    form = open_form(request, lambda data: ResidenceForm(data, initial=state, version=version))
    act = Act(
        heading=_("Corriger la résidence"),
        subject=str(residence),
        back=page_of(pk),
        residences=[residence],
        done=_("La résidence est corrigée."),
        button=_("Enregistrer la correction"),
    )
    try:
        return answer(
            request, form, act,
            lambda: services.correct_residence(request.scope, residence=residence, **form.cleaned_data),
            raises_stale=True,
        )  # fmt: skip
    except StaleError as stale:
        return render_conflict(request, form, stale, back=act.back)


@form_page
@for_roles(Role.LEAD)
def correct_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct the text, the dwellings and the identifiers of an address."""
    address = led_address(pk)
    state, version = state_of_address(address), version_of_address(address)
    form = open_form(request, lambda data: AddressForm(data, initial=state, version=version))
    act = Act(
        heading=_("Corriger l’adresse"),
        subject=f"{address} · {address.residence}",
        back=page_of(address.residence_id),
        residences=[address.residence],
        done=_("L’adresse est corrigée. Les fichiers qui l’écrivent comme avant la retrouvent."),
        button=_("Enregistrer la correction"),
    )
    try:
        return answer(
            request, form, act,
            lambda: services.correct_address(request.scope, address=address, **form.cleaned_data),
            raises_stale=True,
        )  # fmt: skip
    except StaleError as stale:
        return render_conflict(request, form, stale, back=act.back)


@form_page
@for_roles(Role.LEAD)
def close_residence(request: ScopedRequest, pk: int) -> HttpResponse:
    """Close a residence."""
    residence = led_residence(pk)
    return _close(request, residence, residence, version_of_residence(residence))


@form_page
@for_roles(Role.LEAD)
def close_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Close an address."""
    address = led_address(pk)
    return _close(request, address, address.residence, version_of_address(address))


def _close(
    request: ScopedRequest, place: Residence | Address, residence: Residence, version: str
) -> HttpResponse:
    whole = place is residence
    form = CloseForm(
        request.POST if request.method == "POST" else None,
        version=version,
        today=today_at(residence.commune.department if whole else place.commune.department),
    )
    act = Act(
        heading=_("Fermer la résidence") if whole else _("Fermer l’adresse"),
        subject=str(place) if whole else f"{place} · {residence}",
        says=_(
            "À partir de ce jour elle ne compte plus dans aucun niveau, et rien ne s’y enregistre plus. "
            "Son passé reste, et elle peut être rouverte."
        ),
        back=page_of(residence.pk),
        residences=[residence],
        done=_("%(place)s est fermée.") % {"place": place},
        button=_("Fermer"),
    )
    return answer(
        request, form, act, lambda: services.close(request.scope, place=place, **form.cleaned_data), version
    )


@form_page
@for_roles(Role.LEAD)
def reopen_residence(request: ScopedRequest, pk: int) -> HttpResponse:
    """Open a closed residence again."""
    residence = led_residence(pk)
    return _reopen(request, residence, residence, version_of_residence(residence))


@form_page
@for_roles(Role.LEAD)
def reopen_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Open a closed address again."""
    address = led_address(pk)
    return _reopen(request, address, address.residence, version_of_address(address))


def _reopen(
    request: ScopedRequest, place: Residence | Address, residence: Residence, version: str
) -> HttpResponse:
    form = ActForm(request.POST if request.method == "POST" else None, version=version)
    act = Act(
        heading=_("Rouvrir la résidence") if place is residence else _("Rouvrir l’adresse"),
        subject=str(place),
        says=_("Elle compte de nouveau, comme si elle n’avait pas été fermée."),
        back=page_of(residence.pk),
        residences=[residence],
        done=_("%(place)s est rouverte.") % {"place": place},
        button=_("Rouvrir"),
    )
    return answer(
        request, form, act, lambda: services.reopen(request.scope, place=place, **form.cleaned_data), version
    )


@form_page
@for_roles(Role.LEAD)
def add_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Add an address to a residence."""
    residence = led_residence(pk)
    version = version_of_residence(residence)
    form = NewAddressForm(request.POST if request.method == "POST" else None, version=version)
    act = Act(
        heading=_("Ajouter une adresse"),
        subject=str(residence),
        back=page_of(pk),
        residences=[residence],
        done=_("L’adresse est ajoutée : il reste à la placer sur la carte."),
        button=_("Ajouter"),
    )
    add = partial(services.add_address, request.scope, residence=residence)
    return answer(request, form, act, lambda: add(**form.cleaned_data), version)


@form_page
@for_roles(Role.LEAD)
def undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take an act on places back, or say what was changed since."""
    change = get_object_or_404(PlaceChange, pk=pk)
    residences = list(Residence.objects.filter(pk__in=change.residences).order_by("pk"))
    version = version_of(change, {"undone_at": change.undone_at})
    form = ActForm(request.POST if request.method == "POST" else None, version=version)
    act = Act(
        heading=_("Défaire"),
        subject=str(change),
        says=_("Tout revient comme avant cet acte. Ce qui a été enregistré depuis reste."),
        back=page_of(change.residences[0]),
        residences=residences,
        done=_("C’est défait."),
        button=_("Défaire"),
        undoable=False,
    )
    left = 0

    def take_back() -> None:
        nonlocal left
        left = services.undo(request.scope, change=change)

    try:
        answered = answer(request, form, act, take_back, version)
    except ChangedSinceError as error:
        said = _("Cela a changé depuis, et ne peut plus être défait : %(rows)s.")
        form.add_error(None, ValidationError(said % {"rows": ", ".join(error.rows)}))
        context = {"form": form, "act": act}
        return render(request, "sites/place_act.html", context, status=HTTPStatus.CONFLICT)
    if left and answered.status_code == HTTPStatus.FOUND:
        kept = ngettext(
            "%(n)s enregistrement, déplacé depuis, reste où il est.",
            "%(n)s enregistrements, déplacés depuis, restent où ils sont.",
            left,
        )
        messages.info(request, kept % {"n": left})
    if answered.status_code == HTTPStatus.FOUND:
        return redirect(_existing_page(change))
    return answered


def _existing_page(change: PlaceChange) -> str:
    """Return the page of the first residence of an act that its undoing has left."""
    found = Residence.objects.filter(pk__in=change.residences).order_by("pk").first()
    return page_of(found.pk) if found else reverse("classification:residences")
