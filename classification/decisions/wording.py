"""Say of a level whether its landlord decided about it, or it is proposed and not yet decided."""

import datetime as dt
from typing import Protocol

from django.utils.translation import gettext as _

from classification.models import Decision
from classification.residence.wording import typeset
from core.dates import long_date


class Decided(Protocol):
    """A level with what was decided about it: of a site now, in a publication or in a note."""

    @property
    def level(self) -> int:
        """The proposed level."""

    @property
    def retained(self) -> int | None:
        """The level that the landlord retained, None where nobody has decided."""

    @property
    def decided_on(self) -> dt.date | None:
        """When it did."""


def said_of(site: Decided) -> str:
    """Return the words about a level: by whose word it stands, and which level the method proposes where that is another.

    They stand beside the level wherever it is shown within landlords and to coordinators; what is given to a circle says so in
    the words of :mod:`partners.wording`.
    """
    if site.retained is None or site.decided_on is None:
        return _("proposé, non validé")
    values = {"day": long_date(site.decided_on), "proposed": site.level, "retained": site.retained}
    if site.retained == site.level:
        return typeset(_("retenu par le bailleur le %(day)s") % values)
    return typeset(_("proposé %(proposed)s, retenu %(retained)s par le bailleur le %(day)s") % values)


def lapsed_because(decision: Decision) -> str:
    """Return why a decision that lapsed does not stand any more; "" for one that stands."""
    ended = decision.ended_on
    if ended is None:
        return ""
    values = {"before": decision.proposed, "after": decision.lapsed_level, "day": long_date(ended)}
    if decision.lapsed_level is None:
        said = _("caduque depuis le %(day)s : la résidence a été fermée")
    elif decision.lapsed_level != decision.proposed:
        said = _("caduque depuis le %(day)s : le niveau proposé est passé de %(before)s à %(after)s")
    elif decision.lapsed_silent:
        said = _("caduque depuis le %(day)s : la saisie s’est interrompue")
    else:
        said = _("caduque depuis le %(day)s : la saisie a repris")
    return typeset(said % values)
