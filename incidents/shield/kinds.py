"""Say what kinds of information the shield points at, and what it says of a passage."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The kind of information that a passage seems to hold."""

    NAME = "name", _("un nom de personne")
    PHONE = "phone", _("un numéro de téléphone")
    EMAIL = "email", _("une adresse e-mail")
    SOCIAL = "social", _("un compte de réseau social")
    PLATE = "plate", _("une plaque d’immatriculation")
    NIR = "nir", _("un numéro de sécurité sociale")
    BIRTH = "birth", _("une date de naissance ou un âge")
    HEALTH = "health", _("une information de santé")
    ORIGIN = "origin", _("une origine, une religion ou une opinion")


@dataclass(frozen=True)
class Passage:
    """A passage of the text: its bounds, its words and its kind."""

    start: int
    end: int
    text: str
    kind: Kind
