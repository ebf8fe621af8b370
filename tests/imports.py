"""Provide the tests of imports with small invented files and a helper that imports them."""

import csv
import gzip
import io
from types import SimpleNamespace

from accounts.scope import acting_as, system_scope
from sites.enums import ImportKind, Outcome
from sites.imports import services as service
from sites.models import Commune, ImportRun

_OUTCOMES = {str(outcome.label): outcome.value for outcome in Outcome}
PARIS_12, PARIS_20 = "75112", "75120"


@system_scope("seeding")
def plant_communes() -> None:
    for code, name, postcode in (
        (PARIS_12, "Paris 12e Arrondissement", "75012"),
        (PARIS_20, "Paris 20e Arrondissement", "75020"),
        ("01001", "Saint-Essai", "01400"),
        ("01002", "Autre-Essai", "01400"),
    ):
        Commune.objects.create(code=code, name=name, department=code[:2], postcodes=[postcode])


def csv_file(header: str, *rows: str, encoding: str = "utf-8", end: str = "\n") -> bytes:
    return (end.join([header, *rows]) + end).encode(encoding)


def outcome(run: ImportRun, counts: dict) -> SimpleNamespace:
    text = gzip.decompress(bytes(run.report)).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    return SimpleNamespace(
        run=run,
        counts={name: reasons for name, reasons in counts.items() if name != "remarks"},
        remarks=counts.get("remarks", {}),
        lines=lines,
        verdicts=[(_OUTCOMES[line["résultat"]], line["code"]) for line in lines],
    )


def import_as_operator(
    content: bytes, profile: str, kind=ImportKind.STOCK, answers=None, **options
) -> SimpleNamespace:
    name = "stock_import" if kind == ImportKind.STOCK else "incident_import"
    with system_scope(name) as scope:
        run = service.submit(
            scope, kind=kind, profile=profile, filename="essai.csv", content=io.BytesIO(content)
        )
        counts = service.perform(run, tell=lambda share: None, options=options, answers=answers)
        service.give_back(run)
        return outcome(run, counts)


def import_as_lead(
    content: bytes, person, landlord, profile="generic", kind=ImportKind.STOCK, answers=None
) -> SimpleNamespace:
    with acting_as(person) as scope:
        run = service.submit(
            scope,
            kind=kind,
            profile=profile,
            filename="essai.csv",
            content=io.BytesIO(content),
            organisation=landlord,
        )
        counts = service.perform(run, tell=lambda share: None, answers=answers)
        service.give_back(run)
        return outcome(run, counts)


def preview_as_lead(
    content: bytes, person, landlord, profile="generic", kind=ImportKind.STOCK
) -> SimpleNamespace:
    with acting_as(person) as scope:
        run = service.submit(
            scope,
            kind=kind,
            profile=profile,
            filename="essai.csv",
            content=io.BytesIO(content),
            organisation=landlord,
        )
        return outcome(run, service.preview(run, tell=lambda share: None))
