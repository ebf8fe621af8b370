"""Configure the app of people: accounts, organisations, memberships, the scope, the journal."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core.grants import grant
from core.seal import install


def _install_seal(*, using: str, **_: object) -> None:
    """After ``migrate``, give the database the key of the seal, each function a search path, the runtime role its privileges."""
    if using == "owner":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT to_regclass('palier_seal.key') IS NOT NULL")
            if cursor.fetchone()[0]:
                install(cursor)
                cursor.execute(_PIN)
                grant(cursor)


# Functions whose bodies are texts look up their tables when they run: a temporary table comes last.
_PIN = """
DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN
        SELECT p.oid FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('plpgsql', 'sql') AND p.prosqlbody IS NULL
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
            AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c ~ '^search_path=.*, pg_temp$')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f);
    END LOOP;
END $$
"""


class AccountsConfig(AppConfig):
    """The app that names the subjects of its own journal entries at start."""

    name = "accounts"

    def ready(self) -> None:
        """Register the names that the journal shows for pages, lists and files of this app, and what it erases."""
        from .journal import erasing
        from .journal.reading import name_subjects
        from .mail import purging

        post_migrate.connect(_install_seal, sender=self)
        purging.register()
        erasing.register()
        name_subjects({
            "accounts.journal": _("le journal"),
            "accounts.login": _("la page de connexion"),
            "accounts.page": _("une page réservée à d’autres rôles"),
            "accounts.user": _("la liste des comptes"),
            "backup": _("une sauvegarde"),
        })  # fmt: skip
