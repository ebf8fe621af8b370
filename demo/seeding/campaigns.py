"""Plant the campaigns of diagnosis of the fictional territory: two that are closed, and one that is open."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from accounts.enums import Role
from accounts.scope import acting_as
from classification.campaigns import services
from classification.campaigns.freezing import freeze, read
from classification.campaigns.tasks import propose_levels
from classification.engine.services import default_grid, evaluate
from classification.models import Campaign, Closing

from .decisions import decide_levels
from .people import People
from .stock import Stock


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of a campaign, each in days before today: of the levels, of its opening, and its deadline."""

    as_of: int
    opened: int
    deadline: int


_FINISHED = (_Days(200, 198, 185), _Days(90, 88, 75))
_OPEN = _Days(as_of=8, opened=6, deadline=-15)
# Leads decide on the last day, and the coordinator closes the campaign some days after it.
_CLOSED_AFTER = 6
# The days since the last decisions on which the evaluation finds that the levels of some have changed.
_EVALUATED_DAYS_AGO = (60, 45, 30, 15)
_HOUR = dt.time(9, 40)


def plant_campaigns(stock: Stock, people: People, today: dt.date) -> None:
    """Have the coordinator lead two campaigns to their end and open a third, and the levels evaluated in between."""
    for days in _FINISHED:
        campaign = _open(stock, people, today, days)
        evaluate(as_of=today - dt.timedelta(days.deadline))
        decide_levels(people, _moment(today, days.deadline))
        _close(people, campaign, _moment(today, days.deadline - _CLOSED_AFTER))
    for days_ago in _EVALUATED_DAYS_AGO:
        evaluate(as_of=today - dt.timedelta(days_ago))
    propose_levels(_open(stock, people, today, _OPEN).pk)


def _open(stock: Stock, people: People, today: dt.date, days: _Days) -> Campaign:
    as_of = today - dt.timedelta(days.as_of)
    name = f"Diagnostic, {date_format(as_of, 'F Y')}"
    with acting_as(people.by_role[Role.COORDINATOR]) as scope:
        campaign = services.prepare(
            scope, territory=stock.territory, name=name, as_of=as_of,
            grid_version=default_grid(), landlords=services.sharing_with(stock.territory),
            deadline=today - dt.timedelta(days.deadline),
        )  # fmt: skip
        services.open_campaign(scope, campaign, at=_moment(today, days.opened))
    return campaign


def _close(people: People, campaign: Campaign, at: dt.datetime) -> None:
    with acting_as(people.by_role[Role.COORDINATOR]) as scope:
        asked = services.close(scope, campaign)
        closing = Closing.objects.select_related("campaign__territory", "campaign__grid_version").get(
            pk=asked.pk
        )
        freeze(scope, closing, read(closing.campaign), at)


def _moment(today: dt.date, days_ago: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(today - dt.timedelta(days_ago), _HOUR))
