"""Define the ordinal scales of the method.

Gravity and frequency come from table 2 of the AORIF; the level is the result of both tables.
Source: « Tableaux d'aide à la classification des sites du niveau 1 à 4 », AORIF, January 2021.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Gravity(models.IntegerChoices):
    """The gravity of a fact type, 1 to 4 (table 2, columns).

    >>> Gravity(3) is Gravity.MAJOR
    True
    """

    LOW = 1, _("faible")
    MEDIUM = 2, _("moyenne")
    MAJOR = 3, _("majeure")
    EXTREME = 4, _("extrême")


class Frequency(models.IntegerChoices):
    """The frequency of a fact type at a place, 1 to 3 (table 2, rows from the bottom).

    >>> Frequency.DAILY > Frequency.REGULAR > Frequency.OCCASIONAL
    True
    """

    OCCASIONAL = 1, _("ponctuels")
    REGULAR = 2, _("réguliers")
    DAILY = 3, _("quotidiens")


class Level(models.IntegerChoices):
    """The level of a site, 1 (quiet) to 4 (settled tension).

    >>> max(Level.QUIET, Level.DELINQUENCY).value
    3
    """

    QUIET = 1, _("tranquille")
    INCIVILITY = 2, _("incivilités récurrentes")
    DELINQUENCY = 3, _("délinquance réelle")
    TENSION = 4, _("tension installée")


class Mark(models.IntegerChoices):
    """What a place is shown with: its level, or that recording stopped where the level would say that it is quiet.

    Fewer records do not mean less trouble: a place whose recording stopped is never shown as quiet.
    """

    STOPPED = 0, _("saisie interrompue")
    QUIET = 1, _("tranquille")
    INCIVILITY = 2, _("incivilités récurrentes")
    DELINQUENCY = 3, _("délinquance réelle")
    TENSION = 4, _("tension installée")


def mark_of(level: int, *, silent: bool) -> int:
    """Return the value of the :class:`Mark` of a place.

    >>> mark_of(1, silent=True), mark_of(1, silent=False), mark_of(3, silent=True)
    (0, 1, 3)
    """
    return Mark.STOPPED.value if silent and level == Level.QUIET else level


def shown_level() -> Coalesce:
    """Return the level that a row with ``level`` and ``retained`` is shown with: the retained one, else the proposed one."""
    return Coalesce("retained", "level")


def mark_column() -> models.GeneratedField:
    """Return the column of the :class:`Mark` of a row that has ``level``, ``retained`` and ``silent``; the database computes it."""
    quiet = Q(retained=Level.QUIET) | Q(retained=None, level=Level.QUIET)
    stopped = models.When(quiet, silent=True, then=models.Value(Mark.STOPPED.value))
    return models.GeneratedField(
        expression=models.Case(
            stopped, default=shown_level(), output_field=models.PositiveSmallIntegerField()
        ),
        output_field=models.PositiveSmallIntegerField(choices=Mark),
        db_persist=True,
        verbose_name=_("marque"),
    )
