"""Write numbers of records in addresses so that they tell nothing: neither how many there are, nor which came first.

A primary key counts the records of everybody. In an address stands its deterministic encryption (AES-SIV, RFC 5297)
with a key made from ``SECRET_KEY``; the kind of record is authenticated with it, so that one number is written in another
way for each kind. A text that the product did not write matches no address: 404.
"""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.urls import register_converter
from django.utils.crypto import salted_hmac

# The kinds of records that addresses name, as the routes write them: ``<fact:pk>``.
KINDS = (
    "account", "act", "address", "adoption", "agreement", "campaign", "change", "charter", "circle", "closing", "commune", "contest", "copy", "decision",
    "disruption", "fact", "factor", "grid", "import",
    "mandate", "mapping", "membership", "note", "notice", "observation", "organisation", "placement", "position",
    "proposal", "publication", "reference", "release", "request", "reset", "residence", "rest", "settlement", "shared_mapping", "subtype", "territory",
    "token", "unplaced",
)  # fmt: skip
_BYTES = 8


def written(kind: str, number: int) -> str:
    """Return a primary key as addresses write it: 32 letters, digits, ``-`` and ``_``.

    Args:
        kind: one of ``KINDS``.
        number: the primary key, a bigint.
    """
    sealed = _ciphers()[0].encrypt(number.to_bytes(_BYTES, "big", signed=True), [kind.encode()])
    return base64.urlsafe_b64encode(sealed).decode()


def read(kind: str, text: str) -> int:
    """Return the primary key that an address writes; also as a former ``SECRET_KEY`` wrote it.

    Raises:
        ValueError: the product did not write ``text`` for that kind.
    """
    try:
        sealed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(text) from error
    for cipher in _ciphers():
        try:
            return int.from_bytes(cipher.decrypt(sealed, [kind.encode()]), "big", signed=True)
        except InvalidTag:
            continue
    raise ValueError(text)


def _ciphers() -> list[AESSIV]:
    """Return the ciphers of ``SECRET_KEY`` and of the former ones, in this order."""
    return [_cipher(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=8)
def _cipher(secret: str | bytes) -> AESSIV:
    return AESSIV(salted_hmac("core.opaque", "numbers", secret=secret, algorithm="sha512").digest())


class _Number:
    """A converter of Django's routes between a primary key and what addresses write for it."""

    regex = "[0-9A-Za-z_-]{32}"
    kind = ""

    def to_python(self, value: str) -> int:
        return read(self.kind, value)

    def to_url(self, value: int | str) -> str:
        return written(self.kind, int(value))


class _FactOfProgram(_Number):
    """The number of a fact in an address that a program asks for: zero, which no fact has, for what nobody wrote.

    So that the view answers it, as it answers other programs' facts.
    """

    regex = "[^/]+"
    kind = "fact"

    def to_python(self, value: str) -> int:
        try:
            return super().to_python(value)
        except ValueError:
            return 0


register_converter(_FactOfProgram, "any_fact")
for _kind in KINDS:
    register_converter(type(f"{_kind.title()}Number", (_Number,), {"kind": _kind}), _kind)
