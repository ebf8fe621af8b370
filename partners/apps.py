"""Declare the application of circles, mandates, publications, synthesis notes and copies."""

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.scope import register_part


class PartnersConfig(AppConfig):
    """The application that adds the live circles of the acting person to the scope."""

    name = "partners"

    def ready(self) -> None:
        """Register this application's part of the scope and the names of its journal subjects."""
        from accounts.journal.reading import name_subjects
        from classification.campaigns.onward import Onward, go_on_with, tell_with
        from classification.campaigns.standing import published_where

        from .publications.campaigns import gives, outdated

        register_part("palier_scope_partners")
        name_subjects({
            "partners.dashboard": _("le tableau de bord du territoire"),
            "partners.publication": _("la liste des publications"),
            "partners.synthesisnote": _("la liste des notes"),
            "partners.plenaryrelease": _("la liste des statistiques de séances plénières"),
        })  # fmt: skip
        published_where(gives)
        tell_with(outdated)
        go_on_with(
            lambda campaign: Onward(
                _("Publier les niveaux"), reverse("partners:campaign_circles", args=[campaign.pk])
            )
        )
        go_on_with(
            lambda campaign: Onward(
                _("Statistiques pour une séance"), reverse("partners:plenary_prepare", args=[campaign.pk])
            )
        )
