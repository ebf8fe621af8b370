"""Test that a note opens with any name: characters that its typeface lacks are replaced."""

import copy
import io

import pytest
import typst
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.jobs import JobState
from core.text import clean, visible
from core.typesetting import TypesettingError
from core.typesetting.typeface import SUBSTITUTE, characters, showable
from partners.notes import rendering
from tests.sharing import draft_of

ODD = "😀 中文 \uf0b7 R\x92s \x07 \u202eenvers \ufeff 𝔸 \U0010ffff \ufdd0 e\u0301\u0301 ب \u0e33"
_STYLES = ("", "weight: 600", 'weight: "bold"', 'style: "italic"', 'weight: "bold", style: "italic"')


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def render(frozen, holder="Personne"):
    reader = rendering.Recipient(holder, holder, "Exemplaire n° 1")
    return rendering.render(
        frozen, reader, content_digest="0" * 64, at=timezone.now(), issued_at=timezone.now()
    ).pdf


@pytest.fixture
def frozen(world):
    return draft_of(world.a).content


@pytest.mark.parametrize("style", _STYLES)
def test_the_typesetter_shows_every_character_of_the_table(style):
    source = f'#set document(title: "-")\n#set text(font: "Libertinus Serif", fallback: false, {style})\n#sys.inputs.text'
    pdf = typst.compile(
        source.encode(), sys_inputs={"text": " ".join(sorted(characters()))}, ignore_system_fonts=True,
        pdf_standards=["ua-1"], timestamp=0,
    )  # fmt: skip
    assert pdf.startswith(b"%PDF")
    assert len(characters()) > 1500
    assert set("éèàçœŒÉ’«»–…€°²³½×\u202f\u00a0\u0301" + SUBSTITUTE) <= characters()


def test_odd_characters_are_shown_by_a_substitute_and_the_rest_as_it_is(frozen):
    named = copy.deepcopy(frozen)
    named["territory"] = f"Brumeval {ODD} fin"
    told = text_of(render(named, f"Élodie {ODD}"))
    assert "Brumeval □ □□" in told
    assert "R’s" in told
    assert "Élodie □" in told
    assert "envers" in told


def test_data_that_are_no_text_stay_what_they_are():
    data = {"a": [1, None, 2.5, True, "é\u202f😀", ("\x92",)], "b": {"c": "中"}}
    assert showable(data) == {"a": [1, None, 2.5, True, "é\u202f□", ["’"]], "b": {"c": "□"}}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=40), min_size=8, max_size=8))
def test_a_note_is_made_whatever_its_names(frozen, texts):
    named = copy.deepcopy(frozen)
    names = iter(texts)
    named["territory"], named["organisation"], named["landlord"] = (next(names) for _ in range(3))
    for site in named["sites"]:
        site["name"] = f"Résidence témoin {next(names, '')}"
        for address in site.get("addresses", []):
            address["label"] = f"Adresse témoin {next(names, '')}"
    assert "témoin" in text_of(render(named, texts[-1]))


@settings(max_examples=400, deadline=None)
@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    once = clean(text)
    assert clean(once) == once == " ".join(once.split())
    assert all(character in characters() or character == SUBSTITUTE for character in showable(text))
    assert visible(once) == once


@pytest.mark.unsent
def test_a_note_that_cannot_be_typeset_is_not_kept(committed_database, monkeypatch):
    from accounts.scope import acting_as
    from partners.models import SynthesisNote
    from tests.partners.test_notes import _asked
    from tests.world import plant

    def broken(*_data):
        raise TypesettingError

    monkeypatch.setattr(rendering, "typeset", broken)
    world = plant()
    pk = _asked(world).pk
    with acting_as(world.a.coordinator):
        note = SynthesisNote.objects.get(pk=pk)
    assert (note.state, note.content, note.digest) == (JobState.FAILED, None, "")
    assert note.problem.startswith("Le document n’a pas pu être composé")
