"""Check the settings of outgoing mail."""

import os
import re
from collections.abc import Callable, Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

_LARGEST_PORT = 65_535
_THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1"}
_SWITCHES = {"", "0", "1"}
# An address alone, or a name and the address in angle brackets, on one line.
_SENDER = re.compile(r'("[^"<>\r\n]*"|[^"<>,@\r\n]*)<(?P<within>[^<>\s,]+)>|(?P<alone>[^<>\s,]+)')
_MODES = ("EMAIL_USE_TLS", "EMAIL_USE_SSL")


def _set(name: str) -> str:
    return os.environ.get(name, "")


def _relay() -> Iterator[str]:
    host, port = _set("EMAIL_HOST"), _set("EMAIL_PORT")
    if host not in _THIS_MACHINE and (set(host) & set("/@, \t\n") or ":" in host):
        yield (
            "EMAIL_HOST must be the name of the relay alone, because it is looked up as it stands; write "
            "its port in EMAIL_PORT, and no scheme."
        )
    if port and not (port.isdecimal() and 0 < int(port) <= _LARGEST_PORT):
        yield (
            f"EMAIL_PORT must be a number from 1 to {_LARGEST_PORT}, because no mail would leave; 587 goes with "
            "EMAIL_USE_TLS=1, 465 with EMAIL_USE_SSL=1."
        )


def _encryption() -> Iterator[str]:
    modes = [_set(name) for name in _MODES]
    for name, value in zip(_MODES, modes, strict=True):
        if value not in _SWITCHES:
            yield f"{name} must be 1 or nothing, because it is on or off; set it to 1, or unset it."
    if modes == ["1", "1"]:
        yield (
            "EMAIL_USE_TLS must not be set beside EMAIL_USE_SSL, because a connection begins either in the clear "
            "(STARTTLS) or encrypted; keep EMAIL_USE_TLS for port 587, EMAIL_USE_SSL for port 465."
        )


def _account() -> Iterator[str]:
    user, password = _set("EMAIL_HOST_USER"), _set("EMAIL_HOST_PASSWORD")
    if password and not user:
        yield (
            "EMAIL_HOST_USER must be set where EMAIL_HOST_PASSWORD is, because the relay would not be told whose "
            "password it is; set it, or unset the password."
        )
    if user and not password:
        yield (
            "EMAIL_HOST_PASSWORD must be set where EMAIL_HOST_USER is, because the relay would be asked without "
            "it; set it, or unset the user."
        )
    in_the_clear = "1" not in {_set(name) for name in _MODES}
    if user and password and in_the_clear and _set("EMAIL_HOST") not in _THIS_MACHINE:
        yield (
            "EMAIL_USE_TLS must be 1 where a password is sent to another machine, because it would go over the "
            "network in the clear; set it, or EMAIL_USE_SSL."
        )


def _sender() -> Iterator[str]:
    sender = _set("DEFAULT_FROM_EMAIL")
    found = _SENDER.fullmatch(sender)
    if sender and not (found and _is_address(found["within"] or found["alone"])):
        yield (
            "DEFAULT_FROM_EMAIL must be one address, because it stands on every mail as its sender; write "
            "palier@example.org, or Palier <palier@example.org>."
        )


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


RULES: tuple[Callable[[], Iterator[str]], ...] = (_relay, _encryption, _account, _sender)
