"""Filter the journal, by the questions that are put to it."""

import datetime as dt
from collections.abc import Mapping

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.models import AuditEntry
from core.words import WordsFilter, every_word

from .reading import people_called

_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
SEEN = (AuditAction.READ, AuditAction.SEARCH, AuditAction.EXPORT, AuditAction.DOWNLOAD)
LEFT = (AuditAction.EXPORT, AuditAction.DOWNLOAD)
# A printed digest is told from the number of a copy by its length.
_DIGEST_PART = 6
_ROLES = ("accounts.proposal", "accounts.membership", "partners.mandate")
_ACCESS = (AuditAction.LOGIN, AuditAction.LOGOUT, AuditAction.LOGIN_FAILED, AuditAction.REFUSED)

# The questions, and the entries that answer each.
QUESTIONS: Mapping[str, Q] = {
    "seen": Q(action__in=SEEN),
    "left": Q(action__in=LEFT),
    # Maps, dashboards and whole files do not name each residence.
    "whole": Q(action__in=SEEN, places="") & ~Q(object_type__startswith="accounts."),
    "roles": Q(object_type__in=_ROLES),
    "access": Q(action__in=_ACCESS) | Q(object_type="accounts.user", detail__has_key="password"),
}
_ASKED = (
    ("seen", _("Qui a vu quoi ?")),
    ("left", _("Qu’est-ce qui est sorti ?")),
    ("whole", _("Cartes, tableaux et fichiers qui ne nomment pas chaque résidence")),
    ("roles", _("Qui a donné ou retiré un rôle ?")),
    ("access", _("Connexions, mots de passe et refus")),
)


class JournalFilter(filters.FilterSet):
    """A filter of the entries by question, period, residence, person, action, and what a printed sheet bears.

    Days are turned into bounds on the moment: the index is on the moment, not on its day.
    """

    question = filters.ChoiceFilter(
        choices=_ASKED, label=_("Question"), empty_label=_("Tout le journal"), method="by_question"
    )
    since = filters.DateFilter(method="from_day", label=_("Du"), widget=_DAY)
    until = filters.DateFilter(method="to_day", label=_("Au"), widget=_DAY)
    place = WordsFilter("places", label=_("Résidence"))
    person = WordsFilter(method="by_person", label=_("Personne"))
    about = WordsFilter("subject", label=_("Note, liste, compte…"))
    action = filters.ChoiceFilter(choices=AuditAction, label=_("Action"), empty_label=_("Toutes"))
    trace = filters.CharFilter(
        method="by_trace", label=_("Exemplaire ou empreinte imprimée"),
        max_length=64,
    )  # fmt: skip

    class Meta:
        model = AuditEntry
        fields = ()

    @property
    def said(self) -> dict[str, str]:
        """Return the filters in force, for the journal's own entry; typed words stay out of it."""
        values = self.form.cleaned_data if self.form.is_valid() else {}
        told = ("question", "since", "until", "action")
        return {name: str(values[name]) for name in told if values.get(name)}

    def by_question(self, entries: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        """Keep the entries that answer a question."""
        return entries.filter(QUESTIONS[value])

    def from_day(self, entries: QuerySet[AuditEntry], _name: str, day: dt.date) -> QuerySet[AuditEntry]:
        """Keep the entries of ``day`` and after."""
        return entries.filter(at__gte=_midnight(day))

    def to_day(self, entries: QuerySet[AuditEntry], _name: str, day: dt.date) -> QuerySet[AuditEntry]:
        """Keep the entries of ``day`` and before."""
        if day == dt.date.max:
            return entries
        return entries.filter(at__lt=_midnight(day + dt.timedelta(1)))

    def by_person(self, entries: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        """Keep the entries of people whose name then, or whose name now, holds every word."""
        words = value.split()
        return entries.filter(every_word(words, "actor_name") | Q(actor_id__in=people_called(words)))

    def by_trace(self, entries: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        """Keep the downloads of a copy by its number, or the one whose printed digest begins like this."""
        asked = value.strip().lower().removeprefix("exemplaire").strip().removeprefix("n°").strip()
        bears = Q(detail__copy__endswith=f" n° {asked}")
        if len(asked) >= _DIGEST_PART:
            bears |= Q(detail__digest__startswith=asked)
        return entries.filter(bears, action=AuditAction.DOWNLOAD)


def _midnight(day: dt.date) -> dt.datetime:
    """Return the moment at which ``day`` begins in local time."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
