"""Declare the columns that every exported file of records has: which record it is, where, and its author's role."""

from collections.abc import Callable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.enums import Role
from accounts.models import Membership
from core.files import Column

from .identifiers import identifier

# What the column of addresses says of a record about a residence as a whole.
WHOLE_RESIDENCE = gettext_lazy("toute la résidence")


def identity_columns() -> list[Column]:
    """Return the columns by which an import knows the record and its residence; they never leave the landlord."""
    return [
        (_("Identifiant"), identifier),
        (_("Référence résidence"), lambda record: record.residence.reference),
    ]


def place_columns() -> list[Column]:
    """Return the columns of the place: residence, address and commune."""
    return [
        (_("Résidence"), lambda record: record.residence.name),
        (_("Adresse"), lambda record: record.address.label if record.address else str(WHOLE_RESIDENCE)),
        (_("Bâtiment"), lambda record: record.address.building if record.address else ""),
        (_("Entrée"), lambda record: record.address.entrance if record.address else ""),
        (_("Code postal"), lambda record: record.address.postcode if record.address else ""),
        (_("Commune"), lambda record: record.commune.name),
        (_("Code INSEE"), lambda record: record.commune.code),
    ]


def with_roles(rows: QuerySet[Any], author: str) -> QuerySet[Any]:
    """Add ``author_role``, the role that whoever recorded a row has or had at its landlord; never a name.

    Args:
        rows: the records.
        author: the column of whoever recorded them.
    """
    roles = Membership.objects.filter(user=OuterRef(author), organisation=OuterRef("landlord"))
    role = Subquery(roles.order_by("-starts_on", "-id").values("role")[:1])
    told: QuerySet[Any] = rows.annotate(author_role=role)
    return told


def author_column() -> Column:
    """Return the column of the author's role, for rows of :func:`with_roles`."""
    return _("Rôle de l’auteur"), lambda row: str(Role(row.author_role).label) if row.author_role else ""


def own_columns(columns: list[Column], *, own: bool) -> list[Column]:
    """Return columns that are empty for the records of others; none unless ``own``.

    The rows bear ``own``, whether the record is the acting person's (:func:`sites.perimeter.is_own`).
    """
    return [(label, _if_own(read)) for label, read in columns] if own else []


def _if_own(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda row: read(row) if row.own else None


def whole_residence_words() -> set[str]:
    """Return what exported files say of a whole residence, in each language of the product."""
    words = set()
    for language in ("fr", "en"):
        with override(language):
            words.add(str(WHOLE_RESIDENCE))
    return words
