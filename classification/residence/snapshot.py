"""Read the evidence of levels at a date as plain data that is complete without the records."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language

from classification import engine
from classification.models import GridVersion
from incidents.enums import Extent, Service
from incidents.models import FactType

from .explanation import Explanation, explain, explain_disruption, name_disruption

_TYPE_FIELDS = (
    "code", "label_fr", "label_en", "gravity", "listed_daily", "listed_regular", "listed_occasional",
)  # fmt: skip
_COUNTS = ("frequency", "observed", "level", "in_daily", "in_regular", "in_occasional")


def findings_by_residence(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return the findings of residences as a whole, without days and spans, by residence id.

    Each has its type, frequency, counts and level. They are sorted by level, frequency and gravity,
    the highest first.
    """
    types = {kind.pk: _said_of(kind) for kind in FactType.objects.all()}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.findings(version, as_of, residence_ids):
        if row["address_id"] is None:
            finding = types[row["fact_type_id"]] | {name: row[name] for name in _COUNTS}
            found[row["residence_id"]].append(finding)
    for rows in found.values():
        rows.sort(key=lambda f: (-f["level"], -f["frequency"], -f["gravity"], f["code"]))
    return found


def findings_as_given(frozen: Iterable[Sequence[Mapping[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Return the findings that a campaign froze of residences as :func:`findings_by_residence` does, in their order."""
    types = {kind.code: _said_of(kind) for kind in FactType.objects.all()}
    return [
        [types[finding["code"]] | {name: finding[name] for name in _COUNTS} for finding in findings]
        for findings in frozen
    ]


def _said_of(kind: FactType) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in _TYPE_FIELDS}


def awaiting_sight(version: GridVersion, as_of: dt.date, residence_ids: Collection[int]) -> set[int]:
    """Return the residences where table 1 would be higher with a disruption that no security lead has seen."""
    seen: dict[int, int] = defaultdict(lambda: 1)
    unseen: dict[int, int] = defaultdict(lambda: 1)
    for row in engine.disruptions(version, as_of, residence_ids):
        of = unseen if row["seen_at"] is None else seen
        of[row["residence_id"]] = max(row["level"], of[row["residence_id"]])
    return {residence for residence, level in unseen.items() if level > seen[residence]}


def disruptions_by_residence(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return the disruptions that count at ``as_of`` (table 1), by residence id, the most recent first.

    Those that no security lead has seen are left out: they are not for a circle.
    """
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.disruptions(version, as_of, residence_ids):
        if row["seen_at"] is None:
            continue
        found[row["residence_id"]].append(
            {
                "service_code": row["service"],
                "extent": row["extent"],
                "starts_on": row["starts_on"].isoformat(),
                "ends_on": row["ends_on"] and row["ends_on"].isoformat(),
                "recurs_daily": row["recurs_daily"],
                "hours_from": row["hours_from"] and f"{row['hours_from']:%H:%M}",
                "hours_until": row["hours_until"] and f"{row['hours_until']:%H:%M}",
                "level": row["level"],
                "counts_until": row["counts_until"] and row["counts_until"].isoformat(),
            }
        )
    return found


def explain_frozen(finding: Mapping[str, Any], as_of: dt.date, version: GridVersion) -> Explanation:
    """Return the explanation of a finding of :func:`findings_by_residence`, in the active language.

    Findings frozen by earlier versions may hold spans of facts of unknown day: these are withheld too.
    """
    return explain({**finding, "fact_type": label_of(finding), "days": None, "spans": None}, as_of, version)


def explain_frozen_disruption(disruption: Mapping[str, Any], as_of: dt.date, version: GridVersion) -> str:
    """Return the sentence for a disruption of :func:`disruptions_by_residence`, in the active language.

    Disruptions frozen by earlier versions bear no level: it is computed with the grid they were classified with.
    Those that bear no hours were classified while any disruption of the staff's presence gave level 4: they keep
    that level and its words.
    """
    return explain_disruption(_thawed(disruption, as_of, version), as_of)


def main_nature(
    facts_level: int,
    impact_level: int,
    finding: Mapping[str, Any] | None,
    disruptions: Sequence[Mapping[str, Any]],
    as_of: dt.date,
    version: GridVersion,
) -> str:
    """Name what gives a site its level, in the active language: a fact type or, from table 1 alone, a disruption.

    Args:
        facts_level: the level of table 2.
        impact_level: the level of table 1.
        finding: the first finding of :func:`findings_by_residence`; None where there is none.
        disruptions: as returned by :func:`disruptions_by_residence`, frozen or not.
        as_of: the day of the levels.
        version: the grid they were classified with.

    Returns:
        The words, "" where no record counts.
    """
    if impact_level > facts_level:
        thawed = (_thawed(disruption, as_of, version) for disruption in disruptions)
        return next((name_disruption(said) for said in thawed if said["level"] == impact_level), "")
    return label_of(finding) if finding else ""


def _thawed(disruption: Mapping[str, Any], as_of: dt.date, version: GridVersion) -> dict[str, Any]:
    """Return a frozen disruption as :func:`.explanation.explain_disruption` takes it."""
    dates = {name: _day(disruption.get(name)) for name in ("starts_on", "ends_on", "counts_until")}
    said = {**disruption, **dates, "service": str(Service(disruption["service_code"]).label)}
    for name in ("hours_from", "hours_until"):
        if disruption.get(name):
            said[name] = dt.time.fromisoformat(disruption[name])
    if "level" not in disruption:
        former = disruption["service_code"] == Service.STAFF_PRESENCE
        weighed = {**disruption, "extent": Extent.IMPOSSIBLE} if former else disruption
        said["level"], said["counts_until"] = engine.weigh_frozen(version, as_of, weighed)
    return said


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def label_of(finding: Mapping[str, Any]) -> str:
    """Return the label of a finding's fact type in the active language."""
    return str(finding["label_en" if get_language() == "en" else "label_fr"])
