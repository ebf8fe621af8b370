"""Measure the shield of free text on labelled sentences, made up and about nobody.

Each line of a file is: the kind that the sentence holds, kinds that may be pointed at as well, the sentence, between
tabulators. ``small_name`` is a name in small letters, ``unlisted_name`` one that stands in no list of names, ``harmless`` a sentence that
holds nothing. The shield was written against ``tuned_on.tsv``; ``held_apart.tsv``, other phrases and other names by the same
author, was written before, and nothing was changed for its sake.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import Figure

FILES = ("tuned_on", "held_apart")
IDENTIFIERS = ("name", "phone", "email", "social", "plate", "nir")
# Shares that may be missed, and that may be pointed at wrongly.
MISSED = {"small_name": 0.10, "unlisted_name": 0.60} | dict.fromkeys(IDENTIFIERS, 0.05)
MISSED_OTHERWISE, WRONG = 0.10, 0.10


@dataclass
class Score:
    """How often a kind was there, was found, and was pointed at where it was not."""

    there: int = 0
    found: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.there

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found else 0.0


def sentences(file: str) -> list[tuple[str, set[str], str]]:
    """Return the sentences of a file: the kind each holds, those allowed as well, and the words."""
    lines = (Path(__file__).parent / f"{file}.tsv").read_text(encoding="utf-8").splitlines()
    return [(kind, set(others.split()), text) for kind, others, text in (line.split("\t") for line in lines)]


def scores(file: str) -> dict[str, Score]:
    """Return the score of each kind over a file; "all" is that of all sentences."""
    from incidents.shield import inspect

    score: dict[str, Score] = {}
    for kind, others, text in sentences(file):
        pointed = {str(passage.kind) for passage in inspect(text)}
        meant = _meant(kind)
        for name in _counted(kind):
            score.setdefault(name, Score()).there += 1
            score[name].found += meant in pointed
        for wrong in pointed - {meant} - others:
            score.setdefault(wrong, Score()).wrong += 1
        score.setdefault("all", Score()).wrong += bool(pointed - {meant} - others)
    return score


def _meant(kind: str) -> str:
    return kind.removeprefix("small_").removeprefix("unlisted_")


def _counted(kind: str) -> tuple[str, ...]:
    """Return the scores that a sentence counts in; names that no list holds are a figure of their own."""
    return () if kind == "harmless" else (kind,) if kind == "unlisted_name" else (kind, "all")


def misread(file: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the sentences of a file that were missed or pointed at wrongly, with what was pointed at."""
    from incidents.shield import inspect

    for kind, others, text in sentences(file):
        passages = inspect(text)
        meant = _meant(kind)
        pointed = {str(passage.kind) for passage in passages}
        if pointed - {meant} - others or (meant != "harmless" and meant not in pointed):
            yield kind, text, [f"{passage.text} ({passage.kind})" for passage in passages]


def run() -> Iterator[Figure]:
    """Yield, for each file and kind, the shares missed and wrongly pointed at."""
    os.environ.setdefault("DATABASE_URL", "postgresql:///none")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    for file in FILES:
        for kind, score in scores(file).items():
            title = f"Shield, {file.replace('_', ' ')}, {kind}"
            recall = f"recall {score.recall:.3f} of {score.there}"
            limit = MISSED.get(kind, MISSED_OTHERWISE)
            yield Figure(f"{title}: {recall}, missed", 1 - score.recall, "allowed", limit, unit="share")
            if kind not in {"small_name", "unlisted_name"}:
                precision = f"precision {score.precision:.3f}, wrong"
                yield Figure(f"{title}: {precision}", 1 - score.precision, "allowed", WRONG, unit="share")
