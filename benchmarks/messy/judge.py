"""Import messy files as a landlord's security lead would, and judge what became of every row."""

import csv
import gzip
import io
import random
from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from sites.enums import Outcome
from sites.imports import services
from sites.imports.mapping.suggest import missing, suggest_as
from sites.imports.reading import BrokenFileError
from sites.models import Address, ImportRun
from sites.models import Commune as StoredCommune

from . import town
from .files import Messy, facts_file, stock_file


@dataclass
class Verdict:
    """What became of the rows of some files.

    Attributes:
        files: number of files.
        suggested: number of files whose columns were all suggested rightly.
        rows: number of rows, by what became of them: placed, asked, rejected, wrong, lost, extra.
        reasons: reasons of the rows that were rejected or are wrong.
        notes: the first rows that are wrong, rejected or lost, to look at.
    """

    files: int = 0
    suggested: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def note(self, seed: int, outcome: str, text: str) -> None:
        """Count a row."""
        self.rows[outcome] += 1
        if outcome in {"wrong", "rejected", "lost"}:
            self.reasons[f"{outcome}: {text.split(' | ', maxsplit=1)[0]}"] += 1
            self.notes.append(f"{seed}: {outcome}: {text}")


def plant() -> tuple[User, Organisation]:
    """Record the communes, the landlord and its security lead."""
    with system_scope("seeding"):
        StoredCommune.objects.bulk_create(
            StoredCommune(
                code=commune.code,
                name=commune.name,
                department="00",
                postcodes=list(commune.postcodes),
                former_codes=[commune.former_code] if commune.former_code else [],
            )
            for commune in town.COMMUNES
        )
        landlord = Organisation.objects.create(name=town.LANDLORD, kind=OrganisationKind.LANDLORD)
        lead = User.objects.create(email="referent@messy.example", full_name="Référent")
        Membership.objects.create(user=lead, organisation=landlord, role=Role.LEAD, starts_on="2020-01-01")
    return lead, landlord


def judge(seeds: range, lead: User, landlord: Organisation) -> Verdict:
    """Import the files of the seeds, each into an empty database, and return what became of their rows."""
    verdict = Verdict()
    for seed in seeds:
        for step in (_stock_of_seed, _facts_of_seed):
            with transaction.atomic():
                step(seed, lead, landlord, verdict)
                transaction.set_rollback(True)
    return verdict


def _stock_of_seed(seed: int, lead: User, landlord: Organisation, verdict: Verdict) -> None:
    dice = random.Random(seed)
    messy = stock_file(dice, town.invent(dice))
    _judge_stock(seed, messy, _import(messy, "stock", lead, landlord, verdict), lead, verdict)


def _facts_of_seed(seed: int, lead: User, landlord: Organisation, verdict: Verdict) -> None:
    """Judge a file of facts about an estate that is known from a careful file."""
    dice = random.Random(seed)
    estate = town.invent(dice)
    careful = stock_file(dice, estate, plain=True)
    known = _import(careful, "stock", lead, landlord, Verdict())
    if isinstance(known, BrokenFileError):
        raise known
    messy = facts_file(dice, town.happen(dice, estate))
    run = _import(messy, "incidents", lead, landlord, verdict)
    _judge_facts(seed, messy, run, _Labels(careful), lead, verdict)


class _Labels:
    """The addresses by what the careful file calls them."""

    def __init__(self, careful: Messy) -> None:
        self._known = {
            (residence.reference, label): address
            for (residence, address), label in zip(careful.truth, careful.written, strict=True)
        }

    def address(self, incident: Incident) -> town.Address | None:
        """Return the address of an incident; None when it was recorded for the residence as a whole."""
        if incident.address is None:
            return None
        return self._known[incident.residence.reference, incident.address.label]


def _import(
    messy: Messy, kind: str, lead: User, landlord: Organisation, verdict: Verdict
) -> ImportRun | BrokenFileError:
    """Take a file through its stages; what was not suggested is told by hand, and no question is answered."""
    verdict.files += 1
    with acting_as(lead) as scope:
        run = services.receive(
            scope,
            filename=messy.name,
            content=io.BytesIO(messy.content),
            organisation=landlord,
            then=_Nothing(),
        )
        try:
            with transaction.atomic():
                services.analyse_file(run, tell=_silent)
                _tell_columns(run, messy, kind, verdict)
                services.preview(run, tell=_silent)
                services.perform(run, tell=_silent)
        except BrokenFileError as error:
            return error
        return run


