"""Reading the journal of one's organisation: who did what, when; no content.

The names are looked up as the product: whoever may read an entry may read who made it, but
not the list of accounts.
"""

from collections.abc import Iterable

from django.apps import apps
from django.utils.translation import gettext as _

from .models import AuditEntry, User
from .scope import system_scope


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of the people who made the entries being read."""
    ids = set(user_ids)
    with system_scope("authentication"):
        return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)}


def people_called(words: str) -> list[int]:
    """Return the ids of people whose name contains ``words``."""
    with system_scope("authentication"):
        return list(User.objects.filter(full_name__icontains=words).values_list("pk", flat=True))


def author(entry: AuditEntry, names: dict[int, str]) -> str:
    """Return who made an entry: a person, a program, or the product itself."""
    if entry.actor_id:
        return names.get(entry.actor_id, _("Compte n° %d") % entry.actor_id)
    return _("Programme de l'organisme") if entry.system in {"", "api"} else "Palier"


def subject(entry: AuditEntry) -> str:
    """Return what an entry is about: the kind of thing and its number, never its content."""
    try:
        kind = str(apps.get_model(entry.object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        kind = entry.object_type
    return _("%(kind)s n° %(id)s") % {"kind": kind, "id": entry.object_id} if entry.object_id else kind
