"""The shield's figures on labelled sentences: they hold on those it was written against and on those held apart."""

import pytest

from benchmarks import shield
from incidents.shield import inspect

FIGURES = {file: shield.scores(file) for file in shield.FILES}


@pytest.mark.parametrize("file", shield.FILES)
def test_identifiers_are_found(file):
    missed = {kind: FIGURES[file][kind].recall for kind in shield.IDENTIFIERS}
    assert {kind: recall for kind, recall in missed.items() if recall < 0.95} == {}


@pytest.mark.parametrize("file", shield.FILES)
def test_names_in_small_letters_ages_health_and_origins_are_found(file):
    found = {kind: FIGURES[file][kind].recall for kind in ("small_name", "birth", "health", "origin", "all")}
    assert {kind: recall for kind, recall in found.items() if recall < 0.9} == {}


@pytest.mark.parametrize("file", shield.FILES)
def test_what_is_harmless_is_mostly_left_alone(file):
    said = {kind: score.precision for kind, score in FIGURES[file].items()}
    assert {kind: precision for kind, precision in said.items() if precision < 0.9} == {}


def test_the_sentences_are_many_of_every_kind_and_none_stands_in_both_files():
    texts = {file: {text for *_labels, text in shield.sentences(file)} for file in shield.FILES}
    assert sum(map(len, texts.values())) >= 600
    assert texts["tuned_on"] & texts["held_apart"] == set()
    kinds = {*shield.IDENTIFIERS, "small_name", "birth", "health", "origin"}
    few = {(file, kind) for file in shield.FILES for kind in kinds if FIGURES[file][kind].there < 8}
    assert few == set()


@pytest.mark.parametrize(
    "text",
    [
        "kevin martin a frappe sa mere", "un noir", "schizo", "mineur de 14 ans", "06/12/34/56/78", "@kevin93 sur snap",
        "rue victor hugo kevin a crié", "KEVIN MARTIN A FRAPPE SA MERE",
    ],
)  # fmt: skip
def test_what_people_type_on_a_phone_is_pointed_at(text):
    assert inspect(text) != []
