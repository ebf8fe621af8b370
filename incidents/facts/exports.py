"""Declare the columns of an exported file of facts."""

from django.utils.translation import gettext as _

from core.files import Column
from incidents.files import author_column, identity_columns, own_columns, place_columns

# The number of rows read at a time, so that a file of a million facts needs little memory.
CHUNK = 2000


def columns(*, own: bool, landlord: bool) -> list[Column]:
    """Return the columns of a file: type, place and day, and more for one's own facts.

    The titles and the words are those that the product's own format of an import reads, so that the file comes
    back in without a change.

    Args:
        own: add the columns that only the landlord's people read, empty for the facts of others.
        landlord: add the landlord, for readers who see several.
    """
    structured: list[Column] = [
        (_("Jour"), lambda i: i.day),
        (_("Au plus tard le"), lambda i: i.span_end),
        (_("Nature"), lambda i: str(i.fact_type)),
        (_("Précision sur la nature"), lambda i: str(i.seen_subtype or "")),
        (_("Famille"), lambda i: i.fact_type.get_family_display()),
        (_("Gravité"), lambda i: i.fact_type.gravity),
        *place_columns(),
        (_("Lieu précis"), lambda i: i.get_place_kind_display()),
    ]
    if landlord:
        structured.append((_("Bailleur"), lambda i: str(i.landlord)))
    return [*own_columns(identity_columns(), own=own), *structured, *own_columns(_confidential(), own=own)]


def _confidential() -> list[Column]:
    return [
        (_("Heure"), lambda i: i.time),
        (_("Signalé par"), lambda i: i.get_source_display()),
        author_column(),
        (_("Plainte déposée"), lambda i: _("oui") if i.complaint_filed else _("non")),
        (_("Numéro de plainte"), lambda i: i.complaint_reference),
        (_("Coût des dégâts (€)"), lambda i: i.damage_cost),
        (_("Annulé le"), lambda i: i.cancelled_at.date() if i.cancelled_at else None),
        (_("Motif d’annulation"), lambda i: i.cancel_reason),
    ]
