"""Manage the tokens with which a landlord's programs write and read its facts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.factors.rules import needs_fresh_factor
from accounts.models import ApiToken
from core.once import MadeAlreadyError
from core.pages import form_page, render_form, sent

from .forms import TokenForm
from .services import create_token, revoke_token


@require_GET
@for_roles(Role.LEAD)
def tokens(request: ScopedRequest) -> HttpResponse:
    """List the tokens of one's organisations, the latest first."""
    found = ApiToken.objects.select_related("organisation", "created_by")
    context = {"tokens": found, "today": timezone.localdate()}
    return render(request, "accounts/tokens.html", context)


@needs_fresh_factor()
@form_page
@for_roles(Role.LEAD)
def create(request: ScopedRequest) -> HttpResponse:
    """Create a token, and show its secret this once."""
    form = TokenForm(sent(request), scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = create_token(request.scope, **form.cleaned_data)
        except MadeAlreadyError as error:
            said = _(
                "Jeton « %(name)s » déjà créé à l’instant : aucun second jeton n’a été fait. Son secret ne se montre "
                "qu’une fois, sur la première page ; si vous ne l’avez plus, révoquez ce jeton et créez-en un autre."
            )
            messages.info(request, said % {"name": error.record.name})
            return redirect("accounts:tokens")
        return render(request, "accounts/token_made.html", {"token": token, "secret": secret})
    return render_form(request, "accounts/token_form.html", form)


@needs_fresh_factor()
@require_POST
@for_roles(Role.LEAD)
def revoke(request: ScopedRequest, pk: int) -> HttpResponse:
    """Revoke a token."""
    token = get_object_or_404(ApiToken, pk=pk)
    revoke_token(request.scope, token=token)
    messages.success(request, _("Jeton « %(name)s » révoqué : il n’ouvre plus rien.") % {"name": token.name})
    return redirect("accounts:tokens")
