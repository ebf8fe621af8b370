"""Test that addresses write numbers of records so that they tell nothing, and that none leaves in another way."""

import re

import pytest
from django.urls import NoReverseMatch, Resolver404, get_resolver, resolve, reverse

from accounts.enums import Role
from core.opaque import KINDS, read, written
from tests.sharing import publication_of
from tests.walk import PAGES, answers

# The sequences of the test database begin here.
NUMBER = re.compile(r"(?<!\d)12345\d\d(?!\d)")
# One's own account; journals, in their proof.
OWN = re.compile(r'data-(person|keeper)="\d+"|^{"person": "\d+"')


def test_a_number_is_written_alike_each_time_and_in_another_way_for_each_kind():
    texts = {(kind, number): written(kind, number) for kind in KINDS for number in (0, 1, 2, 2**62)}
    assert len(set(texts.values())) == len(texts)
    assert all(re.fullmatch(r"[\w-]{32}", text) for text in texts.values())
    assert {key: read(key[0], text) for key, text in texts.items()} == {key: key[1] for key in texts}


@pytest.mark.parametrize("text", ["x", "12", "é" * 32, "A" * 32, "A" * 31 + "=", "A" * 33])
def test_what_the_product_did_not_write_is_no_number(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        read("fact", text)


def test_the_number_of_one_kind_is_none_of_another():
    text = written("fact", 7)
    changed = text[:-1] + ("A" if text[-1] != "A" else "B")
    for kind, other in (("copy", text), ("fact", changed), ("fact", text.swapcase())):
        with pytest.raises(ValueError, match=r"."):
            read(kind, other)


def test_a_former_secret_is_read_and_not_written(settings):
    before = written("publication", 7)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    assert (written("publication", 7) == before, read("publication", before)) == (False, 7)
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError, match=re.escape(before)):
        read("publication", before)


def _routes(patterns, before=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern)


def test_only_tiles_have_plain_numbers_in_their_addresses():
    plain = [route for route in _routes(get_resolver().url_patterns) if "<int:" in route]
    assert plain == [f"fond/<int:z>/<int:x>/<int:y>.{ending}" for ending in ("mvt", "png")]


@pytest.mark.parametrize("name", ["partners:publication", "partners:copy_document", "incidents:detail"])
def test_a_plain_number_opens_nothing(name, world, sign_in):
    path = reverse(name, args=[1])
    assert resolve(path).kwargs == {"pk": 1}
    plain = path.replace(path.split("/")[2], "1")
    with pytest.raises(Resolver404):
        resolve(plain)
    assert sign_in(world.a.lead).get(plain).status_code == 404
    with pytest.raises((NoReverseMatch, ValueError)):
        reverse(name, args=["x"])


@PAGES
@pytest.mark.parametrize("who", [Role.PARTNER, Role.DPO, Role.COORDINATOR, "stranger", "program"])
def test_no_page_tells_a_number_of_a_record(who, world):
    found = {}
    for page, answer in answers(world, who).items():
        if page == "accounts:journal_proof":
            continue
        text = OWN.sub("", answer.text)
        if told := NUMBER.findall(text):
            found[page] = told
    assert found == {}


@pytest.mark.parametrize("kind", ["csv", "geojson"])
def test_no_file_of_a_publication_tells_a_number_of_a_record(kind, world, sign_in):
    page = reverse("partners:publication", args=[publication_of(world.a).pk])
    file = sign_in(world.a.partner).get(page, {"export": kind}).getvalue().decode("utf-8-sig")
    assert ("sidence A" in file, NUMBER.findall(file)) == (True, [])
