"""Let a person choose of what they are mailed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import ScopedRequest, for_roles
from accounts.enums import TOLD, MailKind, Role

from .services import choose_mails

# What each mail tells, and the roles to which it may be sent.
_TELLS = {
    MailKind.CHANGE: (
        gettext_lazy("Ce que j’avais lu a changé (publication ou note retirée, remplacée, rétablie)"),
        {Role.COORDINATOR, Role.LEAD, Role.PARTNER},
    ),
    MailKind.IMPORT: (gettext_lazy("Un import que j’ai demandé n’a pas abouti"), {Role.LEAD}),
    MailKind.AWAITED: (
        gettext_lazy("Une décision m’attend (niveau, partage, charte, rôle proposé dans mon organisme)"),
        {Role.LEAD, Role.COORDINATOR, Role.PARTNER, Role.DPO},
    ),
    MailKind.OBSERVATION: (
        gettext_lazy("Des constats permanents de mes résidences cesseront bientôt de compter"),
        {Role.AGENT, Role.LEAD},
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*Role)
def mails(request: ScopedRequest) -> HttpResponse:
    """Show of what the person is mailed, and store what they choose."""
    offered = [(kind, *_TELLS[kind]) for kind in TOLD]
    shown = [(kind, text) for kind, text, roles in offered if request.scope.has(*roles)]
    if request.method == "POST":
        kept = {kind for kind in TOLD if kind not in dict(shown) and request.user.wants(kind)}
        chosen = kept | {kind for kind, _text in shown if kind in request.POST.getlist("mail")}
        choose_mails(request.scope, user=request.user, wanted=sorted(chosen))
        messages.success(request, _("Votre choix est enregistré."))
        return redirect("accounts:mails")
    rows = [(kind, text, request.user.wants(kind)) for kind, text in shown]
    return render(request, "accounts/mails.html", {"rows": rows})
