"""Decide who must give a second factor, and which views need one that was given a short while ago.

What was given in a session stands in the session, so that whoever has passed costs no query.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.access import ScopedRequest, View
from accounts.enums import Role

# Agents may have a second factor, and need not.
COMPULSORY_FOR = frozenset(Role) - {Role.AGENT}
FRESH_S = 15 * 60


@dataclass(frozen=True, slots=True)
class Need:
    """What a view needs: a second factor given within :data:`FRESH_S`.

    Attributes:
        roles: of whom it is asked.
        when: for which requests; None for all.
        file: whether the answer is a file, which replaces no page.
    """

    roles: frozenset[Role]
    when: Callable[[HttpRequest], object] | None
    file: bool


def needs_fresh_factor(
    *roles: Role, when: Callable[[HttpRequest], object] | None = None, file: bool = False
) -> Callable[[View], View]:
    """Mark a view: it answers only once a second factor was given within 15 minutes.

    The middleware that reads the mark asks for it (:class:`portal.factors.middleware.FactorMiddleware`).

    Args:
        roles: of whom it is asked; of everybody without any.
        when: for which requests, given the request; for all without it.
        file: whether it answers with a file; after the factor the page that offers it is shown again.
    """

    def mark(view: View) -> View:
        view.fresh_factor = Need(frozenset(roles or Role), when, file)  # type: ignore[attr-defined]
        return view

    return mark


def asks_for_file(request: HttpRequest) -> bool:
    """Say whether the address of a list asks for its rows as a file."""
    return "export" in request.GET


def need_of(view: Callable[..., HttpResponseBase]) -> Need | None:
    """Return what a view was marked with; None where it needs nothing."""
    return getattr(view, "fresh_factor", None)


def given_at(request: HttpRequest) -> float | None:
    """Return when a second factor was last given in this session, in seconds of the clock; None if it never was."""
    records = get_authentication_records(request, request.user)
    return max((record["at"] for record in records if record["method"] == "mfa"), default=None)


def is_compulsory(request: ScopedRequest) -> bool:
    """Say whether the person must have a second factor, for the roles held at this moment."""
    asked = settings.SECOND_FACTOR_ASKED_OF
    return request.scope.has(*COMPULSORY_FOR) and (asked is None or request.user.email in asked)


def is_stale(request: ScopedRequest, need: Need) -> bool:
    """Say whether a second factor must be given again for what a view needs.

    Whoever has none, and need not have one, is asked for nothing. Whoever has one gives it, also in a session that was
    opened before it was enrolled.
    """
    if not request.scope.has(*need.roles) or (need.when and not need.when(request)):
        return False
    at = given_at(request)
    if at is None:
        return is_compulsory(request) or Authenticator.objects.filter(user=request.user).exists()
    return time.time() - at > FRESH_S
