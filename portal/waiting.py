"""Say when to come back, after too many attempts."""

import math
import time

from allauth.core import context
from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

_APP = "allauth.account"
_TOO_MANY = {"too_many_login_attempts", "rate_limited"}


def saying_when(error: ValidationError, *, key: str, action: str = "login_failed") -> ValidationError:
    """Return an error; where it refuses for too many attempts, one that says in how many minutes the next is possible.

    Args:
        error: what allauth refused with.
        key: of whom the attempts are counted.
        action: which attempts.
    """
    if getattr(error, "code", None) not in _TOO_MANY:
        return error
    minutes = max(1, math.ceil(_wait_s(action, key) / 60))
    text = ngettext(
        "Trop d’essais. Réessayez dans %(minutes)s minute.",
        "Trop d’essais. Réessayez dans %(minutes)s minutes.",
        minutes,
    )
    return ValidationError(text % {"minutes": minutes}, code=error.code)


def _wait_s(action: str, key: str) -> float:
    """Return in how many seconds every limit of an action lets another attempt through."""
    waits = [0.0]
    for rate in get_rates(app=_APP, action=action):
        name = get_cache_key(context.request, app=_APP, action=action, rate=rate, key=key, user=None)
        past = cache.get(name, [])
        if len(past) >= rate.amount:
            waits.append(past[rate.amount - 1] + rate.duration - time.time())
    return max(waits)
