"""Merge, move and split places."""

from functools import partial

from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.journal.settled import tells_what_is_settled
from core.pages import form_page, sent
from sites.models import Address
from sites.perimeter import is_led

from . import merging, moving
from .answering import Act, answer
from .choosing import MergeAddressForm, MergeResidenceForm, MoveForm, SplitAddressForm, SplitResidenceForm
from .views import led_address, led_residence, page_of, version_of_address, version_of_residence


@form_page
@for_roles(Role.LEAD)
def merge_residence(request: ScopedRequest, pk: int) -> HttpResponse:
    """Merge a residence into another one."""
    residence = led_residence(pk)
    version = version_of_residence(residence)
    form = MergeResidenceForm(sent(request), residence=residence, version=version)
    into = _chosen(form, "into")
    beside = [other for one in into for other in merging.residences_beside(residence, one)]
    act = Act(
        heading=_("Fusionner la résidence"),
        subject=str(residence),
        says=_(
            "L’autre résidence reprend ses adresses, ses faits, ses références et ses agents ; celle-ci est fermée. "
            "Vos fichiers trouvent l’autre sous les deux références."
        ),
        back=page_of(pk),
        residences=[residence, *into, *beside],
        done=_("Les deux résidences n’en font plus qu’une."),
        button=_("Fusionner"),
    )
    merge = partial(merging.merge_residences, request.scope, residence=residence)
    return answer(request, form, act, lambda: merge(**form.cleaned_data), version)


def _merged_already(_request: ScopedRequest, pk: int) -> tuple[str, str] | None:
    merged = Address.objects.filter(is_led(), pk=pk).exclude(merged_into=None)
    label, residence = merged.values_list("label", "merged_into__residence_id").first() or ("", None)
    return (label, page_of(residence)) if residence else None


@form_page
@for_roles(Role.LEAD)
@tells_what_is_settled(_merged_already)
def merge_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Merge an address into another one that is the same door."""
    address = led_address(pk)
    version = version_of_address(address)
    form = MergeAddressForm(sent(request), address=address, version=version)
    others = [other.residence for other in _chosen(form, "into")]
    act = Act(
        heading=_("Fusionner l’adresse"),
        subject=f"{address} · {address.residence}",
        says=_(
            "L’autre adresse reprend ses faits et ses identifiants. Vos fichiers la trouvent sous les deux textes."
        ),
        back=page_of(address.residence_id),
        residences=[address.residence, *others],
        done=_("Les deux adresses n’en font plus qu’une."),
        button=_("Fusionner"),
    )
    merge = partial(merging.merge_addresses, request.scope, address=address)
    return answer(request, form, act, lambda: merge(**form.cleaned_data), version)


@form_page
@for_roles(Role.LEAD)
def move_addresses(request: ScopedRequest, pk: int) -> HttpResponse:
    """Move addresses of a residence to another one."""
    residence = led_residence(pk)
    version = version_of_residence(residence)
    form = MoveForm(sent(request), residence=residence, version=version)
    act = Act(
        heading=_("Déplacer des adresses"),
        subject=str(residence),
        says=_("Ce qui est enregistré à ces adresses les suit."),
        back=page_of(pk),
        residences=[residence, *_chosen(form, "to")],
        done=_("Les adresses sont déplacées."),
        button=_("Déplacer"),
    )
    move = partial(moving.move_addresses, request.scope, residence=residence)
    return answer(request, form, act, lambda: move(**form.cleaned_data), version)


@form_page
@for_roles(Role.LEAD)
def split_residence(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make a new residence of some addresses of another one."""
    residence = led_residence(pk)
    version = version_of_residence(residence)
    form = SplitResidenceForm(sent(request), residence=residence, version=version)
    act = Act(
        heading=_("Séparer la résidence en deux"),
        subject=str(residence),
        says=_(
            "Les adresses choisies font une nouvelle résidence, avec les mêmes agents. Ce qui est enregistré pour "
            "toute la résidence reste ici."
        ),
        back=page_of(pk),
        residences=[residence],
        done=_("La nouvelle résidence est faite."),
        button=_("Séparer"),
    )
    split = partial(moving.split_residence, request.scope, residence=residence)
    return answer(request, form, act, lambda: split(**form.cleaned_data), version)


@form_page
@for_roles(Role.LEAD)
def split_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Make a second address of one."""
    address = led_address(pk)
    version = version_of_address(address)
    form = SplitAddressForm(sent(request), address=address, version=version)
    act = Act(
        heading=_("Séparer l’adresse en deux"),
        subject=f"{address} · {address.residence}",
        says=_("Dites quelle est la seconde adresse, et ce qui s’y est passé."),
        back=page_of(address.residence_id),
        residences=[address.residence],
        done=_("La seconde adresse est faite."),
        button=_("Séparer"),
    )
    split = partial(moving.split_address, request.scope, address=address)
    return answer(request, form, act, lambda: split(**form.cleaned_data), version)


def _chosen(form: BaseForm, name: str) -> list:  # type: ignore[type-arg]  # of residences or of addresses
    """Return the place that a sent form chooses, in a list; nothing where it chooses none."""
    chosen = form.cleaned_data.get(name) if form.is_bound and form.is_valid() else None
    return [chosen] if chosen else []
