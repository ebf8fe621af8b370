"""Test that no page, file, map, count or search discloses other landlords' records, or confidential columns."""

import re

import pytest

from accounts.enums import Role
from accounts.scope import system_scope
from classification.models import Finding, PastLevel, SiteLevel
from incidents.models import Confirmation, Disruption, Incident, Narrative, StandingObservation
from incidents.querysets import CONFIDENTIAL
from sites.models import Address, Residence
from tests.access.people import ANONYMOUS, PROGRAM
from tests.walk import FRANCE, PAGES, Page, answer, answers, client_of, pages

# What the planted world calls the places and texts of landlord B and of landlord C.
FOREIGN = re.compile(r"Résidence B|[12] rue B|Récit secret [BC]|Hors périmètre|3 chemin Hors")
# Where a landlord finds its own: pages, searches, files and a map.
FINDING = [
    *(Page(f"classification:{name}") for name in ("home", "residences", "export", "map_data")),
    *(Page(f"incidents:{name}") for name in ("list", "export", "observations", "disruptions")),
    Page("incidents:list", {}, {"place": "chemin"}), Page("incidents:export", {"kind": "xlsx"}, {}),
    *(Page("classification:residences", {}, query) for query in ({"q": "chemin"}, {"level": "4"})),
    *(Page("classification:export", {"kind": kind}, {}) for kind in ("xlsx", "geojson")),
    Page("classification:map_data", {}, {"bbox": FRANCE, "zoom": "19", "unit": "address"}),
    *(Page("search", {}, {"q": words}) for words in ("chemin", "perimetre")),
]  # fmt: skip


@PAGES
@pytest.mark.parametrize("who", [*map(str, Role), ANONYMOUS, PROGRAM])
def test_nothing_of_other_landlords_is_on_any_page(world, who):
    shown = {page: FOREIGN.findall(answer.text) for page, answer in answers(world, who).items()}
    assert {page: found for page, found in shown.items() if found} == {}


def test_a_landlord_finds_those_words_on_its_own_pages(world, sign_in):
    """Where the test above looks for nothing, there would be something to find."""
    client = sign_in(world.c.lead)
    assert {str(page) for page in FINDING if not FOREIGN.search(answer(client, world, page).text)} == set()


@PAGES
def test_pages_of_a_coordinator_are_the_same_without_what_is_not_shared(world):
    """Names, numbers, charts, extents: what a landlord has outside the territory changes no character of them."""
    # Each showing of the pages of a second factor draws a secret; that of one's security names the sessions of its moment; minutes are a PDF that bears it.
    drawn = {"mfa_activate_totp", "mfa_add_webauthn", "mfa_index", "classification:workshop_minutes"}
    before = answers(world, Role.COORDINATOR)
    _remove(world.c.landlord)
    client = client_of(world, Role.COORDINATOR)
    asked = [
        page for page in pages(Role.COORDINATOR) if "document" not in page.name and page.name not in drawn
    ]
    after = {str(page): _plain(answer(client, world, page).text) for page in asked}
    assert [page for page, text in after.items() if text != _plain(before[page].text)] == []


def _plain(text: str) -> str:
    """Take out what differs at every request: tokens, moments, numbers and versions of rows made for it, and how addresses write these."""
    text = re.sub(r"(?m)^Expires: .*$|à\s\d\d?\sh\s\d\d", "", text)
    text = re.sub(
        r'nonce="[^"]*"|name="(?:csrfmiddlewaretoken|version)" value="[^"]*"|"(?:X-CSRFToken|token)": ?"[^"]*"',
        "",
        text,
    )
    text = re.sub(r"(?<=/)[0-9A-Za-z_-]{32}(?=/)|(?<=\?grille=)[0-9A-Za-z_-]{32}", "N", text)
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


@PAGES
def test_what_is_confidential_of_a_fact_is_never_read_for_a_coordinator(world, sign_in):
    """Not read and hidden: not read."""
    columns = "|".join(Incident._meta.get_field(name).column for name in CONFIDENTIAL)
    confidential = re.compile(
        rf'"incidents_incident"\."({columns})"|incidents_narrative|incidents_incident_history'
    )
    read = {page: _found(confidential, answer) for page, answer in answers(world, Role.COORDINATOR).items()}
    assert {page: found for page, found in read.items() if found} == {}
    exported = answer(sign_in(world.a.lead), world, Page("incidents:export", {"kind": "csv"}, {}))
    assert _found(confidential, exported) != set()


def _found(confidential, answer) -> set[str]:
    return {found for sql in answer.statements for found in confidential.findall(sql)}
