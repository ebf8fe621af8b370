"""No test of the browser reads a page at once after an act that may bring another: it would read the page before."""

import ast

import pytest

from config.database import ROOT
from tests.browser.at_once import reads_at_once


def _found(code: str) -> list[str]:
    return [read for _line, read in reads_at_once(ast.parse(code))]


def test_tests_of_the_browser_wait_before_they_read():
    found = [
        f"{file.name}:{line}: {read}"
        for file in sorted((ROOT / "tests" / "browser").glob("test_*.py"))
        for line, read in reads_at_once(ast.parse(file.read_bytes()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("act", "read"),
    [
        ("link.click()", "rows.all_inner_texts()"),
        ("field.press('Enter')", "rows.count()"),
        ("page.go_back()", "page.url"),
        ("page.get_by_label('Annuler').check()", "part.is_visible()"),
        ("context.set_offline(True)", "places.count()"),
        ("page.evaluate('form.submit()')", "page.locator('h1').inner_text()"),
        ("link.click()", "agent.check()"),
        ("_save(page)", "page.url"),
    ],
)
def test_what_is_read_at_once_is_found_and_what_is_waited_for_is_not(act, read):
    helper = "def _save(page):\n    page.locator('button').click()\n"
    test = f"{helper}def test_it(page):\n    {act}\n    {{wait}}\n    {read}\n"
    assert _found(test.format(wait="pass")) == [ast.unparse(ast.parse(read))]
    assert _found(test.format(wait="expect(heading).to_be_visible()")) == []
    assert _found(test.format(wait="page.wait_for_url('**')")) == []


def test_a_helper_that_reads_first_or_waits_last_counts_as_what_it_does():
    helpers = "def _reads(page):\n    page.url\ndef _waits(page):\n    expect(page).to_have_url('x')\n"
    assert _found(f"{helpers}def test_it(page):\n    link.click()\n    _reads(page)") == ["_reads(page)"]
    assert _found(f"{helpers}def test_it(page):\n    link.click()\n    _waits(page)\n    page.url") == []


def test_what_a_fixture_returns_counts_as_what_it_does():
    fixture = "def look(page):\n    def at():\n        page.url\n    return at\n"
    test = f"{fixture}def test_it(page, look):\n    link.click()\n    {{wait}}\n    look()\n"
    assert _found(test.format(wait="pass")) == ["look()"]
    assert _found(test.format(wait="expect(heading).to_be_visible()")) == []


def test_an_act_within_what_waits_for_its_answer_needs_no_other_wait():
    code = "def test_it(page):\n    with page.expect_navigation():\n        link.click()\n    page.url"
    assert _found(code) == []
