"""Build the left navigation of each role, of at most seven entries."""

from functools import cache
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from accounts.enums import Role

from .search import SEARCHERS

_ENTRIES = [
    (_("Tableau de bord"), "partners:dashboard", "layout-dashboard", {Role.COORDINATOR}),
    (_("Accueil"), "classification:home", "home", {Role.LEAD}),
    (_("Enregistrer un fait"), "incidents:create", "circle-plus", {Role.AGENT, Role.LEAD}),
    (_("Mes faits"), "classification:my_facts", "user-check", {Role.AGENT}),
    (_("Faits"), "incidents:list", "list-details", {Role.AGENT, Role.LEAD, Role.COORDINATOR}),
    (
        _("Résidences"),
        "classification:residences",
        "building-community",
        {Role.AGENT, Role.LEAD, Role.COORDINATOR},
    ),
    (_("Carte"), "classification:map", "map-2", {Role.AGENT, Role.LEAD, Role.COORDINATOR}),
    (_("Imports"), "sites:imports", "file-upload", {Role.LEAD}),
    (_("Cellules"), "partners:circles", "shield-lock", {Role.COORDINATOR, Role.PARTNER}),
    (_("Notes"), "partners:notes", "file-certificate", {Role.LEAD, Role.COORDINATOR, Role.PARTNER}),
    (_("Comptes"), "accounts:users", "users", {Role.ADMIN}),
    (_("Organismes"), "accounts:organisations", "building", {Role.ADMIN}),
    (_("Territoires"), "sites:territories", "map-pin", {Role.ADMIN}),
    (_("Conventions"), "sites:agreements", "writing-sign", {Role.ADMIN}),
    (_("Correspondances"), "sites:import_mappings", "columns", {Role.ADMIN}),
    (_("Installation"), "installation", "checklist", {Role.ADMIN}),
    (_("Journal"), "accounts:journal", "history", {Role.DPO}),
    (_("Conservation"), "incidents:retention", "hourglass", {Role.DPO}),
]

# The pages that belong to an entry without beginning as its address does.
_WITHIN = {
    "incidents:list": ("incidents:observations", "incidents:disruptions", "classification:indicators"),
    "partners:circles": ("partners:publications",),
    "classification:residences": ("classification:watch",),
}

# The first pages of people with several roles, as tabs on each of them.
_HOMES = [
    (_("Mon territoire"), "partners:dashboard", "layout-dashboard", {Role.COORDINATOR}),
    (_("Mon patrimoine"), "classification:home", "home", {Role.LEAD}),
    (_("Mes cellules"), "partners:circles", "shield-lock", {Role.PARTNER}),
]

# The entries of the menu under the person's name, for pages that are seldom needed.
_ACCOUNT_ENTRIES = [
    (_("Publications"), "partners:publications", "eye-share", {Role.LEAD}),
    (_("Agents"), "accounts:users", "users", {Role.LEAD}),
    (_("Conventions de partage"), "sites:agreements", "writing-sign", {Role.LEAD}),
    (_("Journal"), "accounts:journal", "history", {Role.LEAD}),
    (_("Conservation"), "incidents:retention", "hourglass", {Role.LEAD, Role.COORDINATOR}),
    (_("Méthode et nomenclature"), "classification:grid", "grid-dots", set(Role)),
    (_("Composants"), "components", "components", {Role.ADMIN}),
    (_("Revoir la visite guidée"), "guide", "compass", set(Role)),
    (_("Mes e-mails"), "accounts:mails", "mail", set(Role)),
    (_("Sécurité de mon compte"), "mfa_index", "fingerprint", set(Role)),
    (_("Mot de passe"), "account_change_password", "key", set(Role)),
]


def navigation(request: ScopedRequest) -> dict[str, Any]:
    """Add to the context the entries for the roles that the person holds, and the demo flag."""
    context: dict[str, Any] = {"DEMO": settings.DEMO}
    scope = getattr(request, "scope", None)
    if scope is not None and scope.user_id:
        here = _here(request, [*_ENTRIES, *_ACCOUNT_ENTRIES])
        context["navigation"] = _shown(request, _ENTRIES, here)
        context["homes"] = _shown(request, _HOMES, _here(request, _HOMES))
        context["searches"] = scope.has(*SEARCHERS)
        context["records"] = scope.has(Role.AGENT, Role.LEAD)
        context["reads_indicators"] = scope.has(Role.LEAD, Role.COORDINATOR)
        context["account_navigation"] = _shown(request, _ACCOUNT_ENTRIES, here)
        context["account_roles"] = " · ".join(str(role.label) for role in Role if scope.has(role))
    return context


def _here(request: ScopedRequest, entries: list[Any]) -> str:
    """Return the name of the entry that the open page belongs to; "" for none."""
    # Of two entries with the same beginning ("/faits/", "/faits/nouveau/") the longer one is the active one.
    open_ones = (
        (len(beginning), name)
        for _label, name, _icon, roles in entries
        if request.scope.has(*roles)
        for beginning in map(_address, (name, *_WITHIN.get(name, ())))
        if request.path.startswith(beginning)
    )
    return max(open_ones, key=itemgetter(0), default=(0, ""))[1]


def _shown(request: ScopedRequest, entries: list[Any], here: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": _address(name), "icon": icon, "active": name == here}
        for label, name, icon, roles in entries
        if request.scope.has(*roles)
    ]


@cache
def _address(name: str) -> str:
    """Return the address of a page, which is the same for everybody: looked up once in a process."""
    return reverse(name)
