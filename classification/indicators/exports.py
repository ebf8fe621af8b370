"""Write the indicators to a file: one row for each figure, with what it is compared with."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.files import Column

from . import showing
from .figures import Indicators, Own, Rate
from .measures import Change, Interval
from .showing import Table


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file; figures that are no counts of facts have no ratio, and those of places have a rate."""

    table: str
    label: str
    now: int | float | Decimal | None
    before: int | float | Decimal | None
    change: Change | None = None
    rate: Rate | None = None
    silent: bool = False


def columns(found: Indicators) -> list[Column]:
    """Return the columns of the file, the periods in their titles."""
    return [
        (_("Tableau"), lambda line: line.table),
        (_("Ligne"), lambda line: line.label),
        (found.period.short, lambda line: line.now),
        (found.compared.short, lambda line: line.before),
        (_("Rapport des rythmes"), lambda line: line.change and _rounded(line.change.ratio)),
        (_("Rapport, borne basse à 95 %"), lambda line: line.change and _low(line.change.interval)),
        (_("Rapport, borne haute à 95 %"), lambda line: line.change and _high(line.change.interval)),
        (_("Évolution"), _told),
        (_("Faits pour 100 logements"), lambda line: line.rate and _rounded(line.rate.value)),
        (_("Taux, borne basse à 95 %"), lambda line: line.rate and _low(line.rate.interval)),
        (_("Taux, borne haute à 95 %"), lambda line: line.rate and _high(line.rate.interval)),
    ]


def _told(line: Line) -> str:
    if line.silent:
        return _("saisie interrompue")
    return said(line.change) if line.change else ""


def said(change: Change) -> str:
    """Say what a change tells: more, less, nothing that is established, or too few facts to tell."""
    if change.told:
        return _("en hausse") if change.told > 0 else _("en baisse")
    if change.apart:
        return _("sans comparaison")
    return _("trop peu de faits") if change.few else _("non établie")


def lines(found: Indicators, tables: list[Table], *, by_landlord: bool) -> Iterator[Line]:
    """Yield the rows of the file: the key figures, then table by table."""
    key = _("Chiffres clés")
    yield Line(key, _("Faits"), found.facts.now, found.facts.before, found.facts.change, found.rate)
    yield Line(
        key,
        _("Violences sur le personnel ou la police"),
        found.staff.now,
        found.staff.before,
        found.staff.change,
    )
    if found.own:
        yield from _own(key, found.own)
    trafficking = found.trafficking
    yield Line(key, _("Troubles liés aux trafics"), trafficking.now, trafficking.before, trafficking.change)
    yield Line(key, _("Jours de perturbation"), *found.disruption_days[None])
    yield Line(key, _("Constats permanents en vigueur en fin de période"), *found.in_force)
    for label, now, before in showing.course_rows(found):
        yield Line(_("Au fil de la période"), label, now, before)
    for table in tables:
        for row in table.rows:
            label = f"{row.label} – {row.note}" if row.note else row.label
            yield Line(
                table.title, label, row.pair.now, row.pair.before, row.pair.change, row.rate, row.silent
            )
    for service, now, before in showing.services(found):
        yield Line(_("Jours de perturbation"), service, now, before)
    if by_landlord:
        for one in found.landlords:
            yield Line(_("Saisie interrompue"), one.name, one.silent, None)


def _own(key: str, own: Own) -> Iterator[Line]:
    yield Line(key, _("Plaintes déposées"), own.complaints.now, own.complaints.before, own.complaints.change)
    now, before = own.staff_complaints
    yield Line(key, _("Violences sur le personnel suivies d’une plainte"), now.part, before.part)
    cost, cost_before = own.cost
    yield Line(key, _("Coût du vandalisme (€)"), cost.amount, cost_before.amount)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _low(interval: Interval | None) -> float | None:
    return _rounded(interval.low) if interval else None


def _high(interval: Interval | None) -> float | None:
    return _rounded(interval.high) if interval else None
