"""Read what the journal tells of one's own account: who logged in or tried to, and who changed what of it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import AuditEntry

from .reading import Author, figures, who

# Acts that a page shows; each stands in the journal of every organisation of the person.
SHOWN, _READ = 30, 200
# The entries of one act are written within this time.
_TOGETHER = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Act:
    """An act on one's account: what was done, figures in words, when, and by whom unless by oneself."""

    what: str
    told: str
    at: dt.datetime
    by: str


def own_acts() -> list[Act]:
    """Return the last acts on the account of whoever acts, newest first, each once."""
    found = AuditEntry.objects.raw("SELECT * FROM palier_own_account_entries(%s)", [_READ])
    acts: list[Act] = []
    # What each sort of act was last told of: when, and the journals that tell of it.
    last: dict[tuple[str, str, int | None], tuple[dt.datetime, set[int | None]]] = {}
    for entry in found:
        act = Act(str(entry.get_action_display()), figures(entry), entry.at, _by(entry))
        kind = (act.what, act.told, entry.actor_id)
        at, journals = last.get(kind, (entry.at, {entry.organisation_id}))
        # One act has one entry in each journal, written one after the other; a second entry in a journal is a second act.
        if entry.organisation_id in journals or at - entry.at > _TOGETHER:
            acts.append(act)
            at, journals = entry.at, set()
        last[kind] = (at, journals | {entry.organisation_id})
    return acts[:SHOWN]


def has_removed_factor(number: int) -> bool:
    """Say whether the last acts on the account of whoever acts tell that the factor of an id was removed."""
    found = AuditEntry.objects.raw("SELECT * FROM palier_own_account_entries(%s)", [_READ])
    return any(
        (entry.detail.get("done"), entry.detail.get("number")) == ("removed", number) for entry in found
    )


def _by(entry: AuditEntry) -> str:
    """Return who else did it; "" where it was the person, or nobody who proved to be one."""
    if str(entry.actor_id) == entry.object_id or entry.system == "authentication":
        return ""
    done: Author = who(entry, {})
    return _("par %(who)s") % {"who": ", ".join(filter(None, done))}
