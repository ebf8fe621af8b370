"""A fictional note's content of any size, made from nothing but a seed."""

import datetime as dt
import random
from typing import Any

from classification.method.grid import reference_grid
from classification.method.scale import Frequency, Gravity, Level
from classification.residence.explanation import explain
from core.dates import month_ends
from partners.notes.content import METHOD, figures
from partners.notes.map import map_of
from partners.snapshot import MONTHS, Site, ranked

AS_OF = dt.date(2026, 9, 30)
_TYPES = [
    ("LITTERING", "Jets de détritus ou dépôts d’ordures", 1),
    ("NOISE", "Tapages, dont nocturnes", 1),
    ("PETTY_DEALING", "Petits trafics", 2),
    ("VERBAL_ABUSE", "Agressions verbales", 2),
    ("UNLAWFUL_OCCUPATION", "Occupations abusives des espaces", 3),
    ("VANDALISM", "Vandalisme", 3),
    ("ORGANISED_DEALING", "Trafics fortement implantés et organisés", 4),
    ("URBAN_VIOLENCE", "Violences urbaines, violences entre bandes", 4),
]
_COMMUNES = ["Valmont-sur-Orge", "Brécy-le-Château", "Saint-Aubin-des-Prés", "Les Hautes-Vignes"]
_NAMES = [
    "les Tilleuls",
    "le Clos du Moulin",
    "Jean-Baptiste-Clément",
    "la Fontaine aux Lièvres",
    "Pablo-Picasso",
]
_LANDLORDS = ["Orge Habitat", "Foyers du Val, société anonyme d'HLM", "Logis des Deux-Rives"]


class _Version:
    """What a sentence needs to know of a grid version."""

    name = "AORIF 2021"
    grid = reference_grid()
    confirmation_days = 90
    disruption_days = 91


def fictional_content(sheets: int, others: int, seed: int = 7) -> dict[str, Any]:
    """Return the content of a note with ``sheets`` sites at level 3–4 and ``others`` below."""
    rng = random.Random(seed)
    sites = ranked(
        _site(rng, index, rng.choice([3, 3, 4]) if index < sheets else rng.choice([1, 1, 2]))
        for index in range(sheets + others)
    )
    return {
        "territory": "CLSPD du Val d'Orge",
        "council": "clspd",
        "landlord": "",
        "organisation": "Ville de Valmont-sur-Orge",
        "as_of": AS_OF.isoformat(),
        "grid": _grid(),
        "figures": figures(sites),
        "plan": map_of(sites),
        "sites": [_row(site) for site in sites],
    }


def _site(rng: random.Random, index: int, level: int) -> Site:
    commune = rng.randrange(len(_COMMUNES))
    longitude = 2.30 + 0.035 * (commune % 2) + rng.gauss(0, 0.006)
    latitude = 48.60 + 0.022 * (commune // 2) + rng.gauss(0, 0.004)
    findings = _findings(rng, level)
    trend_levels = [max(1, min(4, level + rng.choice([-1, 0, 0, 0, 1]))) for _month in range(12)]
    days = month_ends(AS_OF, MONTHS)
    return Site(
        shared_by_id=1,
        shared_in_id=1,
        landlord=_LANDLORDS[index % len(_LANDLORDS)],
        name=f"Résidence {_NAMES[index % len(_NAMES)]} {index + 1}",
        commune=_COMMUNES[commune],
        dwellings=rng.randrange(12, 420),
        in_priority_neighbourhood=rng.random() < 0.4,
        level=level,
        facts_level=level,
        impact_level=min(level, rng.choice([1, 2, 3])),
        silent=rng.random() < 0.05,
        longitude=round(longitude, 6),
        latitude=round(latitude, 6),
        addresses=[
            {"label": f"{2 * n + 1} rue des Prés-Fleuris", "dwellings": 20, "level": max(1, level - n % 3)}
            for n in range(rng.randrange(1, 9))
        ],
        findings=findings,
        disruptions=[],
        trend=[
            *((d.isoformat(), lv) for d, lv in zip(days, trend_levels, strict=True)),
            (AS_OF.isoformat(), level),
        ],
    )


def _findings(rng: random.Random, level: int) -> list[dict[str, Any]]:
    grid = reference_grid()
    possible = [
        (kind, frequency)
        for kind in _TYPES
        for frequency in Frequency
        if grid.level(Gravity(kind[2]), frequency) <= level
    ]
    deciding = [pair for pair in possible if grid.level(Gravity(pair[0][2]), pair[1]) == level]
    chosen = {pair[0][0]: pair for pair in [*rng.sample(possible, 4), rng.choice(deciding)]}
    found = []
    for (code, label, gravity), frequency in chosen.values():
        counts = {3: (rng.randrange(8, 20), 24, 40), 2: (2, rng.randrange(6, 18), 22), 1: (0, 1, 3)}[
            frequency
        ]
        found.append({
            "code": code, "label_fr": label, "label_en": label, "fact_type": label, "gravity": gravity,
            "frequency": int(frequency), "observed": None,
            "level": grid.level(Gravity(gravity), frequency).value,
            "in_daily": counts[0], "in_regular": counts[1], "in_occasional": counts[2],
            "days": [], "spans": None,
        })  # fmt: skip
    return sorted(found, key=lambda f: -f["level"])


def _row(site: Site) -> dict[str, Any]:
    row = {
        name: getattr(site, name)
        for name in (
            "rank", "landlord", "name", "commune", "dwellings", "in_priority_neighbourhood", "level",
            "facts_level", "impact_level", "silent",
        )
    }  # fmt: skip
    row["main"] = site.findings[0]["label_fr"]
    if site.level < Level.DELINQUENCY:
        return row
    row["addresses"] = site.addresses
    row["trend"] = [list(pair) for pair in site.trend]
    row["disruptions"] = [
        "Ascenseur : indisponibilité partielle ou temporaire depuis le 3 mars → niveau d'impact 3"
    ]
    row["findings"] = [
        {"label": f["label_fr"], "gravity": f["gravity"], "frequency": f["frequency"], "level": f["level"],
         "sentence": explain(f, AS_OF, _Version).sentence, "notes": []}
        for f in site.findings
    ]  # fmt: skip
    return row


def _grid() -> dict[str, Any]:
    grid = reference_grid()
    return {
        "name": _Version.name,
        "source": METHOD,
        "rows": [
            {
                "frequency": frequency.value,
                "cells": [
                    {
                        "level": grid.level(gravity, frequency).value,
                        "provenance": grid.provenance[gravity, frequency].value,
                    }
                    for gravity in Gravity
                ],
                "occurrences": grid.thresholds[frequency].occurrences,
                "days": grid.thresholds[frequency].days,
            }
            for frequency in reversed(Frequency)
        ],
        "confirmation_days": 90,
        "disruption_days": 91,
    }
