"""Have grids proposed and answered as their pages do."""

import datetime as dt

from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import default_grid
from classification.grids import adopting
from classification.models import GridAdoption, GridVersion

WHY = "Le bruit régulier pèse ici."


def grid(cells=None, thresholds=None, name="") -> GridVersion:
    """A grid that is not stored, unless it is named."""
    with system_scope("seeding"):
        reference = default_grid()
        stated = {key: [level, "local"] for key, level in (cells or {"1.2": 2}).items()}
        version = GridVersion(
            name=name, cells=reference.cells | stated, thresholds=reference.thresholds | (thresholds or {})
        )
        if name:
            version.save()
    return version


def proposed(side, version=None, in_days=0, **said) -> GridAdoption:
    """A grid proposed by the coordinator of a side."""
    saved = {
        "name": f"Grille {side.landlord.name[-1]}",
        "note": "",
        "sources": {"1.2": "Atelier du territoire"},
    }
    values = {"version": version or grid(), "reason": WHY, "saved_as": None if version else saved} | said
    with acting_as(side.coordinator) as scope:
        return adopting.propose(
            scope, territory=side.territory, starts_on=timezone.localdate() + dt.timedelta(in_days), **values
        )


def answered(lead, landlord, adoption, *, accepts=True, reason="Trop sévère pour nos sites."):
    """What a lead says of a proposal, and where it stands then."""
    with acting_as(lead) as scope:
        return adopting.answer(scope, adoption, landlord=landlord, accepts=accepts, reason=reason)


def adopted(side, version=None, in_days=0) -> GridAdoption:
    """A grid that the one landlord of a side accepted."""
    adoption = proposed(side, version, in_days)
    answered(side.lead, side.landlord, adoption)
    return now(adoption)


def now(adoption: GridAdoption) -> GridAdoption:
    with system_scope("evaluation"):
        return GridAdoption.objects.select_related("territory", "grid_version").get(pk=adoption.pk)
