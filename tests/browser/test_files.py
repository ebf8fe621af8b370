"""Test that exported files hold the same as the pages they come from."""

import csv
import io
import json
import re

from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.enums import Role
from tests.sharing import pages_of

_TAKEN_MS = 90_000


def _taken(page, link) -> bytes:
    # A note is typeset when it is asked for, and the machine may have much else to do.
    with page.expect_download(timeout=_TAKEN_MS) as waiting:
        link.click()
    return waiting.value.path().read_bytes()


def _rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def _shown(page) -> int:
    """The number the list says it has."""
    said = page.locator("#rows [role=status], #list [role=status]").first.text_content()
    return int(re.sub(r"\D", "", said))


def test_residences_as_csv_workbook_and_points(visitor):
    lead = visitor(Role.LEAD)
    page = lead.page
    page.goto(f"{lead.server}/residences/?level=2&level=3&level=4")
    names = set(page.locator("main td a[href^='/residences/']").all_text_contents())
    rows = _rows(_taken(page, page.get_by_role("link", name="Exporter en CSV")))
    # A row for each address.
    assert len({row["Référence résidence"] for row in rows}) == _shown(page)
    assert {row["Résidence"] for row in rows} == names
    assert {row["Niveau"] for row in rows} <= {"2", "3", "4"}
    book = load_workbook(io.BytesIO(_taken(page, page.get_by_role("link", name="Exporter en XLSX"))))
    assert book.active.max_row == len(rows) + 1
    points = json.loads(_taken(page, page.get_by_role("link", name="Exporter en GeoJSON")))["features"]
    assert {point["properties"]["Résidence"] for point in points} == names


def test_facts_as_they_are_filtered(visitor):
    lead = visitor(Role.LEAD)
    page = lead.page
    page.goto(f"{lead.server}/faits/?place=Aliz%C3%A9s")
    rows = _rows(_taken(page, page.get_by_role("link", name="Exporter en CSV")))
    assert len(rows) == _shown(page) > 0
    assert all("Alizés" in " ".join(row.values()) for row in rows)


def test_what_a_circle_was_given_is_the_same_on_screen_in_the_file_and_in_the_note(visitor):
    partner = visitor(Role.PARTNER)
    page = partner.page
    page.goto(f"{partner.server}/publications/")
    page.locator("main a[href^='/publications/']").first.click()
    # What is read at once is read of the page before, until the next one has come.
    expect(page.get_by_role("link", name="Exporter en CSV")).to_be_visible()
    page.wait_for_load_state()
    names = page.locator("main td a[href*='/sites/']").all_text_contents()
    rows = _rows(_taken(page, page.get_by_role("link", name="Exporter en CSV")))
    assert [row["Résidence"] for row in rows][: len(names)] == names != []
    page.goto(f"{partner.server}/notes/")
    issued = page.get_by_role("link", name=re.compile("PDF")).first
    text = "\n".join(pages_of(_taken(page, issued)))
    assert "CONFIDENTIEL – CELLULE RESTREINTE" in text
    high = [row["Résidence"].replace("'", "’") for row in rows if row["Niveau"] in {"3", "4"}]
    positions = [text.index(f"{rank}. {name}") for rank, name in enumerate(high, start=1)]
    assert positions == sorted(positions)
