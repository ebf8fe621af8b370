"""Explain the level of a place in sentences that people can check against the records.

Every function here is pure: it depends on plain values and on the active language alone, so that a
page, a spreadsheet and a printed note show the same sentences.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classification.method.scale import Frequency, Level
from classification.models import GridVersion
from core.dates import hours_between, long_date

from .wording import between, days_count, facts_count, listing, typeset

# The codes whose French labels are feminine, and those whose labels are singular, for grammatical agreement.
_FEMININE = frozenset({
    "INSULTS", "LONG_PARKED_CAR", "MINOR_DAMAGE", "ABANDONED_CAR", "WILD_CAR_REPAIR", "VERBAL_ABUSE",
    "DAMAGE", "UNLAWFUL_OCCUPATION", "PHYSICAL_ASSAULT", "DEATH_THREATS", "SPACE_APPROPRIATION",
    "WEAPONS", "STAFF_OR_POLICE_VIOLENCE", "URBAN_VIOLENCE",
})  # fmt: skip
_SINGULAR = frozenset({
    "WILD_CAR_REPAIR", "VANDALISM", "CONTROL_OF_MOVEMENT", "SPACE_APPROPRIATION", "WEAPONS",
    "RISK_OF_VIOLENCE",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactList:
    """A list of facts: their number, the list's URL, their type, and the day and URL of each counted day's list."""

    number: int
    url: str
    fact_type: str
    days: tuple[tuple[dt.date, str], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of one finding.

    Attributes:
        sentence: the type, the frequency, the reason for it and the level.
        notes: remarks that do not change the level.
        days: the counted days of the deciding window, oldest first.
        spans: the facts of unknown day whose span overlaps that window, one phrase for each span.
        since: the first day of that window; None when no recorded fact counts.
        facts: the list of those facts, for readers who may see them; None for others.
    """

    sentence: str
    level: int
    frequency: int
    notes: tuple[str, ...] = ()
    days: tuple[dt.date, ...] = ()
    spans: tuple[str, ...] = ()
    since: dt.date | None = None
    facts: FactList | None = None


def explain(finding: Mapping[str, Any], as_of: dt.date, version: GridVersion) -> Explanation:
    """Return the explanation of a finding.

    Args:
        finding: ``fact_type`` (label), ``frequency``, ``observed``, ``level``, ``in_daily``,
            ``in_regular``, ``in_occasional``, ``days`` (dates or ISO strings; None when they
            are withheld), ``spans`` (a list of ``[first, last, facts]``, or None). Optional: ``code``, for the
            agreement of French; ``listed_daily``, ``listed_regular``, ``listed_occasional``; and
            ``confirmed_on``, the last confirmation of the standing observation.
        as_of: the day the finding looks back from.
        version: the grid it was made with.
    """
    frequency = Frequency(finding["frequency"])
    grid = version.grid
    counted = grid.frequency(finding["in_daily"], finding["in_regular"], finding["in_occasional"])
    window = grid.thresholds[counted or Frequency.OCCASIONAL].days
    evidence = _Evidence.of(finding, as_of, window, counted or Frequency.OCCASIONAL)
    by_observation = counted is None or counted < frequency
    reason = _observed(finding, as_of) if by_observation else evidence.phrase(as_of)
    sentence = _("%(type)s : %(frequency)s, %(reason)s → niveau %(level)s") % {
        "type": finding["fact_type"],
        "frequency": agreed(frequency, finding.get("code", "")),
        "reason": reason,
        "level": finding["level"],
    }
    notes = [*_other_source(finding, counted, evidence, as_of), *_not_listed(finding, frequency)]
    return Explanation(
        sentence=typeset(sentence),
        level=finding["level"],
        frequency=frequency,
        notes=tuple(typeset(note) for note in notes),
        days=evidence.days or (),
        spans=tuple(typeset(_span(span, as_of)) for span in evidence.spans),
        since=as_of - dt.timedelta(window - 1) if counted else None,
    )


def agreed(frequency: Frequency, code: str = "") -> str:
    """Return the word for a frequency, in agreement with the label of the fact type of ``code``."""
    feminine, singular = code in _FEMININE, code in _SINGULAR
    words = {
        Frequency.DAILY: (_("quotidiens"), _("quotidiennes"), _("quotidien"), _("quotidienne")),
        Frequency.REGULAR: (_("réguliers"), _("régulières"), _("régulier"), _("régulière")),
        Frequency.OCCASIONAL: (
            _("ponctuels"),
            _("ponctuelles"),
            _("ponctuel"),
            _("ponctuelle"),
        ),
    }
    return words[frequency][2 * singular + feminine]


