"""Read the journal of one's organisation: who did what, when; never the content.

Names are looked up in a system scope: whoever may read an entry may read who made it, but not
the list of accounts.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import AuditAction, OrganisationKind, Role
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


class Author(NamedTuple):
    """Who made an entry: a person, a program or Palier, and in which role for which organisation; "" for none."""

    name: str
    acting: str = ""


def who(entry: AuditEntry, names: Mapping[int, str]) -> Author:
    """Return who made an entry, as they were called then.

    An entry from before these names were kept says what ``names`` calls the person today.
    """
    if entry.actor_name:
        role = str(Role(entry.role).label) if entry.role else ""
        return Author(entry.actor_name, ", ".join(filter(None, (role, entry.acting_name))))
    if entry.actor_id:
        return Author(names.get(entry.actor_id, _("Compte n° %d") % entry.actor_id))
    if entry.system not in {"", "api"}:
        return Author("Palier")
    token = entry.detail.get("program") or entry.detail.get("token", "")
    return Author(
        f"{_('Programme')} « {token} »" if token else _("Programme de l’organisme"), entry.acting_name
    )


def author(entry: AuditEntry, names: Mapping[int, str]) -> str:
    """Return the same as one text."""
    return ", ".join(filter(None, who(entry, names)))


def subject(entry: AuditEntry) -> str:
    """Return what an entry is about: the kind of object and its name then, never its content."""
    if not entry.object_id and entry.object_type in _NAMES:
        return str(_NAMES[entry.object_type])
    try:
        kind = str(apps.get_model(entry.object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        kind = entry.object_type
    if entry.subject:
        return _("%(kind)s : %(name)s") % {"kind": kind, "name": entry.subject}
    return _("%(kind)s n° %(id)s") % {"kind": kind, "id": entry.object_id} if entry.object_id else kind


def and_others(number: int) -> str:
    """Return how many more residences an entry shows, in words."""
    return ngettext("et %(n)d autre", "et %(n)d autres", number) % {"n": number}


def figures(entry: AuditEntry) -> str:
    """Return what an entry says of a file, a copy or a role beside its subject, in words; "" for nothing."""
    told = entry.detail
    said = [
        told.get("format", "").upper() if isinstance(told.get("format"), str) else "",
        ngettext("%(n)d ligne", "%(n)d lignes", told["rows"]) % {"n": told["rows"]} if "rows" in told else "",
        str(told.get("copy", "")).lower(),
        _("empreinte %s") % told["digest"] if "digest" in told else "",
        _("page %s") % told["path"] if "path" in told else "",
        *(str(words) for key, words in _SAID.items() if told.get(key)),
        *_of_account(told),
        _kinds(told),
        _("donné par %s") % told["by"] if isinstance(told.get("by"), str) else "",
    ]
    return ", ".join(filter(None, said))


def _of_account(told: Mapping[str, Any]) -> list[str]:
    """Return what was done to the factors, the sessions or the state of an account, in words."""
    said = [str(_DONE.get((told.get("factor") == "recovery_codes", str(told.get("done"))), ""))]
    if isinstance(told.get("sessions"), int):
        count = told["sessions"]
        said.append(ngettext("%(n)d session fermée", "%(n)d sessions fermées", count) % {"n": count})
    if isinstance(told.get("active"), bool):
        said.append(_("compte rouvert") if told["active"] else _("compte fermé"))
    return said


def _kinds(told: Mapping[str, Any]) -> str:
    """Return how the kind of an organisation was corrected, in words; "" where it was not."""
    if told.get("kind") not in OrganisationKind or told.get("former_kind") not in OrganisationKind:
        return ""
    kinds = {name: OrganisationKind(told[name]).label for name in ("kind", "former_kind")}
    return _("nature corrigée : %(kind)s au lieu de %(former_kind)s") % kinds


# What was done to a second factor, or to the recovery codes.
_DONE = {
    (False, "added"): gettext_lazy("second facteur ajouté"), (False, "removed"): gettext_lazy("second facteur retiré"),
    (True, "made"): gettext_lazy("codes de secours remplacés"),
}  # fmt: skip
# What a detail that holds only a yes says.
_SAID = {
    "password": gettext_lazy("mot de passe"), "by_link": gettext_lazy("par un lien"), "link_asked": gettext_lazy("lien pour un nouveau mot de passe"), "accepted": gettext_lazy("acceptée"),
    "refused": gettext_lazy("refusée"), "adopted": gettext_lazy("grille adoptée"), "confirmed": gettext_lazy("confirmée"), "lapsed": gettext_lazy("sans réponse"),
    "sent_again": gettext_lazy("envoyée de nouveau"), "invitation_link": gettext_lazy("lien d’invitation"),
    "rejected": gettext_lazy("lignes à corriger"), "report": gettext_lazy("rapport"),
    "mails": gettext_lazy("choix des e-mails"), "language": gettext_lazy("langue"),
    "restored": gettext_lazy("rétablissement"), "taken_back": gettext_lazy("remis à placer"),
    "asked": gettext_lazy("annulation demandée"), "reason_corrected": gettext_lazy("motif corrigé"),
    "retried": gettext_lazy("relance"), "restarted": gettext_lazy("relance"), "seen": gettext_lazy("vue par un référent"),
    "confirms": gettext_lazy("niveau proposé confirmé"), "departs": gettext_lazy("autre niveau retenu"), "recommends": gettext_lazy("niveau recommandé"), "placed": gettext_lazy("placement"),
    "reply": gettext_lazy("réponse"), "reminded": gettext_lazy("rappel"), "invited_again": gettext_lazy("invitation renvoyée"),
    "ended": gettext_lazy("fin"), "opened": gettext_lazy("ouverture"), "renamed": gettext_lazy("nom corrigé"), "unknown": gettext_lazy("adresse inconnue"),
    "hot_spots": gettext_lazy("regroupements significatifs"),
}  # fmt: skip
