"""Restrict a view to roles.

Which rows a person sees in the view is decided by the policies of the database.
"""

import functools
from collections.abc import Callable
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from .enums import Role
from .models import User
from .scope import Scope

View = Callable[..., HttpResponseBase]


class ScopedRequest(HttpRequest):
    """A request with the attributes that the middleware gives it before the view.

    Attributes:
        scope: who acts, set by :class:`accounts.middleware.ScopeMiddleware`.
        user: the person logged in; only views marked public receive anonymous requests.
        htmx: what htmx says of the request, set by its middleware.
    """

    scope: Scope
    user: User
    htmx: HtmxDetails


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Answer 403 to a logged-in person who holds none of ``roles`` today; what others do, they do in one of them."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: ScopedRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.scope.has(*roles):
                raise PermissionDenied
            request.scope = replace(request.scope, acting=roles)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
