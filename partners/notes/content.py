"""Build and freeze the content of a synthesis note: everything it shows, as data.

A note is a French document: its sentences are in French, whatever the language of the person who
asks for it.
"""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import override

from classification.engine.services import grid_of_territory
from classification.method.scale import Frequency, Gravity, Level, Mark
from classification.models import GridVersion
from classification.residence.snapshot import explain_frozen, explain_frozen_disruption, main_nature
from core.order import in_french
from partners.models import SynthesisNote
from partners.snapshot import Site, Tell, say_nothing, sites_at
from partners.wording import briefly_given_of, given_of

from .map import map_of

SHEET_FROM = Level.DELINQUENCY
# The ids of a landlord and of a commune in which it shares.
Share = tuple[int, int]
_ADDRESS = ("label", "level", "silent", "level_before", "dwellings")
# The source that the page on the method names, frozen with the note.
METHOD = "des « Tableaux d’aide à la classification des sites du niveau 1 à 4 » (AORIF, janvier 2021)"


def freeze(note: SynthesisNote) -> None:
    """Build the content of ``note``, and freeze it with its digest."""
    keep(note, *build(note))


def keep(note: SynthesisNote, content: dict[str, Any], shares: list[Share]) -> None:
    """Store the content and its digest in ``note``, with what it rests on, and mark its job as done."""
    note.content, note.digest = content, digest_of(content)
    note.landlords = sorted({landlord for landlord, _commune in shares})
    note.shares = [f"{landlord}:{commune}" for landlord, commune in shares]
    note.save(update_fields=["content", "digest", "landlords", "shares", *note.mark_done()])


def build(note: SynthesisNote, tell: Tell = say_nothing) -> tuple[dict[str, Any], list[Share]]:
    """Return the content of ``note``, and what it rests on; ``tell`` as for :func:`sites_at`."""
    version = grid_of_territory(note.territory_id, note.as_of)
    sites = sites_at(note.territory, note.as_of, note.landlord, tell)
    with override("fr"):
        content = {
            "territory": note.territory.name,
            "council": note.territory.kind,
            "landlord": note.landlord.name if note.landlord else "",
            "organisation": note.territory.organisation.name,
            "as_of": note.as_of.isoformat(),
            "grid": _grid(version),
            "figures": figures(sites),
            "plan": map_of(sites),
            "sites": [_site(site, note.as_of, version) for site in sites],
        }
    return content, sorted({(site.shared_by_id, site.shared_in_id) for site in sites})


def digest_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of ``content``, in hexadecimal."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def figures(sites: Sequence[Site]) -> dict[str, Any]:
    """Count sites, addresses and dwellings by level; sites by landlord, commune, fact type and month."""
    return {
        "levels": [_level_figures(level, sites) for level in reversed(Level)],
        "stopped": _level_figures(Mark.STOPPED, sites),
        "silent": sum(site.silent for site in sites),
        "decided": sum(site.decided_on is not None for site in sites),
        "unseen": sorted((site.name for site in sites if site.unseen), key=in_french),
        "priority_neighbourhood": sum(site.in_priority_neighbourhood for site in sites),
        "landlords": _by(sites, "landlord"),
        "communes": _by(sites, "commune"),
        "fact_types": _fact_types(sites),
        "trend": _trend(sites),
    }


def _level_figures(level: Level | Mark, sites: Sequence[Site]) -> dict[str, Any]:
    at = [site for site in sites if site.mark == level]
    addresses = [address for site in sites for address in site.addresses if address["mark"] == level]
    return {
        "level": level.value,
        "label": str(level.label),
        "sites": len(at),
        "dwellings": sum(site.dwellings for site in at),
        "addresses": len(addresses),
    }


def _by(sites: Sequence[Site], attribute: str) -> list[dict[str, Any]]:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for site in sites:
        counts[getattr(site, attribute)][site.mark] += 1
    return [
        {"name": name, "levels": [count[level] for level in reversed(Level)], "sites": count.total()}
        for name, count in sorted(counts.items(), key=lambda row: in_french(row[0]))
    ]


def _fact_types(sites: Sequence[Site]) -> list[dict[str, Any]]:
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for site in sites:
        for finding in site.findings:
            by_code[finding["code"]].append(finding)
    rows = [
        {
            "label": found[0]["label_fr"],
            "gravity": found[0]["gravity"],
            "sites": len(found),
            "occurrences": sum(finding["in_occasional"] for finding in found),
            "levels": [sum(f["level"] == level for f in found) for level in reversed(Level)],
        }
        for found in by_code.values()
    ]
    return sorted(rows, key=lambda row: (-row["sites"], -row["occurrences"], in_french(row["label"])))


def _trend(sites: Sequence[Site]) -> list[dict[str, Any]]:
    months: dict[str, Counter[int]] = defaultdict(Counter)
    for site in sites:
        for day, mark in site.trend:
            months[day][mark] += 1
    return [
        {"day": day, "levels": [count[level] for level in reversed(Level)]}
        for day, count in sorted(months.items())
    ]


def _grid(version: GridVersion) -> dict[str, Any]:
    grid = version.grid
    return {
        "name": version.name,
        "source": METHOD,
        "rows": [
            {
                "frequency": frequency.value,
                "cells": [
                    {
                        "level": grid.level(gravity, frequency).value,
                        "provenance": grid.provenance.get((gravity, frequency), "local"),
                    }
                    for gravity in Gravity
                ],
                "occurrences": grid.thresholds[frequency].occurrences,
                "days": grid.thresholds[frequency].days,
            }
            for frequency in reversed(Frequency)
        ],
        "confirmation_days": version.confirmation_days,
        "disruption_days": version.disruption_days,
    }


def _site(site: Site, as_of: dt.date, version: GridVersion) -> dict[str, Any]:
    """Return the data of a site: with explanations at level 3 or 4, for its line of the ranking alone below.

    ``level`` is the one that it is shown with, ``decision`` says in words whether its landlord decided about it or by when it is to, ``decided`` briefly.
    """
    row = asdict(site)
    for name in (
        "opaque_id",
        "shared_by_id",
        "shared_in_id",
        "longitude",
        "latitude",
        "findings",
        "disruptions",
        "retained",
        "decided_on",
        "expected_on",
        "closed_on",
    ):
        del row[name]
    finding = site.findings[0] if site.findings else None
    row["main"] = main_nature(site.facts_level, site.impact_level, finding, site.disruptions, as_of, version)
    row["level"], row["proposed"] = site.shown_level, site.level
    row["decision"], row["decided"] = given_of(site), briefly_given_of(site)
    if max(site.level, site.shown_level) < SHEET_FROM:
        return {k: v for k, v in row.items() if k not in {"addresses", "trend"}}
    row["addresses"] = [{k: a[k] for k in _ADDRESS} for a in site.addresses]
    row["findings"] = [_finding(finding, as_of, version) for finding in site.findings]
    row["disruptions"] = [explain_frozen_disruption(d, as_of, version) for d in site.disruptions]
    return row


def _finding(finding: dict[str, Any], as_of: dt.date, version: GridVersion) -> dict[str, Any]:
    words = explain_frozen(finding, as_of, version)
    return {
        "label": finding["label_fr"],
        "gravity": finding["gravity"],
        "frequency": finding["frequency"],
        "level": finding["level"],
        "sentence": words.sentence,
        "notes": list(words.notes),
    }
