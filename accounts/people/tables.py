"""Show accounts and organisations as tables."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import MomentColumn
from core.tables import TemplateColumn


class UserTable(tables.Table):
    """A table of accounts with the roles they hold today."""

    full_name = tables.Column(
        verbose_name=_("Nom"),
        order_by="full_name__french",
        empty_values=(),
        linkify=lambda record: reverse("accounts:user", args=[record.pk]),
    )
    email = tables.Column(verbose_name=_("Adresse e-mail"), attrs={"td": {"class": "email"}})
    roles = TemplateColumn(template_name="accounts/_roles.html", verbose_name=_("Rôles"), orderable=False)
    last_login = MomentColumn(verbose_name=_("Dernière connexion"), default=_("jamais"))
    state = TemplateColumn(
        template_name="accounts/_state_with_mail.html",
        verbose_name=_("État"),
        order_by="is_active",
        # On a phone a row says what is out of the ordinary.
        attrs={
            "td": {
                "class": lambda record: "quiet" if record.is_active and record.has_usable_password() else ""
            }
        },
    )

    always = ("full_name",)

    class Meta:
        model = User
        fields = ()
        order_by_field = "tri"
        default = "–"

    def render_full_name(self, record: User) -> str:
        """Return the name, or the address of somebody who has not written theirs yet."""
        return str(record)


class OrganisationTable(tables.Table):
    """A table of organisations and of how many people hold a role in each."""

    name = tables.Column(
        verbose_name=_("Nom"),
        order_by="name__french",
        linkify=lambda record: reverse("accounts:rename_organisation", args=[record.pk]),
    )
    kind = tables.Column(verbose_name=_("Nature"))
    other_names = TemplateColumn(
        template_name="accounts/_other_names.html", verbose_name=_("Autres noms"), orderable=False
    )
    people = tables.Column(verbose_name=_("Personnes"), attrs={"td": {"data-count": ""}})

    class Meta:
        model = Organisation
        fields = ()
        order_by_field = "tri"
        default = "–"
