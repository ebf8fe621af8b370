"""Test that no page, file, map, count or search discloses other landlords' records, or confidential columns."""

import io
import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from accounts.enums import Role
from accounts.scope import system_scope
from classification.models import Finding, PastLevel, SiteLevel
from incidents.models import Confirmation, Disruption, Incident, Narrative, StandingObservation
from incidents.querysets import CONFIDENTIAL
from sites.models import Address, Residence
from tests.access import MATRIX
from tests.access.people import ANONYMOUS, PROGRAM

# What the planted world calls the places and texts of landlord B and of landlord C.
FOREIGN = re.compile(r"Résidence B|[12] rue B|Récit secret [BC]|Hors périmètre|3 chemin Hors")
FRANCE = "-5,42,9,51"
# Beside what the matrix asks of each page: the other files, and what searches and narrows.
MORE = [
    *(("incidents:export", {"kind": "xlsx"}, {}), ("incidents:list", {}, {"place": "chemin"})),
    *(("incidents:list", {}, query) for query in ({"state": "all"}, {"complaint": "yes"}, {"dated": "span"})),
    *(("classification:export", {"kind": kind}, {}) for kind in ("xlsx", "geojson")),
    *(("classification:residences", {}, query) for query in ({"q": "chemin"}, {"level": "4"})),
    *(("classification:map_data", {}, {"bbox": FRANCE, "zoom": "19"} | query)
      for query in ({"unit": "address"}, {"period": "28"}, {"period": "365", "unit": "address"})),
    *(("search", {}, {"q": words}) for words in ("chemin", "perimetre", "rue")),
]  # fmt: skip


def _pages(who: str) -> Iterator[tuple[str, dict | None, dict | None]]:
    """Every page that the matrix opens to ``who``, as name, arguments and query; None: as the row says."""
    for name, row in sorted(MATRIX.items()):
        if who in row.get("GET", ()):
            yield name, None, None
    yield from (page for page in MORE if who in MATRIX[page[0]]["GET"])


def _get(client, world, page):
    name, kwargs, query = page
    row = MATRIX[name]
    if kwargs is None:
        kwargs = row["kwargs"](world) if "kwargs" in row else {}
    if query is None:
        query = row["query"](world) if "query" in row else {}
    return client.get(reverse(name, kwargs=kwargs), query)


def _text(response) -> str:
    """Everything somebody reads in an answer: a page, a table, a workbook or a document."""
    content = response.getvalue()
    kind = response.headers.get("Content-Type", "")
    if "spreadsheet" in kind:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    if "pdf" in kind:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if "json" in kind:
        # The journal leaves as one document for each line.
        documents = content.splitlines() if "jsonl" in kind or "ndjson" in kind else [content]
        return "\n".join(json.dumps(json.loads(one), ensure_ascii=False) for one in documents)
    return content.decode(errors="replace")


def _shown(client, world, page) -> str:
    """Ask for a page and undo what that wrote, so that no page depends on one before it."""
    with transaction.atomic():
        text = _text(_get(client, world, page))
        transaction.set_rollback(True)
    return text


def _label(page) -> str:
    name, kwargs, query = page
    return " ".join([name, *(f"{key}={value}" for key, value in {**(kwargs or {}), **(query or {})}.items())])


@pytest.mark.parametrize("who", [*(str(role) for role in Role), ANONYMOUS, PROGRAM])
def test_nothing_of_other_landlords_is_on_any_page(world, sign_in, client, who):
    if who == PROGRAM:
        from tests.test_access import program_of

        asking = program_of(world)
    else:
        asking = client if who == ANONYMOUS else sign_in(world.people[Role(who)])
    shown = {_label(page): FOREIGN.findall(_shown(asking, world, page)) for page in _pages(who)}
    assert {name: found for name, found in shown.items() if found} == {}


def test_a_landlord_finds_those_words_on_its_own_pages(world, sign_in):
    """Where the test above looks for nothing, there would be something to find."""
    client = sign_in(world.c.lead)
    shown = {_label(page) for page in _pages(Role.LEAD) if FOREIGN.search(_shown(client, world, page))}
    assert shown >= {
        "classification:home", "classification:residences", "classification:export", "classification:map_data",
        "incidents:list", "incidents:export", "incidents:observations", "incidents:disruptions",
        "incidents:list place=chemin", "classification:residences q=chemin", "classification:residences level=4",
        "incidents:export kind=xlsx", "classification:export kind=xlsx", "classification:export kind=geojson",
        f"classification:map_data bbox={FRANCE} zoom=19 unit=address", "search q=chemin", "search q=perimetre",
    }  # fmt: skip


def test_pages_of_a_coordinator_are_the_same_without_what_is_not_shared(world, sign_in):
    """Names, numbers, charts, extents: what a landlord has outside the territory changes no character of them."""
    client = sign_in(world.a.coordinator)
    # Each showing of the pages of a second factor draws a secret.
    drawn = {"mfa_activate_totp", "mfa_add_webauthn"}
    pages = [page for page in _pages(Role.COORDINATOR) if "document" not in page[0] and page[0] not in drawn]
    before = {_label(page): _plain(_shown(client, world, page)) for page in pages}
    _remove(world.c.landlord)
    after = {_label(page): _plain(_shown(client, world, page)) for page in pages}
    assert [name for name in before if before[name] != after[name]] == []


def _plain(text: str) -> str:
    """Take out what differs at every request: tokens, moments, numbers and versions of rows made for it."""
    text = re.sub(r"(?m)^Expires: .*$|à\s\d\d?\sh\s\d\d", "", text)
    text = re.sub(
        r'nonce="[^"]*"|name="(?:csrfmiddlewaretoken|version)" value="[^"]*"|"(?:X-CSRFToken|token)": ?"[^"]*"',
        "",
        text,
    )
    return re.sub(r"\b123\d{4}\b", "N", text)


def _remove(landlord) -> None:
    with system_scope("evaluation"):
        for model in (Finding, PastLevel, SiteLevel):
            assert model.objects.filter(landlord=landlord).delete()[0]
    with system_scope("seeding"):
        Confirmation.objects.filter(observation__landlord=landlord).delete()
        Narrative.objects.filter(incident__landlord=landlord).delete()
        for model in (StandingObservation, Disruption, Incident, Address, Residence):
            assert model.objects.filter(landlord=landlord).delete()[0]


def test_what_is_confidential_of_a_fact_is_never_read_for_a_coordinator(world, sign_in):
    """Not read and hidden: not read."""
    columns = "|".join(Incident._meta.get_field(name).column for name in CONFIDENTIAL)
    confidential = re.compile(
        rf'"incidents_incident"\."({columns})"|incidents_narrative|incidents_incident_history'
    )
    client = sign_in(world.a.coordinator)
    read = {}
    for page in _pages(Role.COORDINATOR):
        with CaptureQueriesContext(connection) as captured:
            _shown(client, world, page)
        read[_label(page)] = {f for query in captured for f in confidential.findall(query["sql"] or "")}
    assert {name: found for name, found in read.items() if found} == {}
    with CaptureQueriesContext(connection) as captured:
        _shown(sign_in(world.a.lead), world, ("incidents:export", {"kind": "csv"}, {}))
    assert any(confidential.search(query["sql"] or "") for query in captured)
