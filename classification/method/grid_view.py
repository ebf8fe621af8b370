"""Prepare the grid for display: a 3 × 4 matrix, each cell with its level and the fact types in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from classification.models import GridVersion

from .grid import Grid, Provenance
from .scale import Frequency, Gravity, Level
from .variants import CONTESTED


def picture(version: GridVersion, findings: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return the data of ``components/grid.html``.

    Args:
        version: the grid.
        findings: ``fact_type`` (label), ``gravity``, ``frequency`` of each fact to place.

    Returns:
        ``gravities`` (columns, 1 to 4) and ``rows`` from daily to occasional, each with its
        ``frequency``, ``threshold`` and ``cells`` (``gravity``, ``level``, ``provenance``, ``contested``,
        ``facts``); ``deciding``, the highest level among the findings, None without any.
    """
    grid = version.grid
    placed: dict[tuple[int, int], list[str]] = {}
    for finding in findings:
        placed.setdefault((finding["gravity"], finding["frequency"]), []).append(str(finding["fact_type"]))
    return {
        "gravities": list(Gravity),
        "rows": [_row(grid, frequency, placed) for frequency in sorted(Frequency, reverse=True)],
        "deciding": max((grid.level(Gravity(g), Frequency(f)) for g, f in placed), default=None),
    }


def _row(grid: Grid, frequency: Frequency, placed: dict[tuple[int, int], list[str]]) -> dict[str, Any]:
    return {
        "frequency": frequency,
        "threshold": grid.thresholds[frequency],
        "cells": [_cell(grid, gravity, frequency, placed) for gravity in Gravity],
    }


def _cell(
    grid: Grid, gravity: Gravity, frequency: Frequency, placed: dict[tuple[int, int], list[str]]
) -> dict[str, Any]:
    return {
        "gravity": gravity,
        "level": Level(grid.level(gravity, frequency)),
        "provenance": Provenance(grid.provenance.get((gravity, frequency), Provenance.LOCAL)),
        "contested": (gravity, frequency) in CONTESTED,
        "facts": placed.get((gravity, frequency), []),
    }
