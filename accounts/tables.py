"""Accounts, organisations and the journal as tables."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import journal
from .dates import MomentColumn
from .models import AuditEntry, Organisation, User


class UserTable(tables.Table):
    """Accounts with the roles they hold today."""

    full_name = tables.Column(
        verbose_name=_("Nom"), linkify=lambda record: reverse("accounts:user", args=[record.pk])
    )
    email = tables.Column(verbose_name=_("Adresse e-mail"), attrs={"td": {"class": "email"}})
    roles = tables.TemplateColumn(
        template_name="accounts/_roles.html", verbose_name=_("Rôles"), orderable=False
    )
    last_login = MomentColumn(verbose_name=_("Dernière connexion"), default=_("jamais"))
    state = tables.TemplateColumn(
        template_name="accounts/_state.html", verbose_name=_("État"), order_by="is_active"
    )

    always = ("full_name",)

    class Meta:
        model = User
        fields = ()
        order_by_field = "tri"
        default = "–"


class OrganisationTable(tables.Table):
    """Organisations and how many people hold a role in each."""

    name = tables.Column(
        verbose_name=_("Nom"),
        linkify=lambda record: reverse("accounts:rename_organisation", args=[record.pk]),
    )
    kind = tables.Column(verbose_name=_("Nature"))
    people = tables.Column(verbose_name=_("Personnes"))

    class Meta:
        model = Organisation
        fields = ()
        order_by_field = "tri"
        default = "–"


class JournalTable(tables.Table):
    """The journal, newest first; :meth:`before_render` names the people of the page at once."""

    at = MomentColumn(verbose_name=_("Quand"), seconds=True)
    actor_id = tables.Column(verbose_name=_("Qui"), orderable=False, empty_values=())
    action = tables.Column(verbose_name=_("Action"))
    object_type = tables.Column(verbose_name=_("Sur quoi"), orderable=False)

    class Meta:
        model = AuditEntry
        fields = ()
        order_by_field = "tri"
        default = "–"

    def before_render(self, request: Any) -> None:
        """Look up the names of everybody on the page in one query."""
        self.names = journal.names_of(
            [row.record.actor_id for row in self.paginated_rows if row.record.actor_id]
        )

    def render_actor_id(self, record: AuditEntry) -> str:
        """Return the author's name."""
        return journal.author(record, self.names)

    def render_object_type(self, record: AuditEntry) -> str:
        """Return what the entry is about."""
        return journal.subject(record)
