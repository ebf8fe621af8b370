"""Configure the app of places: communes, territories, residences, addresses, sharing agreements."""

from pathlib import Path

from django.apps import AppConfig, apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts.scope import register_part


def _recompute_keys(*, using: str, apps: Apps = apps, **_: object) -> None:
    """Bring stored keys up to date after ``migrate``, where the schema is this version's."""
    from .keys import recompute_keys

    fields = {field.name for field in apps.get_model("sites", "Address")._meta.fields}
    if "building" in fields:
        recompute_keys(using)


class SitesConfig(AppConfig):
    """The app that adds to the scope the landlords, residences and territories of the acting user."""

    name = "sites"

    def ready(self) -> None:
        """Register this app's part of the scope, and the import of stock."""
        from accounts.journal.reading import name_subjects
        from accounts.people.invited import register_preparation, register_step

        from .basemap import checks  # noqa: F401 - registers itself
        from .enums import ImportKind
        from .imports import retention, stock
        from .imports.run import Importer, register_importer
        from .imports.undo.places import STOCK
        from .sharing.services import FORESEEN, assign_foreseen, assigning

        post_migrate.connect(_recompute_keys, sender=self)
        register_part("palier_scope_sites")
        folder = Path(self.path) / "imports" / "profiles"
        importer = Importer(
            folder,
            stock.run,
            stock.StockReason,
            stock.required,
            STOCK,
            questions=stock.QUESTIONS,
            fields=stock.FIELDS,
            titles=folder.parent / "columns.toml",
            places=("reference", "name", "address", "city", "landlord"),
            own=("name", "dwellings", "priority", "landlord", "insee"),
        )
        register_importer(ImportKind.STOCK, importer)
        retention.register()
        register_step(assigning)
        register_preparation(FORESEEN, assign_foreseen)
        name_subjects({
            "sites.importrun": _("la liste des imports"),
            "sites.geocoding": _("le géocodage"),
            "sites.placement": _("un placement d’adresses"),
            "sites.priority_neighbourhoods": _("les quartiers prioritaires"),
            "sites.commune_outlines": _("les contours de communes"),
        })  # fmt: skip
