"""Choose the language a person reads."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest
from core.back import back

from .services import choose_language


@require_POST
def choose(request: ScopedRequest) -> HttpResponse:
    """Store the chosen language, and redirect to the page it was chosen on."""
    language = request.POST.get("language")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest
    choose_language(request.scope, user=request.user, language=language)
    return back(request, "home")
