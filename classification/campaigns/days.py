"""Check the days of a campaign: those of its levels, its deadline, and when another grid begins."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from classification.decisions.reading import DECIDED_WITHIN
from classification.home.movements import erased_since, is_recorded
from classification.models import AdoptionState, Campaign, GridAdoption
from core.dates import long_date
from core.once import one_at_a_time

from .freezing import reach_of


def check_days(as_of: dt.date, deadline: dt.date) -> None:
    """Check that decisions made by ``deadline`` still count for levels at ``as_of``.

    Raises:
        ValidationError: they do not, or the deadline comes before the day of the levels.
    """
    last = as_of + DECIDED_WITHIN
    if not as_of <= deadline <= last:
        said = _(
            "L’échéance va du jour des niveaux au %(last)s : au-delà, une décision ne porte plus sur eux."
        )
        raise ValidationError(said % {"last": long_date(last)})


def check_opens(campaign: Campaign, today: dt.date) -> None:
    """Check that a draft can be opened today.

    Raises:
        ValidationError: it cannot, and why.
    """
    if campaign.as_of > today:
        said = _("Le jour des niveaux, le %(day)s, n’est pas encore venu.")
        raise ValidationError(said % {"day": long_date(campaign.as_of)})
    if said := erased_since(campaign.as_of):
        raise ValidationError(said)
    if campaign.deadline < today:
        raise ValidationError(_("L’échéance est passée : repoussez-la d’abord."))
    check_grid_stays(campaign, campaign.deadline, today)
    if not is_recorded(reach_of(campaign), campaign.as_of):
        said = _("Aucun fait n’est connu à ce jour ni avant : l’absence de saisie n’est pas la tranquillité.")
        raise ValidationError(said)


def hold_grid(territory_id: int) -> None:
    """Have whoever proposes a grid of a territory, and whoever gives a campaign of it a deadline, do so one after the other."""
    one_at_a_time(f"grid/{territory_id}")


def check_grid_stays(campaign: Campaign, deadline: dt.date, today: dt.date) -> None:
    """Check that no other grid begins until the deadline: the levels would change while they are decided about.

    None is proposed until the transaction ends (:func:`hold_grid`).

    Raises:
        ValidationError: one is proposed, or adopted, from a day until then.
    """
    hold_grid(campaign.territory_id)
    coming = Q(state=AdoptionState.PROPOSED, starts_on__gte=today) | Q(
        state=AdoptionState.ADOPTED, starts_on__gt=today
    )
    rows = GridAdoption.objects.filter(coming, territory=campaign.territory_id, starts_on__lte=deadline)
    if (begins := rows.order_by("starts_on").values_list("starts_on", flat=True).first()) is not None:
        said = _(
            "Une autre grille est proposée ou adoptée à partir du %(day)s : choisissez une échéance qui vient avant, ou"
            " retirez cette grille."
        )
        raise ValidationError(said % {"day": long_date(begins)})
