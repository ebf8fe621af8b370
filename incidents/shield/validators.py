"""Validate texts that may name nobody: short texts, complaint numbers, identifiers of programs."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import Kind, Passage, inspect
from .places import passages

COMPLAINT_LENGTH, EXTERNAL_ID_LENGTH = 40, 100

# A word is PV, MC or the initials of a service: at most four letters; no two words are separated by a space alone.
_WORDS = r"(?:[A-Z]{1,4}|[a-z]{1,4})(?:[/-](?:[A-Z]{1,4}|[a-z]{1,4}))*"
_COMPLAINT = re.compile(
    rf"(?:{_WORDS}[ ./_-]{{0,2}})?(?:\d++(?:[ ./_-]{{0,2}}{_WORDS})?[ ./_-]{{0,3}})+", re.ASCII
)
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9][\w.:/~#=-]*", re.ASCII)


def names_nobody(text: str) -> None:
    """Refuse a text with passages that seem to name or describe a person; residences that its author sees may be named.

    Raises:
        ValidationError: there are such passages; it lists them with their kinds.
    """
    _refuse(passages(text))


def _refuse(found: list[Passage]) -> None:
    if found:
        named = ", ".join(
            _("« %(text)s » (%(kind)s)") % {"text": p.text, "kind": p.kind.label} for p in found
        )
        message = _("À reformuler sans désigner personne : %(passages)s.")
        raise ValidationError(message, code="shielded", params={"passages": named})


def complaint_number(text: str) -> None:
    """Accept the number of a complaint: digits, and words of at most four letters.

    Raises:
        ValidationError: the text could hold a name, or looks like a telephone number.
    """
    if len(text) > COMPLAINT_LENGTH or not _COMPLAINT.fullmatch(text):
        message = _("Un numéro : chiffres, sigles de quatre lettres au plus, / . et tirets.")
        raise ValidationError(message, code="invalid")
    # The shield recognises names by their capitals.
    _refuse(inspect(text.upper()))


def external_id(text: str) -> None:
    """Accept the identifier that a program gives a fact: one technical word.

    Raises:
        ValidationError: it has spaces or other characters of a text, or holds a telephone number.
    """
    if len(text) > EXTERNAL_ID_LENGTH or not is_technical(text):
        message = _(
            "Un identifiant technique : lettres sans accent, chiffres et . _ : / ~ # = - sans espace."
        )
        raise ValidationError(message, code="invalid")
    if holds_phone_number(text):
        raise ValidationError(_("Un identifiant ne contient pas de numéro de téléphone."), code="shielded")


def is_technical(text: str) -> bool:
    """Say whether ``text`` is one word of unaccented letters, digits and a few signs, whatever its length."""
    return _EXTERNAL_ID.fullmatch(text) is not None


def holds_phone_number(text: str) -> bool:
    """Say whether an identifier holds a telephone number.

    A long counter may look like a foreign one: only numbers with the French leading zero count.
    """
    return any(p.kind == Kind.PHONE and p.text.startswith("0") for p in inspect(text))
