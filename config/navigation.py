"""The left navigation of each role, at most seven entries."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role

_ENTRIES = [
    (_("Enregistrer un fait"), "incidents:create", {Role.AGENT, Role.LEAD}),
    (_("Faits"), "incidents:list", {Role.AGENT, Role.LEAD, Role.COORDINATOR}),
    (_("Résidences"), "classification:residences", {Role.AGENT, Role.LEAD, Role.COORDINATOR}),
    (_("Carte"), "classification:map", {Role.AGENT, Role.LEAD, Role.COORDINATOR}),
    (_("Imports"), "sites:imports", {Role.LEAD}),
    (_("Publications"), "partners:publications", {Role.LEAD}),
    (_("Cellules"), "partners:circles", {Role.COORDINATOR, Role.PARTNER}),
    (_("Notes"), "partners:notes", {Role.LEAD, Role.COORDINATOR, Role.PARTNER}),
    (_("Comptes"), "accounts:users", {Role.ADMIN}),
    (_("Organismes"), "accounts:organisations", {Role.ADMIN}),
    (_("Territoires"), "sites:territories", {Role.ADMIN}),
    (_("Conventions"), "sites:agreements", {Role.ADMIN}),
    (_("Journal"), "accounts:journal", {Role.DPO}),
]

# Beside the person's own name: what is needed now and then.
_ACCOUNT_ENTRIES = [
    (_("Agents"), "accounts:users", {Role.LEAD}),
    (_("Conventions de partage"), "sites:agreements", {Role.LEAD}),
    (_("Journal"), "accounts:journal", {Role.LEAD}),
    (_("Mot de passe"), "account_change_password", set(Role)),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the entries for the roles the person holds, and the demo flag."""
    context: dict[str, Any] = {"DEMO": settings.DEMO}
    scope = getattr(request, "scope", None)
    if scope is not None and scope.user_id:
        context["navigation"] = _shown(request, _ENTRIES)
        context["account_navigation"] = _shown(request, _ACCOUNT_ENTRIES)
    return context


def _shown(request: HttpRequest, entries: list[Any]) -> list[dict[str, Any]]:
    urls = {label: reverse(name) for label, name, roles in entries if request.scope.has(*roles)}
    # Of two entries that begin alike ("/faits/", "/faits/nouveau/") the longer one is open.
    open_ones = (url for url in urls.values() if request.path.startswith(url))
    here = max(open_ones, key=len, default="")
    return [{"label": label, "url": url, "active": url == here} for label, url in urls.items()]