def _tell_columns(run: ImportRun, messy: Messy, kind: str, verdict: Verdict) -> None:
    headers = [column["title"] for column in run.analysis["columns"]]
    mapping = run.mapping if run.kind == kind else suggest_as(kind, headers)
    right = {str(place): name for place, name in enumerate(messy.fields) if name and place < len(headers)}
    told = mapping["columns"]
    wrong = any(right.get(place) != name for place, name in told.items())
    if not missing(mapping, headers) and not wrong and told == right:
        verdict.suggested += 1
    else:
        # A person sees the titles and the first rows, and corrects what was suggested.
        mapping = {**mapping, "columns": right}
    if messy.words:
        mapping = {**mapping, "values": {"type": dict(messy.words)}}
    if messy.month_first:
        mapping = {**mapping, "options": {**mapping["options"], "day_order": "month"}}
    run.mapping, run.kind = {**mapping, "kind": kind}, kind


def _judge_stock(
    seed: int, messy: Messy, run: ImportRun | BrokenFileError, lead: User, verdict: Verdict
) -> None:
    lines = _lines(run, len(messy.truth), seed, messy, verdict)
    with acting_as(lead):
        stored = {
            (address.residence.reference, address.match_key): address
            for address in Address.objects.select_related("residence", "commune")
        }
        references = Counter(reference for reference, _key in stored)
    expected = Counter(residence.reference for residence, _address in messy.truth)
    for line, (residence, address) in zip(lines, messy.truth, strict=False):
        outcome, code = line["résultat"], line["code"]
        if outcome in _IN:
            same = [a for (reference, _key), a in stored.items() if reference == residence.reference]
            right = all(a.commune.code == address.commune.code for a in same)
            right = right and references[residence.reference] <= expected[residence.reference]
            verdict.note(seed, "placed" if right else "wrong", f"{code} | {line['objet']} | {messy.kinds}")
        else:
            verdict.note(seed, _left(outcome), f"{code} | {line['objet']} | {messy.kinds}")
    dwellings = {r: sum(a.dwellings for (k, _), a in stored.items() if k == r) for r in references}
    if all(line["résultat"] in _IN for line in lines):
        for residence in {id(r): r for r, _ in messy.truth}.values():
            if dwellings.get(residence.reference) != sum(a.dwellings for a in residence.addresses):
                verdict.note(seed, "wrong", f"dwellings | {residence} {dwellings.get(residence.reference)}")


def _judge_facts(
    seed: int,
    messy: Messy,
    run: ImportRun | BrokenFileError,
    labels: _Labels,
    lead: User,
    verdict: Verdict,
) -> None:
    lines = _lines(run, len(messy.truth), seed, messy, verdict)
    with acting_as(lead):
        incidents = Incident.objects.select_related("residence", "address", "fact_type")
        stored = {incident.external_id: incident for incident in incidents}
    for line, fact in zip(lines, messy.truth, strict=False):
        incident = stored.get(fact.identifier)
        text = f"{line['code']} | {line['objet']} | {fact} | {messy.kinds}"
        if incident is None:
            verdict.note(seed, _left(line["résultat"]), text)
        else:
            right = _is_right(incident, labels.address(incident), fact)
            verdict.note(
                seed, "placed" if right else "wrong", f"{text} | {incident} {incident.day} {incident.time}"
            )


def _is_right(incident: Incident, address: town.Address | None, fact: town.Fact) -> bool:
    said = (incident.residence.reference, incident.fact_type.code, incident.day, incident.time)
    if said != (fact.residence.reference, fact.code, fact.moment.date(), fact.moment.time()):
        return False
    # A residence's only address is where a fact of the residence as a whole is recorded.
    told = fact.address or fact.residence.addresses[0]
    return address is None or (
        town.covers(address, told) and (fact.address is not None or len(fact.residence.addresses) == 1)
    )


def _lines(
    run: ImportRun | BrokenFileError, rows: int, seed: int, messy: Messy, verdict: Verdict
) -> list[dict[str, str]]:
    """Return the report's lines; count as lost the rows that it does not account for."""
    if isinstance(run, BrokenFileError):
        for _row in range(rows):
            verdict.note(seed, "rejected", f"file: {run} | {messy.kinds}")
        return []
    with system_scope("jobs"):
        text = gzip.decompress(bytes(run.report)).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    for _row in range(rows - len(lines)):
        verdict.note(seed, "lost", f"{len(lines)} lines for {rows} rows | {messy.kinds}")
    for line in lines[rows:]:
        # A line of totals that was taken for a row; nothing may come of it.
        verdict.note(
            seed, "wrong" if line["résultat"] in _IN else "extra", f"total | {line['objet']} | {messy.kinds}"
        )
    return lines


_IN = {str(outcome.label) for outcome in (Outcome.IMPORTED, Outcome.MERGED, Outcome.UNCHANGED)}
_ASKED = {str(outcome.label) for outcome in (Outcome.ASKED, Outcome.WAITING)}


def _left(outcome: str) -> str:
    return "asked" if outcome in _ASKED else "rejected"


def _silent(_share: float) -> None:
    return


class _Nothing:
    """A task of which nothing is sent: the stages are taken here."""

    name = "benchmarks.messy"