def explain_disruption(disruption: Mapping[str, Any], as_of: dt.date) -> str:
    """Return the sentence that explains a disruption and its impact level (table 1).

    Args:
        disruption: ``service`` (label), ``service_code``, ``extent`` (code), ``starts_on``,
            ``ends_on`` (or None), ``recurs_daily``, ``hours_from`` and ``hours_until`` (times, or None; absent of
            what was frozen while any disruption of the staff's presence gave level 4); ``level`` and
            ``counts_until`` as the engine gives them. Optional: ``to_reread``, see :class:`Disruption`.
        as_of: the as-of date of the impact level.
    """
    sentence = _("%(service)s : %(what)s %(when)s → niveau d’impact %(level)s") % {
        "service": disruption["service"],
        "what": _impact_words(disruption),
        "when": _period(disruption["starts_on"], disruption["ends_on"], as_of),
        "level": disruption["level"],
    }
    ended = disruption["ends_on"]
    if ended and ended < as_of:
        last = long_date(disruption["counts_until"], as_of)
        sentence += _(" (terminée, compte jusqu’au %(day)s)") % {"day": last}
    if disruption.get("to_reread"):
        sentence += _(
            ". Saisie sous l’ancienne règle, où elle donnait le niveau 4 : dites si la présence était impossible"
        )
    return typeset(sentence)


def name_disruption(disruption: Mapping[str, Any]) -> str:
    """Return the service and what is wrong with it, without days; argument as for :func:`explain_disruption`."""
    name = _("%(service)s : %(what)s") % {
        "service": disruption["service"],
        "what": _impact_words(disruption).rstrip(","),
    }
    return typeset(name)


def explain_place(
    facts_level: int,
    impact: int,
    findings: Sequence[Mapping[str, Any]],
    services: Sequence[str],
    *,
    stopped: bool = False,
) -> str:
    """Return the sentence that says which table decided the proposed level of a place, and which records.

    Args:
        facts_level: the level of table 2.
        impact: the level of table 1.
        findings: ``fact_type`` and ``level`` of each finding of the place.
        services: the labels of the services whose disruptions have the level ``impact``.
        stopped: True where recording stopped, and only therefore no record counts.
    """
    level = max(facts_level, impact)
    if stopped and level == Level.QUIET:
        return typeset(
            _("La saisie s’est interrompue : ce qui compte encore ne dit pas le niveau d’aujourd’hui.")
        )
    types = listing([str(f["fact_type"]) for f in findings if f["level"] == facts_level])
    values = {
        "level": level,
        "types": types,
        "services": listing([str(service) for service in services]),
        "facts": facts_level,
        "impact": impact,
    }
    return typeset(_place_sentence(facts_level, impact, bool(types)) % values)


