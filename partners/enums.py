"""Define the choices of the application of circles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    """How precise what a circle is given is, the finest first."""

    ADDRESS = "address", _("à l’adresse")
    RESIDENCE = "residence", _("à la résidence")
    NEIGHBOURHOOD = "neighbourhood", _("au quartier")
