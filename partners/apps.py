"""Who may see: circles, mandates, publications, synthesis notes, copies."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.scope import register_part

SCOPE_SETTINGS = [
    "palier.circles",
    "palier.circle_territories",
    "palier.users",
    "palier.circle_organisations",
]

SCOPE_SQL = """
SELECT set_config('palier.circles', coalesce(array_agg(c.id), '{}')::text, true),
    set_config('palier.circle_territories', coalesce(array_agg(c.territory_id), '{}')::text, true)
FROM partners_mandate m JOIN partners_circle c ON c.id = m.circle_id
WHERE m.user_id = palier_user() AND m.organisation_id = ANY (palier_ids('palier.partner_of'))
    AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
    AND c.starts_on <= palier_today() AND (c.ends_on IS NULL OR c.ends_on > palier_today());
SELECT set_config('palier.users', coalesce(array_agg(m.user_id), '{}')::text, true)
FROM partners_mandate m JOIN partners_circle c ON c.id = m.circle_id
WHERE c.territory_id = ANY (palier_ids('palier.territories'));
SELECT set_config('palier.circle_organisations', coalesce(array_agg(organisation_id), '{}')::text, true)
FROM accounts_membership WHERE user_id = ANY (palier_ids('palier.users')) AND role = 'partner';
"""


class PartnersConfig(AppConfig):
    """Adds to the scope the live circles of the acting user."""

    name = "partners"

    def ready(self) -> None:
        """Register this app's part of the scope."""
        from accounts.journal import name_subjects

        register_part(SCOPE_SETTINGS, SCOPE_SQL)
        name_subjects({
            "partners.dashboard": _("le tableau de bord du territoire"),
            "partners.synthesisnote": _("la liste des notes"),
        })  # fmt: skip