def _place_sentence(facts_level: int, impact: int, has_facts: bool) -> str:
    if facts_level == impact == Level.QUIET:
        if has_facts:
            return _("Niveau %(level)s : les faits sont rares et mineurs, aucune perturbation ne compte.")
        return _("Niveau %(level)s : aucun fait et aucune perturbation ne comptent à cette date.")
    if facts_level > impact:
        return _(
            "Niveau %(level)s d’après les faits (tableau n° 2) : %(types)s. L’impact (tableau n° 1) donne %(impact)s."
        )
    if impact > facts_level:
        return _(
            "Niveau %(level)s d’après l’impact (tableau n° 1) : %(services)s. Les faits (tableau n° 2) donnent %(facts)s."
        )
    return _(
        "Niveau %(level)s d’après les faits (tableau n° 2) : %(types)s, "
        "comme d’après l’impact (tableau n° 1) : %(services)s."
    )


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The records that count in one window."""

    window: int
    total: int
    days: tuple[dt.date, ...] | None
    spans: tuple[tuple[dt.date, dt.date, int], ...]

    @classmethod
    def of(cls, finding: Mapping[str, Any], as_of: dt.date, window: int, frequency: Frequency) -> "_Evidence":
        start = as_of - dt.timedelta(window - 1)
        days = tuple(day for day in map(_date, finding["days"] or ()) if start <= day <= as_of)
        spans = [(_date(first), _date(last), facts) for first, last, facts in finding["spans"] or ()]
        inside = tuple(span for span in spans if span[0] <= as_of and span[1] >= start)
        total = max(finding[f"in_{frequency.name.lower()}"], len(days))
        return cls(window, total, None if finding["days"] is None else days, inside)

    def phrase(self, as_of: dt.date) -> str:
        values = {
            "total": days_count(self.total),
            "known": len(self.days or ()),
            "spans": self._spans(as_of) if self.spans else "",
            "window": self.window,
        }
        if not self.spans:
            return _("%(total)s sur les %(window)s derniers") % values
        if not self.days:
            return _("%(spans)s, soit %(total)s sur les %(window)s derniers") % values
        return (
            ngettext(
                "%(total)s sur les %(window)s derniers (%(known)s connu, plus %(spans)s)",
                "%(total)s sur les %(window)s derniers (%(known)s connus, plus %(spans)s)",
                len(self.days),
            )
            % values
        )

    def _spans(self, as_of: dt.date) -> str:
        if len(self.spans) == 1:
            return _span(self.spans[0], as_of)
        first, last = min(s[0] for s in self.spans), max(s[1] for s in self.spans)
        return _("%(facts)s sur %(number)s périodes %(when)s") % {
            "facts": facts_count(sum(s[2] for s in self.spans)),
            "number": len(self.spans),
            "when": between(first, last, as_of),
        }


def _observed(finding: Mapping[str, Any], as_of: dt.date) -> str:
    confirmed = finding.get("confirmed_on")
    if confirmed:
        return _("d’après un constat permanent confirmé le %(day)s") % {
            "day": long_date(_date(confirmed), as_of)
        }
    return _("d’après un constat permanent")


def _other_source(
    finding: Mapping[str, Any], counted: Frequency | None, evidence: _Evidence, as_of: dt.date
) -> list[str]:
    observed = finding["observed"]
    if observed is None:
        return []
    code = finding.get("code", "")
    if counted is None:
        note = _("Aucun fait saisi sur les %(window)s derniers jours : le constat permanent décide.")
        return [note % {"window": evidence.window}]
    values = {
        "observed": agreed(Frequency(observed), code),
        "counted": agreed(counted, code),
        "reason": evidence.phrase(as_of),
    }
    if counted < observed:
        return [_("Les faits saisis seuls donneraient : %(counted)s, %(reason)s.") % values]
    if counted == observed:
        return [_("Un constat permanent dit la même fréquence.")]
    return [_("Un constat permanent dit moins : %(observed)s ; les faits saisis décident.") % values]


def _not_listed(finding: Mapping[str, Any], frequency: Frequency) -> list[str]:
    if finding.get(f"listed_{frequency.name.lower()}", True):
        return []
    note = _(
        "Le tableau n° 2 ne cite pas cette nature à cette fréquence (%(frequency)s) : elle est classée quand même."
    )
    return [note % {"frequency": agreed(frequency, finding.get("code", ""))}]


def _span(span: tuple[dt.date, dt.date, int], as_of: dt.date) -> str:
    first, last, facts = span
    return f"{facts_count(facts)} {between(first, last, as_of)}"


def _impact_words(disruption: Mapping[str, Any]) -> str:
    if disruption["service_code"] == "staff_presence" and "hours_from" not in disruption:
        return _("impossible à certaines heures")
    words = {
        "limited": _("gêne de quelques heures au plus"),
        "partial": _("indisponibilité partielle ou temporaire"),
        "total": _("interruption totale ou durable"),
        "impossible": _("rendue impossible sur certains horaires"),
    }[disruption["extent"]]
    if disruption.get("hours_from"):
        words += f" ({hours_between(disruption['hours_from'], disruption['hours_until'])})"
    return words + _(", chaque jour,") if disruption["recurs_daily"] else words


def _period(first: dt.date, last: dt.date | None, as_of: dt.date) -> str:
    if last is None or last > as_of:
        return _("depuis le %(day)s") % {"day": long_date(first, as_of)}
    if first == last:
        return _("le %(day)s") % {"day": long_date(first, as_of)}
    return _("du %(first)s au %(last)s") % {"first": long_date(first, as_of), "last": long_date(last, as_of)}


def _date(value: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
