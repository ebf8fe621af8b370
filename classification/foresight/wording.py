"""Say in words why a residence is to be watched."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import localize
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from classification.method.scale import Frequency
from classification.models import Signal, SignalKind

from .rules import HOT_METRES, NEAR_DAYS, NEAR_METRES


def sentence(signal: Signal) -> str:
    """Return the sentence of a reason, with the figures that it rests on."""
    said = _SENTENCES[SignalKind(signal.kind)](signal.figures)
    return f"{signal.fact_type} : {said}" if signal.fact_type else said


def _rise(figures: Mapping[str, Any]) -> str:
    said = []
    if "z" in figures:
        said.append(
            _(
                "des faits %(now)s jours sur les 28 derniers, contre %(before)s sur les 28 d’avant ; le hasard seul irait"
                " jusqu’à %(most)s"
            )
            % _numbers(figures)
        )
    if "week" in figures:
        said.append(
            ngettext(
                "%(week)s jour avec des faits cette semaine, contre %(usual)s par semaine d’ordinaire",
                "%(week)s jours avec des faits cette semaine, contre %(usual)s par semaine d’ordinaire",
                figures["week"],
            )
            % _numbers(figures)
        )
    return _(" ; ").join(said)


def _near(figures: Mapping[str, Any]) -> str:
    values = _numbers(figures) | {"metres": round(NEAR_METRES), "days": NEAR_DAYS}
    said = _("%(near)s occurrences à moins de %(metres)s m en %(days)s jours") % values
    if not figures["own"]:
        return said
    own = _("dont %(own)s ici") % values
    return f"{said}, {own}"


def hot_said(figures: Mapping[str, Any]) -> str:
    """Return in words what makes a hot spot: how many, in which window, around how many residences, of which types."""
    values = _numbers(figures) | {"metres": round(HOT_METRES)}
    said = (
        ngettext(
            "%(around)s occurrences en 91 jours dans cette résidence seule",
            "%(around)s occurrences en 91 jours dans les %(places)s résidences à moins de %(metres)s m",
            figures["places"],
        )
        % values
    )
    # Reasons of before had no types.
    labels = [
        str(kind["label_en" if get_language() == "en" else "label_fr"]) for kind in figures.get("types", ())
    ]
    if not labels:
        return said
    # A label may hold a comma.
    mostly = _("surtout : %(types)s") % {"types": _(" ; ").join(_inside(label) for label in labels)}
    return f"{said} ({mostly})"


def _inside(label: str) -> str:
    """Write the label of a type inside a sentence."""
    return label[:1].lower() + label[1:]


def _tip(figures: Mapping[str, Any]) -> str:
    values = {
        "frequency": Frequency(figures["after"]).label,
        "before": figures["level"],
        "after": figures["level_after"],
        "pace": figures["pace"],
    }
    if figures["days"] == 1:
        return (
            _(
                "un jour de plus, et les faits deviennent %(frequency)s : du niveau %(before)s au niveau %(after)s"
            )
            % values
        )
    return (
        ngettext(
            "encore une semaine à ce rythme (%(pace)s jour sur 7), et les faits deviennent %(frequency)s :"
            " du niveau %(before)s au niveau %(after)s",
            "encore une semaine à ce rythme (%(pace)s jours sur 7), et les faits deviennent %(frequency)s :"
            " du niveau %(before)s au niveau %(after)s",
            figures["pace"],
        )
        % values
    )


def _fading(figures: Mapping[str, Any]) -> str:
    return ngettext(
        "%(now)s occurrence saisie en 91 jours, pour %(expected)s attendues",
        "%(now)s occurrences saisies en 91 jours, pour %(expected)s attendues",
        figures["now"],
    ) % _numbers(figures)


_SENTENCES = {
    SignalKind.RISE: _rise,
    SignalKind.NEAR: _near,
    SignalKind.HOT: hot_said,
    SignalKind.TIP: _tip,
    SignalKind.FADING: _fading,
}


def _numbers(figures: Mapping[str, Any]) -> dict[str, str]:
    return {name: localize(value) for name, value in figures.items() if not isinstance(value, list)}
