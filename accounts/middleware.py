"""Every request runs inside the scope of its user."""

from collections.abc import Callable

from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from .scope import acting_as, system_scope

GetResponse = Callable[[HttpRequest], HttpResponse]


class ScopeMiddleware:
    """Sets the scope for the whole request, and closes confidential pages to caches.

    ``ATOMIC_REQUESTS`` gives the view a savepoint inside this transaction, so a view that
    fails leaves nothing behind and the error page still has its scope.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the scope of the person logged in, if any."""
        with system_scope("authentication") as anonymous:
            request.user = auth.get_user(request)
            if not request.user.is_authenticated:
                request.scope = anonymous
                return self.get_response(request)
        with acting_as(request.user) as request.scope:
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
