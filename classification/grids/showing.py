"""Prepare the simulator's matrix and its counts for display."""

from collections.abc import Iterator
from typing import Any

from django.forms import BoundField

from classification.method.scale import Frequency, Gravity, Level

from .forms import GridForm, cell_name
from .simulation import Simulation


def matrix(form: GridForm) -> dict[str, Any]:
    """Return the gravities, and from daily to occasional each frequency with the fields of its threshold and of its cells."""
    form.is_valid()
    return {
        "gravities": list(Gravity),
        "rows": [
            {
                "frequency": frequency,
                "least": form[f"o{frequency:d}"],
                "days": form[f"w{frequency:d}"],
                "cells": list(_cells(form, frequency)),
            }
            for frequency in reversed(Frequency)
        ],
    }


def _cells(form: GridForm, frequency: Frequency) -> Iterator[dict[str, Any]]:
    for gravity in Gravity:
        field: BoundField = form[cell_name(gravity, frequency)]
        former = form.version.grid.level(gravity, frequency)
        yield {
            "field": field,
            "value": str(field.value()),
            "former": former,
            "changed": str(field.value()) != str(former.value),
            "falling": (gravity, frequency) in form.falling,
            "levels": list(Level),
        }


def flows(found: Simulation) -> list[dict[str, Any]]:
    """Return how many residences and addresses would go from one level to another, the highest first."""
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for flow in found.flows:
        row = rows.setdefault(
            (flow.before, flow.after),
            {"before": flow.before, "after": flow.after, "residences": 0, "addresses": 0},
        )
        row["residences" if flow.whole else "addresses"] += flow.places
    return sorted(rows.values(), key=lambda row: (-row["after"], -row["before"]))
