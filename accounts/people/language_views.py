"""The language a person reads."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest
from core.back import back

from .services import choose_language


@require_POST
def choose(request: ScopedRequest) -> HttpResponse:
    """Keep the language asked for, and go back to the page it was asked on."""
    language = request.POST.get("language")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest
    choose_language(request.scope, user=request.user, language=language)
    return back(request, "home")
