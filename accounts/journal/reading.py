"""Read the journal of one's organisation: who did what, when; never the content.

Names are looked up in a system scope: whoever may read an entry may read who made it, but not
the list of accounts.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.models import AuditEntry, Membership, User
from accounts.scope import system_scope
from core.words import every_word

# The names shown for pages, lists and files; each app registers its own at start.
_NAMES: dict[str, Promise] = {}


def name_subjects(names: Mapping[str, Promise]) -> None:
    """Register the words that stand for names given to :func:`accounts.journal.audit.write_entry`."""
    _NAMES.update(names)


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the name of each of these users, and the organisations they work for today."""
    if not (ids := set(user_ids)):
        return {}
    works_for: dict[int, dict[str, None]] = {}
    with system_scope("journal"):
        live = Membership.objects.live().filter(user_id__in=ids).select_related("organisation")
        for membership in live.order_by("organisation__name__french"):
            works_for.setdefault(membership.user_id, {})[membership.organisation.name] = None
        people = User.objects.filter(pk__in=ids)
        return {user.pk: ", ".join([str(user), *works_for.get(user.pk, ())]) for user in people}


def people_called(words: list[str]) -> list[int]:
    """Return the ids of the users whose name holds every word."""
    with system_scope("journal"):
        return list(User.objects.filter(every_word(words, "full_name")).values_list("pk", flat=True))


def last_change_of(record: Model, **detail: Any) -> tuple[str, dt.datetime | None]:
    """Return who changed ``record`` last, and when; "" and None where the reader's journal has no such entry.

    Args:
        record: the record that was changed.
        detail: what the entry's detail must contain, where other updates of the record concern something else.
    """
    entries = AuditEntry.objects.filter(object_type=record._meta.label_lower, object_id=str(record.pk))
    told = entries.filter(action=AuditAction.UPDATE, detail__contains=detail)
    last = told.order_by("-id").first()
    if last is None:
        return "", None
    return author(last, names_of([last.actor_id] if last.actor_id else [])), last.at


def author(entry: AuditEntry, names: dict[int, str]) -> str:
    """Return the name of an entry's author: a person, a program, or Palier itself."""
    if entry.actor_id:
        return names.get(entry.actor_id, _("Compte n° %d") % entry.actor_id)
    return _("Programme de l’organisme") if entry.system in {"", "api"} else "Palier"


def subject(entry: AuditEntry) -> str:
    """Return what an entry is about: the kind of object and its number, never its content."""
    if not entry.object_id and entry.object_type in _NAMES:
        return str(_NAMES[entry.object_type])
    try:
        kind = str(apps.get_model(entry.object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        kind = entry.object_type
    return _("%(kind)s n° %(id)s") % {"kind": kind, "id": entry.object_id} if entry.object_id else kind
