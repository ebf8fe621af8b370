"""Declare the columns of an exported file of facts."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict

from django.utils.translation import gettext as _

from core.files import Column
from incidents.models import Incident

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Own(TypedDict):
        own: bool

    ListedIncident = WithAnnotations[Incident, _Own]

# The number of rows read at a time, so that a file of a million facts needs little memory.
CHUNK = 2000


def columns(*, own: bool, landlord: bool) -> list[Column]:
    """Return the columns of a file: type, place and day, and more for one's own facts.

    Args:
        own: add the columns that only the landlord's people read, empty for the facts of others.
        landlord: add the landlord, for readers who see several.
    """
    found: list[Column] = [
        (_("Numéro"), lambda i: i.pk),
        (_("Jour"), lambda i: i.day),
        (_("Au plus tard le"), lambda i: i.span_end),
        (_("Nature"), lambda i: str(i.fact_type)),
        (_("Famille"), lambda i: i.fact_type.get_family_display()),
        (_("Gravité"), lambda i: i.fact_type.gravity),
        (_("Résidence"), lambda i: i.residence.name),
        (_("Adresse"), lambda i: i.address.label if i.address else _("toute la résidence")),
        (_("Lieu précis"), lambda i: i.get_place_kind_display()),
    ]
    if landlord:
        found.append((_("Bailleur"), lambda i: str(i.landlord)))
    if own:
        found += [(label, _if_own(read)) for label, read in _own_columns()]
    return found


def _own_columns() -> list[Column]:
    return [
        (_("Heure"), lambda i: i.time),
        (_("Signalé par"), lambda i: i.get_source_display()),
        (_("Plainte déposée"), lambda i: _("oui") if i.complaint_filed else _("non")),
        (_("Numéro de plainte"), lambda i: i.complaint_reference),
        (_("Coût des dégâts (€)"), lambda i: i.damage_cost),
        (_("Annulé le"), lambda i: i.cancelled_at.date() if i.cancelled_at else None),
        (_("Motif d’annulation"), lambda i: i.cancel_reason),
    ]


def _if_own(read: Callable[[Incident], Any]) -> "Callable[[ListedIncident], Any]":
    return lambda incident: read(incident) if incident.own else None
