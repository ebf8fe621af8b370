"""Declare the columns of exported files of standing observations and disruptions."""

from django.utils.translation import gettext as _

from core.files import Column
from incidents.files import author_column, identity_columns, own_columns, place_columns

CHUNK = 2000


def observation_columns(*, own: bool, landlord: bool) -> list[Column]:
    """Return the columns of a file of observations, whose titles and words an import reads.

    Args:
        own: add the columns that only the landlord's people read, empty for the rows of others.
        landlord: add the landlord, for readers who see several.
    """
    said: list[Column] = [
        (_("Nature"), lambda row: str(row.fact_type)),
        (_("Fréquence"), lambda row: row.get_frequency_display()),
        (_("Depuis le"), lambda row: row.since),
        (_("Terminé le"), lambda row: row.ended_on),
        (_("Confirmé le"), lambda row: row.confirmed_on),
    ]
    return _columns(said, own=own, landlord=landlord)


def disruption_columns(*, own: bool, landlord: bool) -> list[Column]:
    """Return the columns of a file of disruptions, as :func:`observation_columns` does."""
    said: list[Column] = [
        (_("Service ou équipement"), lambda row: row.get_service_display()),
        (_("Étendue"), lambda row: row.get_extent_display()),
        (
            _("Horaires impossibles"),
            lambda row: f"{row.hours_from:%H:%M}–{row.hours_until:%H:%M}" if row.hours_from else "",
        ),
        (_("Depuis le"), lambda row: row.starts_on),
        (_("Jusqu’au"), lambda row: row.ends_on),
        (_("Chaque jour"), lambda row: _("oui") if row.recurs_daily else _("non")),
    ]
    return _columns(said, own=own, landlord=landlord)


def _columns(said: list[Column], *, own: bool, landlord: bool) -> list[Column]:
    whose: list[Column] = [(_("Bailleur"), lambda row: str(row.landlord))] if landlord else []
    author: list[Column] = [
        author_column(),
        (_("Annulé le"), lambda row: row.cancelled_at.date() if row.cancelled_at else None),
        (_("Motif d’annulation"), lambda row: row.cancel_reason),
    ]
    return [
        *own_columns(identity_columns(), own=own),
        *said,
        *place_columns(),
        *whose,
        *own_columns(author, own=own),
    ]
