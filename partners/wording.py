"""Say of a level that is given to a circle whether its landlord decided about it, or by when it is expected to."""

import datetime as dt
from typing import Protocol

from django.utils.translation import gettext as _

from classification.decisions.wording import Decided
from classification.residence.wording import typeset
from core.dates import long_date


class Given(Decided, Protocol):
    """A level as it is given, with what was decided about it by then, and when a decision was expected."""

    @property
    def expected_on(self) -> dt.date | None:
        """The deadline of the campaign that asked its landlord, None where none did."""

    @property
    def closed_on(self) -> dt.date | None:
        """When the campaign that it comes from was closed without its landlord having decided, None of any other."""


class Dated(Protocol):
    """What holds levels of a day: a publication, of a campaign or not."""

    as_of: dt.date
    campaign_name: str
    campaign_version: int | None


def origin_of(given: Dated) -> str:
    """Return the words for where levels come from: a version of a campaign, or none."""
    if given.campaign_version is None:
        return _("hors campagne")
    values = {"name": given.campaign_name, "n": given.campaign_version}
    return typeset(_("campagne « %(name)s », version %(n)s") % values)


def day_and_origin_of(given: Dated) -> str:
    """Return the same with the day of the levels, for what does not show it beside."""
    values = {"name": given.campaign_name, "n": given.campaign_version, "day": long_date(given.as_of)}
    if given.campaign_version is None:
        return typeset(_("hors campagne, niveaux au %(day)s") % values)
    return typeset(_("campagne « %(name)s », niveaux au %(day)s, version %(n)s") % values)


def given_of(site: Given) -> str:
    """Return the words that stand beside a level wherever it is given: decided by its landlord, or proposed and by when expected, or not by the end of its campaign."""
    if site.retained is None or site.decided_on is None:
        if site.closed_on is not None:
            said = _("proposé, non validé à l’arrêt de la campagne le %(day)s")
            return typeset(said % {"day": long_date(site.closed_on)})
        if site.expected_on is None:
            return _("proposé, non encore décidé")
        said = _("proposé, non encore décidé, décision attendue pour le %(day)s")
        return typeset(said % {"day": long_date(site.expected_on)})
    values = {"day": long_date(site.decided_on), "proposed": site.level, "retained": site.retained}
    if site.retained == site.level:
        return typeset(_("décidé par le bailleur le %(day)s") % values)
    return typeset(
        _("décidé par le bailleur le %(day)s : proposé %(proposed)s, retenu %(retained)s") % values
    )


def briefly_given_of(site: Given) -> str:
    """Return the same for the lines of a printed table, where a day is written in figures."""
    if site.retained is None or site.decided_on is None:
        if site.expected_on is None:
            return _("proposé, non décidé")
        return _("proposé, décision attendue le %(day)s") % {"day": _short(site.expected_on)}
    values = {"day": _short(site.decided_on), "proposed": site.level}
    if site.retained == site.level:
        return _("décidé le %(day)s") % values
    return typeset(_("décidé le %(day)s, proposé %(proposed)s") % values)


def _short(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"
