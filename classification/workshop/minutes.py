"""Typeset the minutes of a workshop, for one reader at one moment."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from classification.campaigns.reading import names_of
from classification.models import Campaign
from core.dates import long_moment
from core.typesetting import typeset

from . import agenda, reading

_TEMPLATE = Path(__file__).resolve().parent / "minutes.typ"
_READINGS = 3


class MovedError(Exception):
    """What the minutes say changed from one reading to the next; nothing was made."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """A PDF, and the digest printed at its end, which identifies the reader and the moment."""

    pdf: bytes
    digest: str


def minutes_of(campaign: Campaign, *, holder: str, organisation: str) -> Minutes:
    """Return the minutes of the workshop of an open campaign as tagged PDF/UA-1, in French, its lists bounded.

    Args:
        campaign: an open campaign, with its territory.
        holder: the name of the reader.
        organisation: the name of the reader's organisation.

    Raises:
        MovedError: what they say keeps changing.
        TypesettingError: they cannot be typeset.
    """
    with override("fr"):
        content, at = _content_at_once(campaign, organisation)
        said = long_moment(at)
    whole = json.dumps(content, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(f"{whole}\n{holder}\n{organisation}\n{at.isoformat()}".encode()).hexdigest()
    stamp = {
        "holder": holder,
        "organisation": organisation,
        "at": said,
        "digest": digest,
        "demo": settings.DEMO,
    }
    return Minutes(typeset(_TEMPLATE, {"content": content, "stamp": stamp}, at), digest)


def _content_at_once(campaign: Campaign, organisation: str) -> tuple[dict[str, Any], dt.datetime]:
    """Return the content, and a moment at which all of it was so.

    Each of its statements reads the database at a moment of its own: what two readings in a row say was so between them.

    Raises:
        MovedError: no two readings in a row say the same.
    """
    said = _content(campaign, organisation)
    for _reading in range(_READINGS):
        at = timezone.now()
        again = _content(campaign, organisation)
        if again == said:
            return said, at
        said = again
    raise MovedError


def _content(campaign: Campaign, organisation: str) -> dict[str, Any]:
    contested, cut = reading.contested_in(campaign, manages=True)
    return {
        "organisation": organisation,
        "territory": campaign.territory.name,
        "campaign": campaign.name,
        "as_of": campaign.as_of.isoformat(),
        "deadline": campaign.deadline.isoformat(),
        "landlords": names_of(campaign),
        "contested": [_contested(one) for one in contested],
        "contested_cut": cut,
        "parts": _parts(campaign),
    }


def _contested(one: reading.Contested) -> dict[str, Any]:
    contest, last = one.contest, one.last
    return {
        "name": contest.residence.name,
        "landlord": contest.landlord.name,
        "commune": contest.commune.name,
        "by": _("le bailleur") if contest.by_landlord else _("la coordination"),
        "day": timezone.localdate(contest.made_at).isoformat(),
        "reason": contest.reason,
        "conclusion": last.conclusion if last else "",
        "recommended": last.recommended if last else None,
        "settled_on": timezone.localdate(last.settled_at).isoformat() if last else "",
    }


def _parts(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the order of the day but for what is contested, which stands before it with its conclusions."""
    parts = [
        {
            "title": str(part.title),
            "total": part.total,
            "items": [_item(item) for item in part.items],
        }
        for part in agenda.agenda_of(campaign)
        if part.number != agenda.CONTESTED
    ]
    pairs = agenda.neighbours_of(campaign)
    if pairs:
        parts.insert(-1, {
            "title": _("Voisins de bailleurs différents dont les niveaux diffèrent"),
            "total": pairs[0].total,
            "items": [_pair(pair) for pair in pairs],
        })  # fmt: skip
    return parts


def _item(item: agenda.Item) -> dict[str, Any]:
    said = []
    if item.part == agenda.RISING:
        said = [item.rises_by]
    elif item.part == agenda.RISEN:
        said = [_("de %(before)s à %(now)s") % {"before": item.shown_before, "now": item.shown}]
    if item.part != agenda.UNDECIDED:
        said.append(_decided(item.retained is not None))
    return {
        "mark": item.mark,
        "name": item.name,
        "landlord": item.landlord,
        "commune": item.commune,
        "said": ", ".join(said),
    }


def _decided(is_decided: bool) -> str:
    """Return the words that stand beside each level that leaves its landlord."""
    return _("retenu") if is_decided else _("proposé, non validé")


def _pair(pair: agenda.Pair) -> dict[str, Any]:
    values = {
        "other": pair.other,
        "landlord": pair.other_landlord,
        "n": pair.other_shown,
        "metres": round(pair.metres),
        "decided": _decided(pair.other_decided),
    }
    return {
        "mark": pair.shown,
        "name": pair.name,
        "landlord": pair.landlord,
        "commune": "",
        "said": ", ".join(
            [
                _decided(pair.decided),
                _("%(other)s (%(landlord)s) est au niveau %(n)s, %(decided)s, à %(metres)s m") % values,
            ]
        ),
    }
