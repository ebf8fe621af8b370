"""Plant two imports of a lead of the fiction, with the mistakes that files have."""

import csv
import datetime as dt
import io
import random

from django.utils import timezone

from accounts.enums import Role
from accounts.scope import Scope, acting_as
from core.jobs import JobState
from sites.enums import ImportKind
from sites.imports.services import give_back, perform, submit
from sites.models import Address, ImportRun

from .people import People
from .stock import Stock

_STOCK_DAYS_AGO = 120
_FACT_TYPES = ("Jets de détritus ou dépôts d’ordures", "LONG_PARKED_CAR", "TAGS")
_FACTS = 24
_EVENING = dt.time(18, 40)

Rows = list[dict[str, object]]


def plant_imports(rng: random.Random, stock: Stock, people: People, today: dt.date) -> None:
    """Import a stock file and a file of facts, with the product's own import, as the demonstration's lead."""
    lead = people.by_role[Role.LEAD]
    own = [r for r in stock.residences if people.leads[r.landlord_id] == lead]
    doors = [door for residence in own for door in stock.addresses[residence.pk]]
    with acting_as(lead) as scope:
        _send(
            scope,
            doors,
            ImportKind.STOCK,
            "patrimoine-brumeval-habitat.csv",
            _stock(doors),
            today - dt.timedelta(_STOCK_DAYS_AGO),
        )
        day = today - dt.timedelta(1)
        _send(
            scope,
            doors,
            ImportKind.INCIDENTS,
            "main-courante-prestataire.csv",
            _facts(rng, doors, today),
            day,
        )


def _send(
    scope: Scope, doors: list[Address], kind: ImportKind, filename: str, rows: Rows, day: dt.date
) -> None:
    landlord = doors[0].landlord
    run = submit(
        scope,
        kind=kind,
        profile="generic",
        filename=filename,
        content=io.BytesIO(_file(rows)),
        organisation=landlord,
    )
    perform(run, tell=lambda _share: None)
    give_back(run)
    at = timezone.make_aware(dt.datetime.combine(day, _EVENING))
    ImportRun.objects.filter(pk=run.pk).update(
        state=JobState.DONE, progress_done=100, progress_total=100, created_at=at, finished_at=at
    )


def _file(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("cp1252")


def _stock(doors: list[Address]) -> Rows:
    """Return the landlord's addresses as they are, and three rows that an import rejects."""
    rows: Rows = [
        {
            "référence": door.residence.reference, "résidence": door.residence.name, "adresse": door.label,
            "code postal": door.postcode, "commune": door.commune.name, "logements": door.dwellings,
        }
        for door in doors
    ]  # fmt: skip
    first = rows[0]
    return [
        *rows,
        first | {"adresse": ""},
        first | {"adresse": "3 rue du Large", "commune": "Ville-sans-Nom", "code postal": "00999"},
        first | {"adresse": "5 rue du Large", "commune": "", "code postal": ""},
    ]


def _facts(rng: random.Random, doors: list[Address], today: dt.date) -> Rows:
    """Return three weeks of a contractor's facts, and three rows that an import rejects."""
    rows: Rows = [
        {
            "identifiant": f"P-{number:04d}", "nature": rng.choice(_FACT_TYPES), "origine": "Prestataire",
            "jour": (today - dt.timedelta(rng.randint(1, 21))).isoformat(), "heure": f"{rng.randint(7, 11):02d}:30",
            "référence résidence": door.residence.reference, "adresse": door.label, "code postal": door.postcode,
        }
        for number, door in enumerate(rng.sample(doors, _FACTS), start=1)
    ]  # fmt: skip
    first = rows[0]
    return [
        *rows,
        first | {"identifiant": "P-0901", "nature": "Divers"},
        first | {"identifiant": "P-0902", "jour": "31/02/2026"},
        first | {"identifiant": "P-0903", "référence résidence": "", "adresse": "99 rue Introuvable"},
    ]
