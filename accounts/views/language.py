"""The language a person reads."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.services import choose_language


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the language asked for, and go back to the page it was asked on."""
    language = request.POST.get("language")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest
    choose_language(user=request.user, language=language)
    back = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if here else "home")
