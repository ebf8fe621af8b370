"""What made the levels of places at a date, as plain data that stands without its records."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import get_language

from classification import engine
from classification.models import GridVersion
from incidents.enums import Service
from incidents.models import FactType

from .explanation import Explanation, explain, explain_disruption

_TYPE_FIELDS = (
    "code", "label_fr", "label_en", "gravity", "listed_daily", "listed_regular", "listed_occasional",
)  # fmt: skip
_COUNTS = ("frequency", "observed", "level", "in_daily", "in_regular", "in_occasional")


def findings_by_residence(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return the pooled findings of residences: type, frequency, counts and level, no days, no periods.

    Highest level first, then most frequent, then gravest.
    """
    types = {kind.pk: {name: getattr(kind, name) for name in _TYPE_FIELDS} for kind in FactType.objects.all()}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.findings(version, as_of, residence_ids):
        if row["address_id"] is None:
            finding = types[row["fact_type_id"]] | {name: row[name] for name in _COUNTS}
            found[row["residence_id"]].append(finding)
    for rows in found.values():
        rows.sort(key=lambda f: (-f["level"], -f["frequency"], -f["gravity"], f["code"]))
    return found


def disruptions_by_residence(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int]
) -> dict[int, list[dict[str, Any]]]:
    """Return the disruptions that count at ``as_of`` (table 1), the most recent first."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.disruptions(version, as_of, residence_ids):
        found[row["residence_id"]].append(
            {
                "service_code": row["service"],
                "extent": row["extent"],
                "starts_on": row["starts_on"].isoformat(),
                "ends_on": row["ends_on"] and row["ends_on"].isoformat(),
                "recurs_daily": row["recurs_daily"],
                "level": row["level"],
                "counts_until": row["counts_until"] and row["counts_until"].isoformat(),
            }
        )
    return found


def explain_frozen(finding: Mapping[str, Any], as_of: dt.date, version: GridVersion) -> Explanation:
    """Put a finding of :func:`findings_by_residence` into words, in the active language.

    What was frozen before may hold the periods of facts of unknown day: they are not told either.
    """
    return explain({**finding, "fact_type": label_of(finding), "days": None, "spans": None}, as_of, version)


def explain_frozen_disruption(disruption: Mapping[str, Any], as_of: dt.date, version: GridVersion) -> str:
    """Put a disruption of :func:`disruptions_by_residence` into words, in the active language.

    What was frozen before bears no level: it is weighed by the rule that weighed it then.
    """
    dates = {name: _day(disruption.get(name)) for name in ("starts_on", "ends_on", "counts_until")}
    said = {**disruption, **dates, "service": str(Service(disruption["service_code"]).label)}
    if "level" not in disruption:
        weighed = {**disruption, "service": disruption["service_code"]}
        said["level"], said["counts_until"] = engine.weigh_frozen(version, as_of, weighed)
    return explain_disruption(said, as_of)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def label_of(finding: Mapping[str, Any]) -> str:
    """Return the label of a finding's fact type in the active language."""
    return str(finding["label_en" if get_language() == "en" else "label_fr"])
